using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrossEncoders.Files;

/// <summary>Files with one JSON object a line.</summary>
internal static class JsonLines
{
    /// <summary>Names in camel case, absent values left out, letters of all languages as they are.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes a file; it appears whole or not at all.</summary>
    public static void Write<T>(string path, IEnumerable<T> items) => AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            foreach (var item in items)
                writer.WriteLine(JsonSerializer.Serialize(item, Options));
        });

    /// <summary>Reads a file, each object checked.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What a line holds, for messages, for example "a test question".</param>
    public static List<T> Read<T>(string path, string what)
    {
        var full = ReadableFile.At(path, $"Expected {what} on each line (JSON Lines).");
        var items = new List<T>();
        var number = 0;
        foreach (var line in File.ReadLines(full))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                items.Add(Parse<T>(line, full, number, what));
        }
        return items;
    }

    public static T Parse<T>(string line, string path, int number, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Options) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new CrossEncoderException(
                $"Line {number} of '{path}' is not {what}: {Excerpt.Of(error.Message, 300)} Found: {Excerpt.Of(line, 120)}",
                error
            );
        }
    }
}
