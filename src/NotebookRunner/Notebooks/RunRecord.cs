using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NotebookRunner.Notebooks;

/// <summary>What an executed notebook was made from, kept in its metadata, so that a later run can tell whether anything changed.</summary>
/// <param name="Key">The hash of its code with its parameters, the library and the runner.</param>
/// <param name="Time">When it ran.</param>
/// <param name="Duration">How many seconds it took.</param>
/// <param name="Seconds">The seconds of each executed cell, in order.</param>
/// <param name="Inputs">Path, relative to the notebook, → hash of each file that it found and left as it was.</param>
/// <param name="Outputs">The same of each file that it wrote.</param>
internal sealed partial record RunRecord(
    string Key,
    DateTime Time,
    double Duration,
    double[] Seconds,
    SortedDictionary<string, string> Inputs,
    SortedDictionary<string, string> Outputs
)
{
    private const string Name = "notebook_runner";

    /// <summary>Variables of the environment that decide which model or library a notebook uses.</summary>
    private static readonly string[] Settings = ["OPENAI_", "HF_", "LOCAL_MODEL", "CROSS_ENCODERS_"];

    /// <summary>The record in an executed notebook; null where it has none that can be read.</summary>
    public static RunRecord? In(Notebook executed)
    {
        try
        {
            return
                executed.Metadata[Name].Deserialize<RunRecord>() is { Key: not null, Seconds: not null, Inputs: not null } record
                && record.Outputs is not null
                ? record
                : null;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Keeps the record in an executed notebook.</summary>
    public void KeepIn(Notebook executed) => executed.Metadata[Name] = JsonSerializer.SerializeToNode(this);

    /// <summary>
    /// Marks a notebook as written by a run, also by one that fails; the mark takes the place of a record that the notebook came with.
    /// </summary>
    public static void Mark(Notebook notebook) => notebook.Metadata[Name] = new JsonObject();

    /// <summary>Takes mark and record out: the notebook is its author's again.</summary>
    public static void RemoveFrom(Notebook notebook) => notebook.Metadata.Remove(Name);

    /// <summary>Whether a notebook was written by a run.</summary>
    public static bool IsMarked(Notebook notebook) => notebook.Metadata[Name] is JsonObject;

    /// <summary>The hash of all that decides what a notebook computes, besides the files it reads.</summary>
    public static string KeyOf(Notebook notebook, InputFiles files)
    {
        var parts = new List<string> { typeof(RunRecord).Module.ModuleVersionId.ToString() };
        foreach (var cell in notebook.Cells.Where(cell => cell.IsExecutable))
        {
            parts.AddRange([cell.Kernel, string.Join(' ', cell.Tags), cell.Source]);
            if (!cell.IsSkipped)
                parts.AddRange(Loaded(cell.Source, notebook.Folder).Select(files.Hash));
        }
        parts.AddRange(
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .Select(entry => $"{entry.Key}={entry.Value}")
                .Where(entry => Settings.Any(setting => entry.StartsWith(setting, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)
        );
        return InputFiles.Hashed(string.Concat(parts.Select(part => $"{part.Length}:{part}")));
    }

    /// <summary>
    /// The full paths of the files that a cell loads as code, and of those that these load; beside an assembly also the list of what it
    /// depends on.
    /// </summary>
    public static IEnumerable<string> Loaded(string source, string folder, bool follow = true)
    {
        foreach (Match match in LoadedFile().Matches(source))
        {
            if (match.Groups["path"].Value.Trim() is not { } given || given.StartsWith("nuget:", StringComparison.Ordinal))
                continue;
            var path = Path.Combine(folder, given);
            yield return path;
            if (path.EndsWith(".dll", StringComparison.Ordinal))
                yield return Dependencies(path);
            else if (follow && path.EndsWith(".cs", StringComparison.Ordinal) && File.Exists(path))
                foreach (var loaded in Loaded(File.ReadAllText(path), folder, follow: false))
                    yield return loaded;
        }
    }

    /// <summary>The file beside an assembly that lists what it depends on.</summary>
    public static string Dependencies(string assembly) => Path.ChangeExtension(assembly, ".deps.json");

    [GeneratedRegex("^#(r|load)\\s+\"(?<path>[^\"]+)\"|^#!import\\s+\"?(?<path>[^\"\\r\\n]+)", RegexOptions.Multiline)]
    private static partial Regex LoadedFile();
}
