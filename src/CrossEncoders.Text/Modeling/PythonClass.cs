namespace CrossEncoders.Modeling;

/// <summary>A class of the transformers library, by which PEFT loads the model below an adapter.</summary>
/// <param name="Name">The class, for example "BertForSequenceClassification".</param>
/// <param name="Module">Where it lies, for example "transformers.models.bert.modeling_bert".</param>
internal sealed record PythonClass(string Name, string Module)
{
    /// <summary>The class of a <c>model_type</c>.</summary>
    public static PythonClass Of(string modelType, string name)
    {
        var module = modelType.Replace('-', '_');
        return new(name, $"transformers.models.{module}.modeling_{module}");
    }
}
