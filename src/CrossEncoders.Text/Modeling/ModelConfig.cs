using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>A checkpoint's <c>config.json</c>, in the names of the transformers library.</summary>
internal sealed record ModelConfig
{
    /// <summary>The family, for example "bert" or "xlm-roberta".</summary>
    [JsonPropertyName("model_type")]
    public string ModelType { get; init; } = "";

    /// <summary>The classes the checkpoint was saved from.</summary>
    [JsonPropertyName("architectures")]
    public IReadOnlyList<string>? Architectures { get; init; }

    /// <summary>Rows of the word embeddings.</summary>
    [JsonPropertyName("vocab_size")]
    public int VocabularySize { get; init; }

    /// <summary>Width of a token's state.</summary>
    [JsonPropertyName("hidden_size")]
    public int HiddenSize { get; init; }

    /// <summary>Number of transformer layers.</summary>
    [JsonPropertyName("num_hidden_layers")]
    public int Layers { get; init; }

    /// <summary>Number of attention heads.</summary>
    [JsonPropertyName("num_attention_heads")]
    public int Heads { get; init; }

    /// <summary>Width of the feed-forward layer.</summary>
    [JsonPropertyName("intermediate_size")]
    public int IntermediateSize { get; init; }

    /// <summary>Width of the embeddings where it is not <see cref="HiddenSize"/> (ELECTRA).</summary>
    [JsonPropertyName("embedding_size")]
    public int? EmbeddingSize { get; init; }

    /// <summary>The feed-forward activation: "gelu" (exact), "gelu_new", "relu".</summary>
    [JsonPropertyName("hidden_act")]
    public string Activation { get; init; } = "gelu";

    /// <summary>Dropout on states, in training.</summary>
    [JsonPropertyName("hidden_dropout_prob")]
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>Dropout on attention weights, in training.</summary>
    [JsonPropertyName("attention_probs_dropout_prob")]
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Dropout before the classifier, in training; null for <see cref="HiddenDropout"/>.</summary>
    [JsonPropertyName("classifier_dropout")]
    public double? ClassifierDropout { get; init; }

    /// <summary>Rows of the position embeddings.</summary>
    [JsonPropertyName("max_position_embeddings")]
    public int MaxPositions { get; init; } = 512;

    /// <summary>Rows of the token type embeddings.</summary>
    [JsonPropertyName("type_vocab_size")]
    public int TypeVocabularySize { get; init; } = 2;

    /// <summary>The epsilon of every layer normalization.</summary>
    [JsonPropertyName("layer_norm_eps")]
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <summary>The id of the padding token.</summary>
    [JsonPropertyName("pad_token_id")]
    public int? PaddingId { get; init; }

    /// <summary>Standard deviation of newly initialized weights.</summary>
    [JsonPropertyName("initializer_range")]
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>"absolute", or a kind the kit does not know.</summary>
    [JsonPropertyName("position_embedding_type")]
    public string? PositionEmbedding { get; init; }

    /// <summary>Activation of the head, where the file says it.</summary>
    [JsonPropertyName("head_activation")]
    public string? HeadActivation { get; init; }

    /// <summary>Whether the head's hidden layer has a bias.</summary>
    [JsonPropertyName("head_bias")]
    public bool HeadBias { get; init; } = true;

    /// <summary>"cls" or "mean": what stands for the sequence (ModernBERT).</summary>
    [JsonPropertyName("classifier_pooling")]
    public string ClassifierPooling { get; init; } = "cls";

    /// <summary>Whether normalizations have a bias.</summary>
    [JsonPropertyName("norm_bias")]
    public bool NormBias { get; init; } = true;

    /// <summary>Whether attention's matrices have a bias (ModernBERT).</summary>
    [JsonPropertyName("attention_bias")]
    public bool AttentionBias { get; init; } = true;

    /// <summary>Whether the feed-forward matrices have a bias (ModernBERT).</summary>
    [JsonPropertyName("mlp_bias")]
    public bool MlpBias { get; init; } = true;

    /// <summary>One layer in this many, from the first on, attends to the whole sequence (ModernBERT).</summary>
    [JsonPropertyName("global_attn_every_n_layers")]
    public int GlobalAttentionEvery { get; init; } = 3;

    /// <summary>
    /// "full_attention" or "sliding_attention" for each layer; null goes by <see cref="GlobalAttentionEvery"/> (ModernBERT).
    /// </summary>
    [JsonPropertyName("layer_types")]
    public IReadOnlyList<string>? LayerTypes { get; init; }

    /// <summary>Width of the window that the other layers attend to, in tokens (ModernBERT).</summary>
    [JsonPropertyName("local_attention")]
    public int LocalAttention { get; init; } = 128;

    /// <summary>Base of the rotations where a layer attends to the whole sequence (ModernBERT).</summary>
    [JsonPropertyName("global_rope_theta")]
    public double GlobalRopeTheta { get; init; } = 160_000;

    /// <summary>Base of the rotations where a layer attends to a window (ModernBERT).</summary>
    [JsonPropertyName("local_rope_theta")]
    public double LocalRopeTheta { get; init; } = 10_000;

