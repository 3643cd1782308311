using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CrossEncoders.Modeling;

/// <summary>What differs between the families of encoders: names, positions, head, and the encoder itself.</summary>
internal sealed partial record Family
{
    private static readonly Dictionary<string, Family> ByModelType = new()
    {
        ["bert"] = new()
        {
            Prefix = "bert.",
            Classifier = "BertForSequenceClassification",
            HeadDense = "bert.pooler.dense",
            HeadOutput = "classifier",
            HeadActivation = "tanh",
        },
        ["roberta"] = Roberta("RobertaForSequenceClassification"),
        ["xlm-roberta"] = Roberta("XLMRobertaForSequenceClassification"),
        ["distilbert"] = new()
        {
            Prefix = "distilbert.",
            Classifier = "DistilBertForSequenceClassification",
            HeadDense = "pre_classifier",
            HeadOutput = "classifier",
            HeadActivation = "relu",
            Layer = LayerNames.DistilBert,
        },
        ["electra"] = new()
        {
            Prefix = "electra.",
            Classifier = "ElectraForSequenceClassification",
            HeadDense = "classifier.dense",
            HeadOutput = "classifier.out_proj",
            HeadActivation = "gelu",
            DropoutBeforeHead = true,
        },
        ["modernbert"] = new()
        {
            Prefix = "model.",
            Classifier = "ModernBertForSequenceClassification",
            HeadDense = "head.dense",
            HeadNorm = "head.norm",
            HeadOutput = "classifier",
            HeadActivation = "gelu",
            PositionsAreRotary = true,
        },
        ["deberta-v2"] = new()
        {
            Prefix = "deberta.",
            Classifier = "DebertaV2ForSequenceClassification",
            HeadDense = "pooler.dense",
            HeadOutput = "classifier",
            HeadActivation = "gelu",
            Layer = LayerNames.Deberta,
        },
        [NewConfig.ModelType] = new()
        {
            Prefix = "new.",
            Classifier = "NewForSequenceClassification",
            HeadDense = "new.pooler.dense",
            HeadOutput = "classifier",
            HeadActivation = "tanh",
            PositionsAreRotary = true,
        },
        ["qwen2"] = Decoder("Qwen2ForSequenceClassification"),
        ["qwen3"] = Decoder("Qwen3ForSequenceClassification"),
    };

    private static readonly string[] OtherHeads =
    [
        "cls.",
        "lm_head.",
        "decoder.",
        "vocab_",
        "discriminator_predictions.",
        "generator_",
        "lm_predictions.",
        "mask_predictions.",
        "qa_outputs.",
    ];

    /// <summary>In front of the encoder's keys in a checkpoint with a head, for example "bert.".</summary>
    public required string Prefix { get; init; }

    /// <summary>The transformers class of the model with a head.</summary>
    public required string Classifier { get; init; }

    /// <summary>Key of the head's hidden layer; empty where the last token's state goes straight to the output.</summary>
    public string HeadDense { get; init; } = "";

    /// <summary>Whether it is a decoder, whose last token stands for a text.</summary>
    public bool IsDecoder => HeadDense.Length == 0;

    /// <summary>Key of the normalization after the head's hidden layer; null where there is none.</summary>
    public string? HeadNorm { get; init; }

    /// <summary>Key of the head's output layer.</summary>
    public required string HeadOutput { get; init; }

    /// <summary>Activation of the head's hidden layer, unless the configuration says otherwise.</summary>
    public string HeadActivation { get; init; } = "tanh";

    /// <summary>Whether dropout also applies to the state that enters the head.</summary>
    public bool DropoutBeforeHead { get; init; }

    /// <summary>Whether positions are counted over real tokens from the padding id + 1 (fairseq's way) and not from 0.</summary>
    public bool PositionsAfterPadding { get; init; }

    /// <summary>Whether positions turn queries and keys, so that "position_embedding_type" says nothing (Ettin's is "sans_pos").</summary>
    public bool PositionsAreRotary { get; init; }

    /// <summary>Names of a layer's parts.</summary>
    public LayerNames Layer { get; init; } = LayerNames.Bert;

    /// <summary>The supported families, as <c>model_type</c> names them.</summary>
    public static IEnumerable<string> Supported => ByModelType.Keys;

