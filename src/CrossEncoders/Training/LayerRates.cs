using CrossEncoders.Modeling;

namespace CrossEncoders.Training;

/// <summary>Which parameters learn, and how fast beside the head: what layer freezing and layer-wise learning-rate decay decide.</summary>
internal static class LayerRates
{
    /// <summary>The parameters that stay as they are.</summary>
    public static IReadOnlySet<Parameter> Frozen(SequenceClassifier model, TrainingArguments arguments) =>
        model.Parameters.Parameters.Where(parameter => arguments.FreezeEmbeddings && parameter.Kind == ParameterKind.Embedding)
            .Concat(arguments.FrozenLayers > 0 ? model.Encoder.Below(arguments.FrozenLayers) : []).ToHashSet();

    /// <summary>The factor on a parameter's learning rate: decay ^ (layers between it and the head, itself counted).</summary>
    public static Func<Parameter, double> Of(SequenceClassifier model, double decay)
    {
        if (decay == 1) return _ => 1;
        var factors = new Dictionary<Parameter, double>();
        for (var layer = 0; layer <= model.Config.Layers; layer++) // below 0 are the embeddings, below 1 the first layer too, and so on
            foreach (var parameter in model.Encoder.Below(layer))
                factors.TryAdd(parameter, Math.Pow(decay, model.Config.Layers + 1 - layer));
        return parameter => factors.GetValueOrDefault(parameter, 1);
    }
}
