using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>A module after the pooling, as its <c>config.json</c> describes it.</summary>
/// <param name="Path">Its folder in the model's folder.</param>
internal abstract record Module(string Path)
{
    /// <summary>The vector that modules read and write unless they say otherwise.</summary>
    private const string Vector = "sentence_embedding";

    /// <summary>Reads a module's settings; null where the kit does not do what they ask for.</summary>
    /// <param name="name">The module's class.</param>
    /// <param name="folder">Its folder in the model's folder.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="path">Where they stand, for messages.</param>
    /// <param name="vector">What the modules read and write: one vector of a text, or one of each token.</param>
    /// <exception cref="CrossEncoderException">A value is impossible.</exception>
    public static Module? Read(string name, string folder, JsonObject config, string path, string vector = Vector)
    {
        var file = config.As<ModuleFile>(path);
        var (input, output) = (file.Input ?? vector, file.Output ?? file.Input ?? vector);
        if (input != vector || (output != vector && output != DenseModule.Scores))
            return null;
        if (name == "Normalize")
            return output == vector ? new NormalizeModule(folder) : null;
        foreach (var size in name == "LayerNorm" ? (int[])[file.Dimension] : [file.Inputs, file.Outputs])
        {
            if (size is < 1 or > 65536)
                throw new CrossEncoderException($"{path}: the module {name} has a size of {size}; expected 1 to 65536.");
        }

        if (name == "LayerNorm")
            return output == vector ? new LayerNormModule(folder, file.Dimension) : null;
        var activation = file.Activation is null ? "tanh" : ActivationOf(file.Activation);
        return activation is null ? null : new DenseModule(folder, file.Inputs, file.Outputs, file.Bias, activation, file.Residual, output);
    }

    private static string? ActivationOf(string stored) =>
        !stored.StartsWith("torch.", StringComparison.Ordinal)
            ? null // a class of the checkpoint's own
            : stored.Split('.')[^1] switch
            {
                "Identity" => DenseModule.Identity,
                "Tanh" => "tanh",
                "GELU" => "gelu",
                "ReLU" => "relu",
                "Sigmoid" => "sigmoid",
                "SiLU" => "silu",
                _ => null,
            };

    private sealed record ModuleFile
    {
        [JsonPropertyName("in_features")]
        public int Inputs { get; init; }

        [JsonPropertyName("out_features")]
        public int Outputs { get; init; }

        [JsonPropertyName("bias")]
        public bool Bias { get; init; } = true;

        [JsonPropertyName("activation_function")]
        public string? Activation { get; init; }

        [JsonPropertyName("use_residual")]
        public bool Residual { get; init; }

        [JsonPropertyName("dimension")]
        public int Dimension { get; init; }

        [JsonPropertyName("module_input_name")]
        public string? Input { get; init; }

        [JsonPropertyName("module_output_name")]
        public string? Output { get; init; }
    }
}

/// <summary>A dense layer with its activation: activation(W·x + b), plus x (or R·x where the sizes differ) if it is residual.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Inputs">Width of what it reads.</param>
/// <param name="Outputs">Width of what it gives.</param>
/// <param name="HasBias">Whether there is b.</param>
/// <param name="Activation">A name of <see cref="ConfigChecks.Activations"/>, or <see cref="Identity"/>.</param>
/// <param name="Residual">Whether the input is added to the output.</param>
/// <param name="Output"><see cref="Scores"/> for a cross-encoder's scores.</param>
internal sealed record DenseModule(string Path, int Inputs, int Outputs, bool HasBias, string Activation, bool Residual, string Output)
    : Module(Path)
{
    public const string Scores = "scores";
    public const string Identity = "identity";
}

/// <summary>A layer normalization.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Width">Width of what it reads and gives.</param>
internal sealed record LayerNormModule(string Path, int Width) : Module(Path);

/// <summary>Reads a pair's score off the logits of the last token.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="TrueId">The token of a passage that answers.</param>
/// <param name="FalseId">The token of one that does not, whose logit is taken off; null for none.</param>
internal sealed record LogitScoreModule(string Path, int TrueId, int? FalseId) : Module(Path)
{
    /// <summary>Reads its settings; null where it reads something else than logits.</summary>
    /// <exception cref="CrossEncoderException">A value is of another kind.</exception>
    public static LogitScoreModule? Read(string folder, JsonObject config, string path)
    {
        var file = config.As<File>(path);
        return file is { Input: null or "causal_logits", TrueId: { } id } ? new(folder, id, file.FalseId) : null;
    }

    private sealed record File
    {
        [JsonPropertyName("true_token_id")]
        public int? TrueId { get; init; }

        [JsonPropertyName("false_token_id")]
        public int? FalseId { get; init; }

        [JsonPropertyName("module_input_name")]
        public string? Input { get; init; }
    }
}

/// <summary>Brings vectors to unit length.</summary>
/// <param name="Path">Its folder.</param>
internal sealed record NormalizeModule(string Path) : Module(Path);
