using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>What a caller says of a cross-encoder besides its folder; null leaves it to the folder.</summary>
internal sealed record CrossEncoderWishes
{
    /// <summary>The number of labels of a fresh head.</summary>
    public int? Labels { get; init; }

    /// <summary>How many of the lowest layers are loaded.</summary>
    public int? Layers { get; init; }

    /// <summary>The text in front of every query.</summary>
    public string? Prompt { get; init; }

    /// <summary>The name of one of the folder's prompts.</summary>
    public string? PromptName { get; init; }

    /// <summary>What turns a logit into a score.</summary>
    public Func<float, float>? Activation { get; init; }
}

/// <summary>
/// How a folder becomes a cross-encoder: the folder decides, an option overrides, and what cannot be honoured is refused.
/// </summary>
internal static class CrossEncoderChoice
{
    private static readonly string[] Tasks = ["sequence-classification", "feature-extraction", "text-generation"];

    /// <summary>The configuration of the cross-encoder to load.</summary>
    /// <param name="config">The folder's.</param>
    /// <param name="folder">The folder, for messages.</param>
    /// <param name="options">What the caller asks for.</param>
    /// <exception cref="CrossEncoderException">The folder or the options ask for something that the kit does not support.</exception>
    public static ModelConfig Of(ModelConfig config, string folder, CrossEncoderWishes options)
    {
        // A folder of another kind is an encoder to put a head on; what it says about prompts and activation is not about pairs.
        config = config.Settings.IsCrossEncoder ? WithItsHead(config, folder) : config with { Settings = ModelSettings.None };
        // Which tokens it answers with is seen once the tokenizer is here.
        if (!config.HasHead && config.Architectures is [var first, ..] && first.EndsWith("ForCausalLM", StringComparison.Ordinal))
            config = config with { Modules = ModuleList.OfLogits(0, 0), LabelNames = null, LabelCount = 1 };
        _ = ChatReader.Template(config.Settings.Texts, folder, ChatReader.PairRoles);
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

        if (options.Labels < 1)
            throw new CrossEncoderException($"{options.Labels} labels were asked for; expected at least 1, or null for the folder's.");
        if (options.Labels is { } labels && config.HasHead && labels != config.Labels)
            throw new CrossEncoderException(
                $"{labels} labels were asked for, but the model in {folder} has a head for {config.Labels}. Leave Labels out, or "
                    + "start from a bare encoder."
            );
        return config.HasHead ? config : config with { LabelNames = null, LabelCount = options.Labels ?? 1 };
    }

    /// <summary>A decoder that no module says how to score with is asked for "yes" and "no", as sentence-transformers does.</summary>
    /// <exception cref="CrossEncoderException">One of the words is not one token.</exception>
    public static ModelConfig WithYesAndNo(ModelConfig config, TextTokenizer tokenizer, string folder)
    {
        if (config.Settings.Modules is not null || config.Modules is not { Logits: not null })
            return config;
        int Token(string word) =>
            tokenizer.EncodeToIds(word) is [var id]
                ? id
                : throw new CrossEncoderException(
                    $"The tokenizer in {folder} has no token \"{word}\", by whose logit a model without modules.json would score. Say in "
                        + "1_LogitScore/config.json which tokens it answers with."
                );
        return config with { Modules = ModuleList.OfLogits(Token("yes"), Token("no")) };
    }

    private static ModelConfig WithItsHead(ModelConfig config, string folder)
    {
        foreach (var (name, file) in config.Settings.Files)
        {
            if (file["transformer_task"] is { } task && !Tasks.Contains(task.ToString()))
                throw new CrossEncoderException(
                    $"{Path.Combine(folder, name)}: the transformer_task '{task}' is not supported. Supported are "
                        + $"{string.Join(", ", Tasks)}."
                );
        }

        if (config.Settings.Modules is not { } modules)
            return config;
        var list = Path.Combine(folder, "modules.json");
        if (modules.Unsupported is { } unknown)
            throw new CrossEncoderException(
                $"{list} lists {unknown}, which is not supported. Supported are Transformer, Pooling, Dense, LayerNorm, Normalize and "
                    + "LogitScore. Choose another model."
            );
        if (modules is { Pooling: [], Modules: [] })
            return config.HasHead
                ? config
                : throw new CrossEncoderException(
                    $"{folder} says that it is a cross-encoder, but neither {list} nor config.json has a head that scores pairs. "
                        + "Fetch the folder again, or remove modules.json to start from the encoder with a new head."
                );
        if (modules.Logits is not null && !Family.Of(config).IsDecoder)
            throw new CrossEncoderException(
                $"{list} lists LogitScore, which reads the logits of a causal model, but the model is of the type {config.ModelType}. The "
                    + "files of the folder are not of the same model."
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
        return config with { Modules = modules, LabelNames = null, LabelCount = (modules.Modules[^1] as DenseModule)?.Outputs ?? 1 };
    }
}
