using System.Text.Json;
using System.Text.Json.Nodes;

namespace NotebookRunner.Notebooks;

/// <summary>A notebook file (nbformat 4). Its JSON is edited in place, so whatever the runner does not know survives.</summary>
internal sealed class Notebook
{
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

    /// <summary>The notebook's own metadata; an empty object is added where there is none.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (_json["metadata"] is not JsonObject metadata)
                _json["metadata"] = metadata = [];
            return metadata;
        }
    }

    public JsonArray CellArray => (JsonArray)_json["cells"]!;

    public IReadOnlyList<Cell> Cells => [.. CellArray.Select(cell => new Cell((JsonObject)cell!))];

    /// <summary>Whether cells carry an id (nbformat 4.5 and later).</summary>
    public bool HasCellIds => _json["nbformat_minor"] is JsonValue minor && minor.TryGetValue<int>(out var number) && number >= 5;

    /// <summary>Whether nothing of a run is in it.</summary>
    public bool IsStripped => Cells.All(cell => cell.IsStripped && !cell.IsInjected) && !RunRecord.IsMarked(this);

    /// <summary>Reads and checks a notebook.</summary>
    /// <exception cref="RunnerException">The file cannot be read, is not nbformat 4 or is not a C# notebook.</exception>
    public static Notebook Load(string path)
    {
        JsonNode? json;
        try
        {
            json = NotebookJson.Parse(File.ReadAllText(path));
        }
        catch (JsonException error)
        {
            throw new RunnerException($"{path} is not valid JSON: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException($"Cannot read {path}: {error.Message}", error);
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
        RequireCSharp(path, notebook);
        return new(System.IO.Path.GetFullPath(path), notebook);
    }

    /// <summary>Removes the outputs of an earlier run, so that no old output can pass for a new one; those of skipped cells stay.</summary>
    public void ClearOutputs()
    {
        foreach (var cell in Cells.Where(cell => cell.IsCode && !cell.IsSkipped))
        {
            cell.Json["outputs"] = new JsonArray();
            cell.Json["execution_count"] = null;
        }
    }

    /// <summary>Takes the outputs of an executed notebook with the same code; false where its code cells are others.</summary>
    public bool TakeOutputs(Notebook executed)
    {
        var (mine, theirs) = (Ran(), executed.Ran());
        if (mine.Count != theirs.Count)
            return false;
        foreach (var (cell, other) in mine.Zip(theirs))
        {
            cell.Json["outputs"] = other.Outputs.DeepClone();
            cell.Json["execution_count"] = other.Json["execution_count"]?.DeepClone();
        }
        return true;
    }

    private List<Cell> Ran() => [.. Cells.Where(cell => cell.IsExecutable && !cell.IsSkipped)];

    /// <summary>Writes the notebook atomically, without the secrets that a cell may have printed.</summary>
    /// <exception cref="IOException">It cannot be written; the message names the file.</exception>
    public void Save(string path, Secrets secrets) => WholeFile.WriteAllText(path, secrets.Hide(NotebookJson.Write(_json)));

    /// <summary>Kernels of other hosts have other names, but say in which language they run.</summary>
    private static void RequireCSharp(string path, JsonObject notebook)
    {
        var kernel = Cell.TextAt(notebook, "metadata", "kernelspec", "name");
        var language = Cell.TextAt(notebook, "metadata", "kernelspec", "language");
        if (kernel is null || IsCSharp(kernel) || language is not null && IsCSharp(language))
            return;
        throw new RunnerException(
            $"{path} is for the kernel \"{kernel}\"{(language is null ? "" : $" ({language})")}; "
                + "this runner runs C# notebooks (kernel \".net-csharp\", language \"C#\")."
        );
    }

    private static bool IsCSharp(string name) =>
        name.Contains("csharp", StringComparison.OrdinalIgnoreCase) || name.Equals("C#", StringComparison.OrdinalIgnoreCase);
}
