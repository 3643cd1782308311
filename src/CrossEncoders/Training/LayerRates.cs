using CrossEncoders.Modeling;

namespace CrossEncoders.Training;

/// <summary>Which parameters learn, and how fast compared with the head: what layer freezing and layer-wise learning-rate decay
/// decide.</summary>
internal static class LayerRates
{
    /// <summary>The parameters that stay as they are.</summary>
    public static IReadOnlySet<Parameter> Frozen(SequenceClassifier model, TrainingArguments arguments) =>
        model
            .Trained.Parameters.Where(parameter =>
                (arguments.FreezeEmbeddings && parameter.Kind == ParameterKind.Embedding)
                || (arguments.FrozenLayers > 0 && Encoder.IsBelow(parameter, arguments.FrozenLayers))
            )
            .ToHashSet();

    /// <summary>The factor on a parameter's learning rate: decay ^ (layers between it and the head, itself counted).</summary>
    public static Func<Parameter, double> Of(SequenceClassifier model, double decay)
    {
        if (decay == 1)
            return _ => 1;
        return parameter => Math.Pow(decay, Enumerable.Range(0, model.Config.Layers + 1).Count(layer => Encoder.IsBelow(parameter, layer)));
    }
}
