using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NotebookRunner.Notebooks;

/// <summary>A notebook file (nbformat 4). Its JSON is edited in place, so whatever the runner does not know survives.</summary>
internal sealed class Notebook
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject _json;

    private Notebook(string path, JsonObject json)
    {
        Path = path;
        _json = json;
    }

    /// <summary>The full path of the file it was read from.</summary>
    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public JsonArray CellArray => (JsonArray)_json["cells"]!;

    public IReadOnlyList<Cell> Cells => [.. CellArray.Select(cell => new Cell((JsonObject)cell!))];

    /// <summary>Whether cells carry an id (nbformat 4.5 and later).</summary>
    public bool HasCellIds => _json["nbformat_minor"] is JsonValue minor && minor.TryGetValue<int>(out var number) && number >= 5;

    /// <summary>Reads and checks a notebook.</summary>
    /// <exception cref="RunnerException">The file cannot be read, is no nbformat 4 or is not a C# notebook.</exception>
    public static Notebook Load(string path)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            throw new RunnerException($"{path} is not valid JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException($"Cannot read {path}: {e.Message}", e);
        }

        if (json is not JsonObject notebook || notebook["cells"] is not JsonArray cells || cells.Any(cell => cell is not JsonObject))
            throw new RunnerException($"{path} is not a notebook: expected a JSON object with a list of \"cells\".");
        if (notebook["nbformat"] is not JsonValue format || !format.TryGetValue<int>(out var version) || version != 4)
        {
            var found = notebook["nbformat"]?.ToJsonString() ?? "none";
            throw new RunnerException($"{path}: expected nbformat 4, found {found}. Open and save it in Jupyter.");
        }
        if (cells.Append(notebook).Any(part => part!["metadata"] is not (null or JsonObject)))
            throw new RunnerException($"{path} is not a notebook: its \"metadata\" and those of its cells have to be JSON objects.");
        var kernel = Cell.TextAt(notebook, "metadata", "kernelspec", "name");
        if (kernel is not null and not ".net-csharp")
            throw new RunnerException($"{path} is for the kernel \"{kernel}\"; this runner runs C# notebooks (\".net-csharp\").");
        return new(System.IO.Path.GetFullPath(path), notebook);
    }

    /// <summary>Removes the outputs of an earlier run, so that nothing old can pass for computed now.</summary>
    public void ClearOutputs()
    {
        foreach (var cell in Cells.Where(cell => cell.IsCode))
        {
            cell.Json["outputs"] = new JsonArray();
            cell.Json["execution_count"] = null;
        }
    }

    /// <summary>Writes the notebook atomically.</summary>
    public void Save(string path) => AtomicFile.WriteAllText(path, _json.ToJsonString(Indented) + "\n");
}
