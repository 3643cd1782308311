using NotebookRunner.Execution;
using NotebookRunner.Notebooks;

namespace NotebookRunner;

/// <summary>
/// Which notebooks of a run are as they were when they last ran into the same folder: their code, parameters, library, environment and the
/// files that their cells name. A file that a later notebook writes is no input of an earlier one.
/// </summary>
internal sealed class Changes
{
    private readonly InputFiles _files;
    private readonly IReadOnlyList<Notebook> _notebooks;
    private readonly List<(Notebook? Executed, RunRecord? Record)> _last;
    private Dictionary<string, InputFile>? _before;

    public Changes(IReadOnlyList<Notebook> notebooks, RunOptions options)
    {
        _notebooks = notebooks;
        _files = new InputFiles([options.Output, options.Report]);
        _last = [.. notebooks.Select(notebook => Last(Path.Combine(options.Output, notebook.Name)))];
    }

    /// <summary>The result of the last run with its outputs, if nothing has changed since; else null.</summary>
    public NotebookResult? Unchanged(int index)
    {
        var notebook = _notebooks[index];
        if (_last[index] is not ({ } executed, { } record) || record.Key != RunRecord.KeyOf(notebook, _files))
            return null;
        var now = Relative(_files.Take(notebook), notebook);
        if (now is null || !IsAsLeft(index, record, now) || !notebook.TakeOutputs(executed))
            return null;
        record.KeepIn(notebook);
        var cells = notebook.Cells.Where(cell => cell.IsExecutable && !cell.IsSkipped);
        var seconds = cells.Zip(record.Seconds).ToDictionary(pair => pair.First, pair => pair.Second);
        return new(notebook, TimeSpan.FromSeconds(record.Duration), seconds, []) { TakenFrom = record.Time };
    }

    /// <summary>Remembers the files that a notebook finds.</summary>
    public void Before(int index) => _before = Relative(_files.Take(_notebooks[index]), _notebooks[index]);

    /// <summary>Keeps in a notebook that ran to its end what it was made from.</summary>
    public void After(int index, NotebookResult result)
    {
        var notebook = _notebooks[index];
        if (result.Failed || _before is not { } before || Relative(_files.Take(notebook), notebook) is not { } after)
            return;
        bool IsWritten(string path) => before.GetValueOrDefault(path) != after[path];
        SortedDictionary<string, string> Hashes(IEnumerable<string> paths) =>
            new(paths.ToDictionary(path => path, path => after[path].Hash), StringComparer.Ordinal);
        new RunRecord(
            RunRecord.KeyOf(notebook, _files),
            DateTime.Now,
            result.Duration.TotalSeconds,
            [.. result.Seconds.Values],
            Hashes(after.Keys.Where(path => !IsWritten(path))),
            Hashes(after.Keys.Where(IsWritten))
        ).KeepIn(notebook);
    }

    /// <summary>Path, relative to its notebook, → hash of each file or folder that a notebook names and none of them wrote.</summary>
    public SortedDictionary<string, string> Data()
    {
        var written = _notebooks
            .SelectMany(notebook => RunRecord.In(notebook)?.Outputs.Keys.Select(path => Path.GetFullPath(path, notebook.Folder)) ?? [])
            .ToList();
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var notebook in _notebooks)
        foreach (var path in InputFiles.Named(notebook).Where(path => !written.Any(file => InputFiles.IsWithin(file, path))))
            if (_files.HashOfAll(path) is { } hash)
                data[Relative(path, notebook)] = hash;
        return data;
    }

    private bool IsAsLeft(int index, RunRecord record, Dictionary<string, InputFile> now)
    {
        var later = Enumerable
            .Range(index + 1, _notebooks.Count - index - 1)
            .SelectMany(i => _last[i].Record?.Outputs.Keys.Select(path => Path.GetFullPath(path, _notebooks[i].Folder)) ?? [])
            .ToHashSet(StringComparer.Ordinal);
        bool IsLater(string path) => later.Contains(Path.GetFullPath(path, _notebooks[index].Folder));
        return record.Outputs.All(file => now.TryGetValue(file.Key, out var left) && (left.Hash == file.Value || IsLater(file.Key)))
            && record.Inputs.All(file => now.GetValueOrDefault(file.Key)?.Hash == file.Value || IsLater(file.Key))
            && now.Keys.All(path => record.Inputs.ContainsKey(path) || record.Outputs.ContainsKey(path) || IsLater(path));
    }

    private static (Notebook?, RunRecord?) Last(string path)
    {
        try
        {
            return File.Exists(path) && Notebook.Load(path) is { } executed ? (executed, RunRecord.In(executed)) : (null, null);
        }
        catch (RunnerException)
        {
            return (null, null); // It will be written anew.
        }
    }

    private static Dictionary<string, InputFile>? Relative(Dictionary<string, InputFile>? files, Notebook notebook) =>
        files?.ToDictionary(file => Relative(file.Key, notebook), file => file.Value);

    private static string Relative(string path, Notebook notebook) => Path.GetRelativePath(notebook.Folder, path).Replace('\\', '/');
}
