using System.Text.Json.Nodes;

namespace NotebookRunner.Notebooks;

/// <summary>One cell, a view of its JSON object.</summary>
internal sealed class Cell(JsonObject json)
{
    private const int MostLines = 100_000;

    public JsonObject Json { get; } = json;

    public string Type => TextAt(Json, "cell_type") ?? "";

    public bool IsCode => Type == "code";

    public bool IsMarkdown => Type == "markdown";

    /// <summary>A code cell without code is not executed and not counted, as in Jupyter.</summary>
    public bool IsExecutable => IsCode && !string.IsNullOrWhiteSpace(Source);

    /// <summary>A cell that is not run and keeps the output it has (tag of nbclient).</summary>
    public bool IsSkipped => Tags.Contains("skip-execution");

    /// <summary>A cell whose error is part of the story: it stays as output, and the run goes on (tag of nbclient).</summary>
    public bool MayFail => Tags.Contains("raises-exception");

    public bool IsParameters => IsCode && Tags.Contains("parameters");

    /// <summary>Whether nothing of a run is in it; a skipped cell keeps what it has.</summary>
    public bool IsStripped => !IsCode || IsSkipped || Outputs.Count == 0 && Json["execution_count"] is null;

    /// <summary>A cell that a run has inserted.</summary>
    public bool IsInjected => Tags.Contains("injected-parameters");

    public string Source => Text(Json["source"]);

    public IEnumerable<string> Tags => (Json["metadata"]?["tags"] as JsonArray ?? []).Select(Text);

    /// <summary>The kernel a cell names in its metadata; C# where it names none.</summary>
    public string Kernel =>
        TextAt(Json, "metadata", "polyglot_notebook", "kernelName")
        ?? TextAt(Json, "metadata", "dotnet_interactive", "language")
        ?? "csharp";

    public string FirstLine => Source.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "";

    public JsonArray Outputs => Json["outputs"] as JsonArray ?? [];

    /// <summary>nbformat keeps a text as one string or as a list of its lines.</summary>
    public static string Text(JsonNode? node) =>
        node switch
        {
            JsonArray lines => string.Concat(lines.Select(Text)),
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            null => "",
            _ => node.ToJsonString(),
        };

    /// <summary>The text at the end of a path of names; null where there is none.</summary>
    public static string? TextAt(JsonNode? node, params string[] path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    /// <summary>A text as nbformat's list of lines, each with its line end; as one string where there are very many.</summary>
    public static JsonNode Lines(string text)
    {
        if (text.AsSpan().Count('\n') > MostLines)
            return JsonValue.Create(text);
        var lines = new JsonArray();
        for (var start = 0; start < text.Length; )
        {
            var end = text.IndexOf('\n', start) is var newline and >= 0 ? newline + 1 : text.Length;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }
        return lines;
    }
}
