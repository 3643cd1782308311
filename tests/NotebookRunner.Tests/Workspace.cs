using System.Text.Json.Nodes;
using NotebookRunner.Execution;
using NotebookRunner.Reports;

namespace NotebookRunner.Tests;

/// <summary>A folder of small notebooks, and a run over them.</summary>
public sealed class Workspace : IDisposable
{
    private readonly StringWriter _console = new();
    private readonly StringWriter _log = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("notebook-runner-").FullName;

    public string Notebooks => Path.Combine(Folder, "notebooks");

    public string Output => Path.Combine(Folder, "artifacts", "notebooks");

    public string Report => Path.Combine(Folder, "report", "index.html");

    /// <summary>The progress of the last run.</summary>
    public string Console => _console.ToString();

    /// <summary>What the last run said about a failure.</summary>
    public string Log => _log.ToString();

    public static JsonObject Code(string source, params JsonNode[] tags) =>
        new()
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["metadata"] = new JsonObject { ["tags"] = new JsonArray(tags) },
            ["outputs"] = new JsonArray(),
            ["source"] = source,
        };

    public static JsonObject Text(string source) =>
        new()
        {
            ["cell_type"] = "markdown",
            ["metadata"] = new JsonObject(),
            ["source"] = source,
        };

    /// <summary>Facts of a report of one notebook, with the given figures.</summary>
    internal static ReportFacts Facts(params Figure[] figures) => new(DateTime.UnixEpoch, 1, 1, 1, [], [], [], null, "machine", figures);

    public string Write(string name, params JsonObject[] cells)
    {
        for (var i = 0; i < cells.Length; i++)
            cells[i]["id"] = $"cell-{i}";
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([.. cells]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject
                {
                    ["name"] = ".net-csharp",
                    ["display_name"] = ".NET (C#)",
                    ["language"] = "C#",
                },
                ["kept"] = "as it is",
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        Directory.CreateDirectory(Notebooks);
        var path = Path.Combine(Notebooks, name);
        File.WriteAllText(path, notebook.ToJsonString());
        return path;
    }

    public Task<int> RunAsync(
        string? input = null,
        Dictionary<string, string>? parameters = null,
        TimeSpan? cellLimit = null,
        CancellationToken? cancellation = null,
        bool goOn = false,
        bool changed = false
    ) =>
        NotebookRun.RunAsync(
            new(input ?? Notebooks, parameters ?? [], Output, Report, cellLimit, Folder, goOn, changed),
            new Progress(_console, _log),
            cancellation ?? TestContext.Current.CancellationToken
        );

    /// <summary>The cells of an executed notebook.</summary>
    public JsonArray Executed(string name) => (JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(Output, name)))!["cells"]!;

    /// <summary>The outputs of one cell of an executed notebook.</summary>
    public JsonObject[] Outputs(string name, int cell) =>
        [.. ((JsonArray)Executed(name)[cell]!["outputs"]!).Select(output => (JsonObject)output!)];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
