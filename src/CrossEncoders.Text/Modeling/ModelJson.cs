using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrossEncoders.Modeling;

/// <summary>Reads the small JSON files of a model's folder; what is wrong with one is said with its path.</summary>
internal static class ModelJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>A file as JSON; null where it is absent.</summary>
    /// <exception cref="CrossEncoderException">It is not JSON, or cannot be read.</exception>
    public static T? Read<T>(string path)
        where T : JsonNode
    {
        if (!File.Exists(path))
            return null;
        return Guarded(path, () => JsonNode.Parse(File.ReadAllText(path), documentOptions: Strict) as T)
            ?? throw Unreadable(path, $"expected a JSON {(typeof(T) == typeof(JsonArray) ? "array" : "object")}", null);
    }

    /// <summary>JSON as a record that names its keys.</summary>
    /// <exception cref="CrossEncoderException">A value is of another kind.</exception>
    public static T As<T>(this JsonNode json, string path) =>
        Guarded(path, () => json.Deserialize<T>()) ?? throw Unreadable(path, "it is empty", null);

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or InvalidOperationException
                        or ArgumentException
                        or FormatException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw Unreadable(path, error.Message.TrimEnd('.'), error);
        }
    }

    private static CrossEncoderException Unreadable(string path, string why, Exception? inner) =>
        inner is null ? new(Message(path, why)) : new(Message(path, why), inner);

    private static string Message(string path, string why) => $"{path} cannot be read: {why}. Fetch the file again.";
}
