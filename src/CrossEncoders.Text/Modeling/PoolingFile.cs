using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>The <c>config.json</c> of a pooling: one key with a mode or several, or formerly a key for each.</summary>
internal sealed record PoolingFile
{
    /// <summary>By the names that a file gives, in the order in which several are joined.</summary>
    private static readonly (string Name, Pooling Mode)[] Names =
    [
        ("cls", Pooling.Cls),
        ("max", Pooling.Max),
        ("mean", Pooling.Mean),
        ("mean_sqrt_len_tokens", Pooling.MeanSqrtLenTokens),
        ("weightedmean", Pooling.WeightedMean),
        ("lasttoken", Pooling.LastToken),
    ];

    [JsonPropertyName("pooling_mode")]
    public JsonElement Mode { get; init; }

    [JsonPropertyName("pooling_mode_cls_token")]
    public bool Cls { get; init; }

    [JsonPropertyName("pooling_mode_max_tokens")]
    public bool Max { get; init; }

    [JsonPropertyName("pooling_mode_mean_tokens")]
    public bool Mean { get; init; }

    [JsonPropertyName("pooling_mode_mean_sqrt_len_tokens")]
    public bool MeanSqrtLen { get; init; }

    [JsonPropertyName("pooling_mode_weightedmean_tokens")]
    public bool WeightedMean { get; init; }

    [JsonPropertyName("pooling_mode_lasttoken")]
    public bool LastToken { get; init; }

    [JsonPropertyName("include_prompt")]
    public bool IncludePrompt { get; init; } = true;

    /// <summary>A mode's name in a file.</summary>
    public static string NameOf(Pooling mode) => Names.First(known => known.Mode == mode).Name;

    /// <summary>The modes, the mean where the file names none; null where one is unknown.</summary>
    public IReadOnlyList<Pooling>? Modes(string path)
    {
        if (Mode.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            string?[] named = Mode.ValueKind switch
            {
                JsonValueKind.String => [Mode.GetString()],
                JsonValueKind.Array =>
                [
                    .. Mode.EnumerateArray().Select(mode => mode.ValueKind == JsonValueKind.String ? mode.GetString() : null),
                ],
                _ => throw new CrossEncoderException(
                    $"{path}: \"pooling_mode\" is {Mode.GetRawText()}; expected a name or a list of names."
                ),
            };
            var found = named.SelectMany(name => Names.Where(known => known.Name == name)).Select(known => known.Mode).ToList();
            return found.Count == named.Length && found.Count > 0 ? found : null;
        }

        bool[] flags = [Cls, Max, Mean, MeanSqrtLen, WeightedMean, LastToken];
        List<Pooling> modes = [.. Names.Zip(flags).Where(pair => pair.Second).Select(pair => pair.First.Mode)];
        return modes.Count > 0 ? modes : [Pooling.Mean];
    }
}
