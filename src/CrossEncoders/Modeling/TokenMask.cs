using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>Which tokens of a late-interaction model count, by its module <c>MultiVectorMask</c>.</summary>
internal sealed record TokenMask
{
    private const string Query = "query";
    private const string Document = "document";

    /// <summary>ASCII's marks, which ColBERT skips in documents.</summary>
    public static IReadOnlyList<string> Punctuation { get; } = [.. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".Select(mark => $"{mark}")];

    /// <summary>Tokens that do not count.</summary>
    [JsonPropertyName("skiplist_words")]
    public IReadOnlyList<string>? SkippedWords { get; init; }

    /// <summary>On which side they do not count: "query", "document"; null for documents.</summary>
    [JsonPropertyName("skiplist_tasks")]
    public IReadOnlyList<string>? SkippedTasks { get; init; }

    /// <summary>The only tokens that count in a document; null for all.</summary>
    [JsonPropertyName("keep_only_token_ids")]
    public IReadOnlyList<int>? OnlyTokens { get; init; }

    /// <summary>ColBERT's own.</summary>
    public static TokenMask Skipping(IReadOnlyList<string> words) => new() { SkippedWords = words };

    /// <summary>Reads a module's file.</summary>
    /// <exception cref="CrossEncoderException">A value is of another kind, or names a side that there is not.</exception>
    public static TokenMask Read(JsonObject json, string path)
    {
        if (json["skiplist_tasks"] is JsonValue single)
        {
            json = (JsonObject)json.DeepClone();
            json["skiplist_tasks"] = new JsonArray(single.DeepClone()); // one name may stand alone
        }

        var mask = json.As<TokenMask>(path);
        return mask.SkippedTasks?.FirstOrDefault(task => task is not (Query or Document)) is { } unknown
            ? throw new CrossEncoderException(
                $"{path}: \"skiplist_tasks\" names \"{unknown}\", which is not supported; expected \"{Query}\" and \"{Document}\"."
            )
            : mask;
    }

    /// <summary>Whether the skipped words apply to one side.</summary>
    public bool Skips(bool queries) => SkippedTasks?.Contains(queries ? Query : Document) ?? !queries;
}
