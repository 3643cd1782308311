using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>What only the <c>config.json</c> of a decoder says, in the names of the transformers library.</summary>
internal sealed record DecoderConfig
{
    /// <summary>Number of heads of keys and values, each shared by several heads of queries; null for one each.</summary>
    [JsonPropertyName("num_key_value_heads")]
    public int? KeyValueHeads { get; init; }

    /// <summary>Width of a head; null for the width of a state over the number of heads.</summary>
    [JsonPropertyName("head_dim")]
    public int? HeadSize { get; init; }

    /// <summary>Base of the rotations.</summary>
    [JsonPropertyName("rope_theta")]
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Whether the output matrix is that of the word embeddings.</summary>
    [JsonPropertyName("tie_word_embeddings")]
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether some layers attend to a window.</summary>
    [JsonPropertyName("use_sliding_window")]
    public bool SlidingWindow { get; init; }

    /// <summary>Rotations at other speeds for texts longer than those of the training; null for none.</summary>
    [JsonPropertyName("rope_scaling")]
    public JsonNode? RopeScaling { get; init; }

    /// <summary>Checks a decoder's numbers, and refuses by name what is not computed.</summary>
    /// <exception cref="CrossEncoderException">A value is impossible or not supported; the message names its key.</exception>
    public static void Check(ModelConfig config, string path)
    {
        void Require(bool holds, string key, object? found, string expected)
        {
            if (!holds)
                throw new CrossEncoderException($"{path}: \"{key}\" is {found}; expected {expected}. Choose another model.");
        }

        var decoder = config.Decoder;
        Require(
            config.KeyValueHeads > 0 && config.Heads % config.KeyValueHeads == 0,
            "num_key_value_heads",
            config.KeyValueHeads,
            $"a divisor of num_attention_heads {config.Heads}"
        );
        Require(config.HeadSize is > 0 and <= 4096 && config.HeadSize % 2 == 0, "head_dim", config.HeadSize, "an even number up to 4096");
        Require(decoder.RopeTheta > 0, "rope_theta", decoder.RopeTheta, "a positive number");
        Require(!decoder.SlidingWindow, "use_sliding_window", true, "false: attention to a window is not supported");
        Require(
            config.LayerTypes?.All(kind => kind == "full_attention") != false,
            "layer_types",
            string.Join(", ", config.LayerTypes?.Distinct() ?? []),
            "full_attention: attention to a window is not supported"
        );
        foreach (var (key, scaling) in new[] { ("rope_scaling", decoder.RopeScaling), ("rope_parameters", config.Json["rope_parameters"]) })
        {
            var type = (scaling as JsonObject)?["rope_type"] ?? (scaling as JsonObject)?["type"];
            Require(type is null || type.ToString() == "default", key, type?.ToString(), "the default: other rotations are not supported");
        }
    }
}
