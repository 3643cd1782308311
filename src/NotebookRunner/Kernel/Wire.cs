using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NotebookRunner.Kernel;

/// <summary>What the kernel process is asked to run.</summary>
/// <param name="Code">The cell's source.</param>
/// <param name="Kernel">The kernel it is for, such as <c>csharp</c>.</param>
internal sealed record CellRequest(string Code, string Kernel);

/// <summary>One JSON document a line.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, Options);

    public static T Read<T>(string line) =>
        JsonSerializer.Deserialize<T>(line, Options) ?? throw new InvalidDataException($"empty message on the kernel's pipe: {line}");
}
