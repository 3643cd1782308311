using CrossEncoders.Weights;

namespace CrossEncoders.Modeling;

/// <summary>What differs between the families of encoders that share BERT's layers: names, positions, head.</summary>
internal sealed record Family
{
    /// <summary>In front of the encoder's keys in a checkpoint with a head, for example "bert.".</summary>
    public required string Prefix { get; init; }

    /// <summary>The transformers class of the model with a head.</summary>
    public required string ClassifierArchitecture { get; init; }

    /// <summary>Key of the head's hidden layer.</summary>
    public required string HeadDense { get; init; }

    /// <summary>Key of the head's output layer.</summary>
    public required string HeadOutput { get; init; }

    /// <summary>Whether dropout also applies to the state that enters the head.</summary>
    public bool DropoutBeforeHead { get; init; }

    /// <summary>Whether positions are counted over real tokens from the padding id + 1 (fairseq's way) and not from 0.</summary>
    public bool PositionsAfterPadding { get; init; }

    private static readonly Dictionary<string, Family> ByModelType = new()
    {
        ["bert"] = new() { Prefix = "bert.", ClassifierArchitecture = "BertForSequenceClassification", HeadDense = "bert.pooler.dense", HeadOutput = "classifier" },
        ["roberta"] = Roberta("RobertaForSequenceClassification"),
        ["xlm-roberta"] = Roberta("XLMRobertaForSequenceClassification"),
    };

    /// <summary>The family a configuration names.</summary>
    /// <exception cref="CrossEncoderException">The kit does not support the family.</exception>
    public static Family Of(ModelConfig config) => ByModelType.GetValueOrDefault(config.ModelType)
        ?? throw new CrossEncoderException($"The architecture '{config.ModelType}' is not supported. Supported: {string.Join(", ", ByModelType.Keys)}.");

    /// <summary>The prefix the checkpoint really uses: none where it was saved from a bare encoder.</summary>
    public string PrefixIn(ITensorSource weights) =>
        weights.Tensors.Keys.Any(key => key.StartsWith(Prefix, StringComparison.Ordinal)) ? Prefix : "";

    /// <summary>Whether a key of a checkpoint is known not to be needed: buffers, other heads, layers above those wanted.</summary>
    public bool IsUnused(string name, int layers)
    {
        var bare = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return bare is "embeddings.position_ids" or "embeddings.token_type_ids"
            || bare.StartsWith("pooler.", StringComparison.Ordinal)
            || bare.StartsWith("cls.", StringComparison.Ordinal)
            || bare.StartsWith("lm_head.", StringComparison.Ordinal)
            || (bare.StartsWith("encoder.layer.", StringComparison.Ordinal) && int.TryParse(bare.Split('.')[2], out var layer) && layer >= layers);
    }

    private static Family Roberta(string architecture) => new()
    {
        Prefix = "roberta.",
        ClassifierArchitecture = architecture,
        HeadDense = "classifier.dense",
        HeadOutput = "classifier.out_proj",
        DropoutBeforeHead = true,
        PositionsAfterPadding = true,
    };
}