    /// <summary>The family a configuration names.</summary>
    /// <exception cref="CrossEncoderException">The kit does not support the family.</exception>
    public static Family Of(ModelConfig config)
    {
        CrossEncoderException Refused(string name, string why) =>
            new($"The architecture '{name}' is not supported{why}. Supported: {string.Join(", ", Supported)}.");
        if (!ByModelType.TryGetValue(config.ModelType, out var family))
            throw Refused(config.ModelType, "");
        return CustomClass(config) is { } custom
            ? throw Refused(
                custom,
                $", though its model_type is '{config.ModelType}': it is a class of the checkpoint's own, whose code is not run"
            )
            : family;
    }

    /// <summary>
    /// The class that a checkpoint brings along or was saved from, where it is not one of the transformers library's for these families;
    /// else null.
    /// </summary>
    private static string? CustomClass(ModelConfig config)
    {
        // "auto_map" names code in the repository: {"AutoModel": "file.Class"}, or "other/repository--file.Class".
        var brought = config.Json["auto_map"] as JsonObject;
        var own = brought
            ?.Where(entry => entry.Key.StartsWith("AutoModel", StringComparison.Ordinal))
            .Select(entry => entry.Value?.ToString().Split('.')[^1])
            ?? [];
        var saved = config.Architectures?.Where(name =>
            brought is not null || (name?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) ?? false)
        )
            ?? [];
        return saved.Concat(own).FirstOrDefault(name => name is not null && !IsKnown(name, config.ModelType));
    }

    private static bool IsKnown(string name, string modelType) =>
        ByModelType.Any(entry =>
        {
            if (entry.Key == NewConfig.ModelType && modelType != entry.Key)
                return false; // in no library: the name alone says little
            var stem = entry.Value.Classifier[..^"ForSequenceClassification".Length];
            return new[] { "", "TF", "Flax" }.Any(library => // saved from another library by the same names
                name.StartsWith($"{library}{stem}Model", StringComparison.Ordinal)
                || name.StartsWith($"{library}{stem}For", StringComparison.Ordinal)
            );
        });

    /// <summary>Whether a parameter belongs to the head, which a bare encoder lacks.</summary>
    public bool IsHead(string name) =>
        (!IsDecoder && name.StartsWith(HeadDense + ".", StringComparison.Ordinal))
        || name.StartsWith(HeadOutput + ".", StringComparison.Ordinal)
        || (HeadNorm is not null && name.StartsWith(HeadNorm + ".", StringComparison.Ordinal));

    /// <summary>Whether a key of a checkpoint is known not to be needed: buffers, other heads, layers above those wanted.</summary>
    public bool IsUnused(string name, int layers)
    {
        var bare = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return bare is "embeddings.position_ids" or "embeddings.token_type_ids"
            || bare.StartsWith("pooler.", StringComparison.Ordinal)
            || OtherHeads.Any(head => bare.StartsWith(head, StringComparison.Ordinal))
            || LayerOf(bare) >= layers;
    }

    /// <summary>The number of the layer that a key names; null where it names none.</summary>
    public static int? LayerOf(string name) =>
        LayerNumber().Match(name) is { Success: true } match
        && int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var layer)
            ? layer
            : null;

    /// <summary>The position of a text's first token.</summary>
    public int FirstPosition(ModelConfig config) => PositionsAfterPadding ? (config.PaddingId ?? 1) + 1 : 0;

    /// <summary>The longest sequence a model takes, in tokens.</summary>
    public int MaxLength(ModelConfig config) => config.MaxPositions - FirstPosition(config);

    private static Family Decoder(string architecture) =>
        new()
        {
            Prefix = "model.",
            Classifier = architecture,
            HeadOutput = "score",
            PositionsAreRotary = true,
        };

    private static Family Roberta(string architecture) =>
        new()
        {
            Prefix = "roberta.",
            Classifier = architecture,
            HeadDense = "classifier.dense",
            HeadOutput = "classifier.out_proj",
            HeadActivation = "tanh",
            DropoutBeforeHead = true,
            PositionsAfterPadding = true,
        };

    [GeneratedRegex(@"(?:^|\.)layers?\.([0-9]+)\.")]
    private static partial Regex LayerNumber();
}
