using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>What only the <c>config.json</c> of <c>NewEncoder</c> says.</summary>
internal sealed record NewConfig
{
    /// <summary>How the file calls the architecture.</summary>
    public const string ModelType = "new";

    /// <summary>Whether the matrices of queries, keys and values are stored as one.</summary>
    [JsonPropertyName("pack_qkv")]
    public bool IsPacked { get; init; } = true;

    /// <summary>Base of the rotations.</summary>
    [JsonPropertyName("rope_theta")]
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Slower rotations, for texts longer than those of the training; null for none.</summary>
    [JsonPropertyName("rope_scaling")]
    public JsonObject? RopeScaling { get; init; }

    /// <summary>"layer_norm", the only kind supported.</summary>
    [JsonPropertyName("layer_norm_type")]
    public string Norm { get; init; } = "layer_norm";

    /// <summary>Whether attention is scaled by the length of the text, which is not supported.</summary>
    [JsonPropertyName("logn_attention_scale")]
    public bool ScalesByLength { get; init; }

    /// <summary>How many times longer texts may be than those of the training.</summary>
    [JsonIgnore]
    public double Factor => (double?)RopeScaling?["factor"] ?? 1;

    /// <summary>Reads the keys.</summary>
    /// <exception cref="CrossEncoderException">A value is of another kind.</exception>
    public static NewConfig Of(ModelConfig config, string path = "config.json") => ConfigKeys.Common(config.Json).As<NewConfig>(path);

    /// <summary>Checks the numbers, and refuses by name what is not computed.</summary>
    /// <exception cref="CrossEncoderException">A value is impossible or not supported; the message names its key.</exception>
    public static void Check(ModelConfig config, string path)
    {
        void Require(bool holds, string key, object? found, string expected)
        {
            if (!holds)
                throw new CrossEncoderException($"{path}: \"{key}\" is {found}; expected {expected}. Choose another model.");
        }

        var own = Of(config, path);
        Require(config.PositionEmbedding is null or "rope", "position_embedding_type", config.PositionEmbedding, "rope");
        Require(config.HeadSize % 2 == 0, "num_attention_heads", config.Heads, "heads of an even width");
        Require(own.Norm == "layer_norm", "layer_norm_type", own.Norm, "layer_norm: another is not supported");
        Require(!own.ScalesByLength, "logn_attention_scale", true, "false: attention scaled by length is not supported");
        Require(own.RopeTheta > 0, "rope_theta", own.RopeTheta, "a positive number");
        if (own.RopeScaling is not { } scaling)
            return;
        Require((scaling["type"] ?? scaling["rope_type"])?.ToString() == "ntk", "rope_scaling", scaling.ToJsonString(), "the type ntk");
        Require(scaling["mixed_b"] is null, "rope_scaling", scaling.ToJsonString(), "no mixed_b: mixed speeds are not supported");
        Require(
            scaling["factor"] is JsonValue factor && factor.TryGetValue(out double times) && times >= 1,
            "rope_scaling",
            scaling.ToJsonString(),
            "a factor of at least 1"
        );
    }
}
