using System.Text.Json;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Reads the reference's tokenizations.</summary>
internal static class Golden
{
    /// <summary>The cases of a file, one a line.</summary>
    public static IEnumerable<JsonElement> Lines(string file) =>
        File.ReadLines(Shared.Path($"golden/tokenization/{file}")).Select(line => JsonElement.Parse(line));

    /// <summary>A list of whole numbers.</summary>
    public static int[] Ints(JsonElement line, string name) => [.. line.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    /// <summary>The truncation strategy of a case.</summary>
    public static TruncationStrategy Truncation(JsonElement line) => line.GetProperty("truncation").GetString() switch
    {
        "longest_first" => TruncationStrategy.LongestFirst,
        "only_first" => TruncationStrategy.OnlyFirst,
        _ => TruncationStrategy.OnlySecond,
    };
}
