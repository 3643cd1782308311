using System.Text.Json.Serialization;

namespace CrossEncoders.Modeling;

/// <summary>One line of <c>modules.json</c>.</summary>
internal sealed record ModuleEntry
{
    /// <summary>The module's folder in the model's folder; empty for the model's folder itself.</summary>
    [JsonPropertyName("path")]
    public string Path
    {
        get;
        init => field = value ?? ""; // a file may say null
    } = "";

    /// <summary>The Python class with its package.</summary>
    [JsonPropertyName("type")]
    public string Type
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>The Python class alone.</summary>
    [JsonIgnore]
    public string Class => Type.Split('.')[^1];

    /// <summary>Whether the folder is one directly below the model's.</summary>
    [JsonIgnore]
    public bool IsInAFolderOfItsOwn =>
        Path.Length > 0 && !Path.AsSpan().ContainsAny('/', '\\') && !Path.Contains("..", StringComparison.Ordinal);

    /// <summary>The module in a message.</summary>
    public string Shown(int index) => $"{Class} (module {index}, in '{Path}')";
}
