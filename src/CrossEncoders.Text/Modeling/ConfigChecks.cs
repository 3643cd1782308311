using System.Text.Json.Nodes;

namespace CrossEncoders.Modeling;

/// <summary>Whether a configuration describes a model that can be built, judged before any memory is taken.</summary>
internal static class ConfigChecks
{
    /// <summary>The activations that are computed.</summary>
    public static readonly string[] Activations = ["gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "sigmoid", "silu", "tanh"];

    /// <summary>Checks every number that sizes or divides something.</summary>
    /// <exception cref="CrossEncoderException">A value is impossible; the message names its key.</exception>
    public static void Check(ModelConfig config, string path)
    {
        void Require(bool holds, string key, object found, string expected)
        {
            if (!holds)
                throw new CrossEncoderException(
                    $"{path}: \"{key}\" is {found}; expected {expected}. The file does not describe a usable model."
                );
        }

        Require(config.ModelType.Length > 0, "model_type", "missing", "a model family such as bert or xlm-roberta");
        var family = Family.Of(config); // first: another architecture's file has other keys, and "hidden_size is 0" would not say so
        RefuseQuantized(config, path);
        if (!family.PositionsAreRotary && config.PositionEmbedding is not (null or "absolute"))
            throw new CrossEncoderException(
                $"The architecture '{(config.Architectures is [var first, ..] ? first : config.ModelType)}' with position_embedding_type "
                    + $"'{config.PositionEmbedding}' is not supported, only absolute positions are. "
                    + $"Supported: {string.Join(", ", Family.Supported)}."
            );
        Require(config.HiddenSize is > 0 and <= 65536, "hidden_size", config.HiddenSize, "1 to 65536");
        Require(
            config.Heads > 0 && (config.Decoder.HeadSize is not null || config.HiddenSize % config.Heads == 0),
            "num_attention_heads",
            config.Heads,
            $"a divisor of hidden_size {config.HiddenSize}"
        );
        Require(config.Layers is > 0 and <= 1000, "num_hidden_layers", config.Layers, "1 to 1000");
        Require(config.IntermediateSize is > 0 and <= 1 << 20, "intermediate_size", config.IntermediateSize, "1 to 1048576");
        Require(config.VocabularySize is > 0 and <= 1 << 24, "vocab_size", config.VocabularySize, "1 to 16777216");
        Require(config.MaxPositions is > 2 and <= 1 << 20, "max_position_embeddings", config.MaxPositions, "3 to 1048576");
        Require(config.TypeVocabularySize is >= 0 and <= 1024, "type_vocab_size", config.TypeVocabularySize, "0 to 1024");
        Require(
            config.PaddingId is null or >= 0 && (config.PaddingId ?? 0) < config.VocabularySize,
            "pad_token_id",
            config.PaddingId ?? 0,
            "an id of the vocabulary"
        );
        Require(config.Labels is > 0 and <= 65536, "id2label", config.Labels, "1 to 65536 labels");
        Require(config.LayerNormEpsilon is > 0 and < 1, "layer_norm_eps", config.LayerNormEpsilon, "a small positive number");
        Require(Activations.Contains(config.Activation), "hidden_act", config.Activation, string.Join(", ", Activations));
        Require(
            config.HeadActivation is null || Activations.Contains(config.HeadActivation),
            "head activation",
            config.HeadActivation ?? "",
            string.Join(", ", Activations)
        );
        Require(config.EmbeddingSize is null or (> 0 and <= 65536), "embedding_size", config.EmbeddingSize ?? 0, "1 to 65536");
        Require(config.ClassifierPooling is "cls" or "mean", "classifier_pooling", config.ClassifierPooling, "cls or mean");
        Require(config.GlobalAttentionEvery > 0, "global_attn_every_n_layers", config.GlobalAttentionEvery, "at least 1");
        Require(
            config.LayerTypes is null || config.LayerTypes.Count >= config.Layers,
            "layer_types",
            config.LayerTypes?.Count ?? 0,
            $"one for each of the {config.Layers} layers"
        );
        Require(config.LocalAttention > 0, "local_attention", config.LocalAttention, "at least 1");
        Require(config.GlobalRopeTheta > 0 && config.LocalRopeTheta > 0, "rope_theta", config.GlobalRopeTheta, "a positive number");
        Require(config.MaxRelativePositions <= 1 << 20, "max_relative_positions", config.MaxRelativePositions, "at most 1048576");
        Require(config.PositionBuckets <= 1 << 20, "position_buckets", config.PositionBuckets, "at most 1048576");
    }

    /// <summary>Checks what a family alone has.</summary>
    /// <exception cref="CrossEncoderException">A value is impossible or not supported; the message names its key.</exception>
    public static void CheckOwn(ModelConfig config, string path)
    {
        if (config.ModelType == NewConfig.ModelType)
            NewConfig.Check(config, path);
        if (Family.Of(config).IsDecoder)
            DecoderConfig.Check(config, path);
    }

    private static void RefuseQuantized(ModelConfig config, string path)
    {
        if (config.Json["quantization_config"] is JsonObject quantized)
            throw new CrossEncoderException(
                $"{path}: weights that are quantized by '{quantized["quant_method"] ?? "some method"}' (quantization_config) are not "
                    + "supported. Choose the model that they were made of."
            );
    }
}