    /// <summary>Whether attention depends on relative positions (DeBERTa).</summary>
    [JsonPropertyName("relative_attention")]
    public bool RelativeAttention { get; init; }

    /// <summary>Width of a convolution beside the first layer; 0 for none, the only value supported (DeBERTa).</summary>
    [JsonPropertyName("conv_kernel_size")]
    public int ConvolutionKernel { get; init; }

    /// <summary>Whether absolute positions are added to the embeddings (DeBERTa).</summary>
    [JsonPropertyName("position_biased_input")]
    public bool PositionBiasedInput { get; init; } = true;

    /// <summary>"layer_norm" where relative embeddings are normalized (DeBERTa).</summary>
    [JsonPropertyName("norm_rel_ebd")]
    public string? RelativeNorm { get; init; }

    /// <summary>The largest distance told apart; below 1 for <see cref="MaxPositions"/> (DeBERTa).</summary>
    [JsonPropertyName("max_relative_positions")]
    public int MaxRelativePositions { get; init; } = -1;

    /// <summary>Number of buckets that distances fall into; below 1 for a bucket each (DeBERTa).</summary>
    [JsonPropertyName("position_buckets")]
    public int PositionBuckets { get; init; } = -1;

    /// <summary>Whether relative embeddings use the matrices of content (DeBERTa).</summary>
    [JsonPropertyName("share_att_key")]
    public bool ShareAttentionKey { get; init; }

    /// <summary>"c2p" (content to position), "p2c" (position to content) (DeBERTa).</summary>
    [JsonPropertyName("pos_att_type")]
    public IReadOnlyList<string> PositionAttention { get; init; } = [];

    /// <summary>Names of the labels by index.</summary>
    [JsonPropertyName("id2label")]
    public IReadOnlyDictionary<string, string>? LabelNames { get; init; }

    /// <summary>The number of labels, where the file gives it without names.</summary>
    [JsonPropertyName("num_labels")]
    public int? LabelCount { get; init; }

    /// <summary>The file as it was read: keys the kit does not use are kept when the model is saved.</summary>
    [JsonIgnore]
    public JsonObject Json { get; private init; } = [];

    /// <summary>What sentence-transformers' files beside it say.</summary>
    [JsonIgnore]
    public ModelSettings Settings { get; init; } = ModelSettings.None;

    /// <summary>What only a decoder's file says.</summary>
    [JsonIgnore]
    public DecoderConfig Decoder { get; init; } = new();

    /// <summary>Width of a head.</summary>
    [JsonIgnore]
    public int HeadSize => Decoder.HeadSize ?? HiddenSize / Math.Max(Heads, 1);

    /// <summary>Number of heads of keys and values.</summary>
    [JsonIgnore]
    public int KeyValueHeads => Decoder.KeyValueHeads ?? Heads;

    /// <summary>The modules that score a pair, in sentence-transformers' layout; null for the head of a transformers class.</summary>
    [JsonIgnore]
    public ModuleList? Modules { get; init; }

    /// <summary>The number of scores a pair gets; transformers' default without either key is 2.</summary>
    [JsonIgnore]
    public int Labels => LabelNames?.Count ?? LabelCount ?? 2;

    /// <summary>Whether the checkpoint was saved with a head that scores sequences.</summary>
    [JsonIgnore]
    public bool HasHead =>
        Modules is not null
        || (Architectures?.Any(name => name?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) ?? false) ?? false);

    /// <summary>
    /// The class that turns logits into scores, for example "torch.nn.modules.linear.Identity", where sentence-transformers wrote it: into
    /// a file of its own, which goes before, or formerly under one key or another of this one; else null.
    /// </summary>
    [JsonIgnore]
    public string? ScoreActivation =>
        Settings.Activation
        ?? ((Json["sentence_transformers"] as JsonObject)?["activation_fn"] ?? Json["sbert_ce_default_activation_function"])?.ToString();

    /// <summary>Whether a layer attends to the whole sequence (ModernBERT).</summary>
    internal bool AttendsEverywhere(int layer) =>
        LayerTypes is null ? layer % GlobalAttentionEvery == 0 : LayerTypes[layer] == "full_attention";

    /// <summary>Reads <c>config.json</c> of a checkpoint folder.</summary>
    /// <exception cref="CrossEncoderException">The file is missing, is not JSON, or holds impossible values.</exception>
    public static ModelConfig Load(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path))
            throw new CrossEncoderException(
                $"{folder} is not a model folder: it has no config.json. Expected a folder in Hugging Face layout (config.json, tokenizer "
                    + "files, model.safetensors)."
            );
        ModelConfig config;
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("the file is not a JSON object");
            var common = ConfigKeys.Common(json);
            config = (common.Deserialize<ModelConfig>() ?? throw new JsonException("the file is empty")) with
            {
                Json = json,
                Decoder = common.Deserialize<DecoderConfig>()!,
                Settings = ModelSettings.Load(folder),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new CrossEncoderException(
                $"{path} cannot be read as a model's configuration: {error.Message.TrimEnd('.')}. Download the file again.",
                error
            );
        }

        ConfigChecks.Check(config, path);
        ConfigChecks.CheckOwn(config, path);
        return config;
    }
}
