using System.Text.Json;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Reads the reference's tokenizations.</summary>
internal static class Golden
{
    /// <summary>The folder of a golden tokenizer.</summary>
    public static string Folder(string name) =>
        Shared.Path(name.StartsWith("multilingual", StringComparison.Ordinal) ? $"models/{name}" : $"golden/tokenizers/{name}");

    /// <summary>The cases of a file, one a line.</summary>
    public static IEnumerable<JsonElement> Lines(string file) =>
        File.ReadLines(Shared.Path($"golden/tokenization/{file}")).Select(line => JsonElement.Parse(line));

    /// <summary>A list of whole numbers.</summary>
    public static int[] Ints(JsonElement line, string name) =>
        [.. line.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    /// <summary>A list of equally long lists of whole numbers.</summary>
    public static long[,] Matrix(JsonElement parent, string name)
    {
        var rows = parent.GetProperty(name);
        var matrix = new long[rows.GetArrayLength(), rows[0].GetArrayLength()];
        for (var i = 0; i < matrix.GetLength(0); i++)
        {
            for (var j = 0; j < matrix.GetLength(1); j++)
                matrix[i, j] = rows[i][j].GetInt64();
        }

        return matrix;
    }

    /// <summary>Whether the reference gives a value at all.</summary>
    public static bool Has(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The truncation strategy of a case.</summary>
    public static TruncationStrategy Truncation(JsonElement line) =>
        line.GetProperty("truncation").GetString() switch
        {
            "longest_first" => TruncationStrategy.LongestFirst,
            "only_first" => TruncationStrategy.OnlyFirst,
            _ => TruncationStrategy.OnlySecond,
        };
}
