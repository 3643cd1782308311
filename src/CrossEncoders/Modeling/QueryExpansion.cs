using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>How a short query is lengthened by tokens that stand for nothing, and that late interaction scores like its own.</summary>
/// <param name="Length">The number of tokens that a query has at least.</param>
/// <param name="Cuts">Whether a longer query is cut to that length ("fixed"), or stays as it is ("min").</param>
/// <param name="Attended">Whether other tokens attend to them.</param>
/// <param name="Token">The token; null for the tokenizer's mask.</param>
/// <remarks>Khattab and Zaharia 2020, "ColBERT", section 3.2; read as sentence-transformers 6 writes it.</remarks>
internal sealed record QueryExpansion(int Length, bool Cuts, bool Attended, string? Token)
{
    /// <summary>What ColBERT pads queries to.</summary>
    public const int UsualLength = 32;

    private static readonly string[] Keys = ["strategy", "attend", "token", "length"];

    /// <summary>Reads <c>query_expansion</c>; null where the file says null.</summary>
    /// <exception cref="CrossEncoderException">It is not as expected.</exception>
    public static QueryExpansion? Read(JsonNode? json, string path)
    {
        if (json is null)
            return null;
        CrossEncoderException Wrong(string what) =>
            new(
                $"{path}: \"query_expansion\" {what}; expected a strategy \"fixed\" or \"min\", a length of at least 1, and if need be "
                    + "attend and token. Correct the file."
            );
        if (json is JsonObject entries && entries.FirstOrDefault(entry => !Keys.Contains(entry.Key)).Key is { } unknown)
            throw Wrong($"has the key \"{unknown}\"");
        var file = json.As<File>(path);
        if (file.Strategy is not ("fixed" or "min"))
            throw Wrong($"has the strategy \"{file.Strategy}\"");
        if (file.Length is not (>= 1 and var length))
            throw Wrong($"has the length {file.Length?.ToString() ?? "null"}");
        return new(length, file.Strategy == "fixed", file.Attended, file.Token);
    }

    private sealed record File
    {
        [JsonPropertyName("strategy")]
        public string? Strategy { get; init; }

        [JsonPropertyName("attend")]
        public bool Attended { get; init; }

        [JsonPropertyName("token")]
        public string? Token { get; init; }

        [JsonPropertyName("length")]
        public int? Length { get; init; }
    }
}
