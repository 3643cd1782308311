using CrossEncoders.Modeling;

namespace CrossEncoders;

/// <summary>
/// How a folder becomes a cross-encoder: the folder decides, an option overrides, and what cannot be honoured is refused.
/// </summary>
internal static class CrossEncoderChoice
{
    /// <summary>The configuration of the cross-encoder to load.</summary>
    /// <param name="config">The folder's.</param>
    /// <param name="folder">The folder, for messages.</param>
    /// <param name="options">What the caller asks for.</param>
    /// <exception cref="CrossEncoderException">The folder or the options ask for something that the kit does not support.</exception>
    public static ModelConfig Of(ModelConfig config, string folder, CrossEncoderOptions options)
    {
        // A folder of another kind is an encoder to put a head on; what it says about prompts and activation is not about pairs.
        config = config.Settings.IsCrossEncoder ? WithItsHead(config, folder) : config with { Settings = ModelSettings.None };
        if (options.Activation is null)
            _ = ScoreActivation.Of(config.ScoreActivation, folder);
        if (options.Prompt is null && options.PromptName is { } name)
            _ = config.Settings.Prompt(name);
        if (options.Layers is { } layers)
        {
            if (layers < 1 || layers > config.Layers)
                throw new CrossEncoderException(
                    $"{layers} layers were asked for, but the model in {folder} has {config.Layers}. Ask for 1 to {config.Layers}."
                );
            config = config with { Layers = layers };
        }

        if (options.Labels is { } labels && config.HasHead && labels != config.Labels)
            throw new CrossEncoderException(
                $"{labels} labels were asked for, but the model in {folder} has a head for {config.Labels}. Leave Labels out, or "
                    + "start from a bare encoder."
            );
        return config.HasHead ? config : config with { LabelNames = null, LabelCount = options.Labels ?? 1 };
    }

    private static ModelConfig WithItsHead(ModelConfig config, string folder)
    {
        if (config.Settings.Modules is not { } modules)
            return config;
        var list = Path.Combine(folder, "modules.json");
        if (modules.Unsupported is { } unknown)
            throw new CrossEncoderException(
                $"{list} lists {unknown}, which is not supported. Supported are Transformer, Pooling, Dense, LayerNorm and Normalize. "
                    + "Choose another model."
            );
        if (modules is { Pooling: [], Modules: [] })
            return config.HasHead
                ? config
                : throw new CrossEncoderException(
                    $"{folder} says that it is a cross-encoder, but neither {list} nor config.json has a head that scores pairs. "
                        + "Fetch the folder again, or remove modules.json to start from the encoder with a new head."
                );
        if (!modules.GivesScores)
            throw new CrossEncoderException(
                $"{list} ends with no module that gives \"scores\", though {folder} says that it is a cross-encoder. "
                    + "Fetch the folder again."
            );
        if (!modules.IncludePrompt)
            throw new CrossEncoderException(
                $"{Path.Combine(folder, "1_Pooling", "config.json")}: \"include_prompt\" is false, which is not supported for pairs."
            );
        return config with { Modules = modules, LabelNames = null, LabelCount = ((DenseModule)modules.Modules[^1]).Outputs };
    }
}
