using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NotebookRunner.Notebooks;

/// <summary>JSON as notebooks hold it: read so that a later access cannot fail, written as Jupyter writes it.</summary>
internal static partial class NotebookJson
{
    /// <summary>Levels of nesting that are read; what is written has the cell's own levels around it.</summary>
    private const int MostLevels = 200;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MostLevels, AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        MaxDepth = 2 * MostLevels,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Parses JSON. A key that comes twice is an error; half of a surrogate pair becomes the replacement character.</summary>
    /// <exception cref="JsonException">It is not JSON, has a key twice or more than 200 levels.</exception>
    public static JsonNode? Parse(string json) => JsonNode.Parse(Escape().Replace(json, Whole), documentOptions: Strict);

    /// <summary>Parses JSON that a cell shows; false with the problem where it is not JSON.</summary>
    public static bool TryParse(string json, out JsonNode? node, out string problem)
    {
        try
        {
            (node, problem) = (Parse(json), "");
            return true;
        }
        catch (JsonException error)
        {
            (node, problem) = (null, error.Message);
            return false;
        }
    }

    /// <summary>The JSON with one space a level.</summary>
    public static string Write(JsonNode node) => node.ToJsonString(Indented) + "\n";

    /// <summary>A text without halves of surrogate pairs, which no file can hold.</summary>
    public static string WellFormed(string text)
    {
        var start = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        return start < 0 ? text : string.Concat(text.AsSpan(0, start), string.Concat(text[start..].EnumerateRunes()));
    }

    private static string Whole(Match escape) => escape.Groups["half"].Success ? @"\uFFFD" : escape.Value;

    // Any escape, so that the second of two backslashes starts none; a high surrogate together with its low one.
    [GeneratedRegex(
        @"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
        RegexOptions.Singleline
    )]
    private static partial Regex Escape();
}
