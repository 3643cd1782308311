using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>Where a run took place: machine, commit, packages.</summary>
internal static class Surroundings
{
    public static string Machine()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        return FormattableString.Invariant(
                $"{RuntimeInformation.OSDescription}, {Processor()}, {Environment.ProcessorCount} cores, {memory:0.0} GiB, "
            ) + RuntimeInformation.FrameworkDescription;
    }

    /// <summary>The commit that a folder's repository is at, and whether files differ from it; null without git or a repository.</summary>
    public static string? Commit(string folder) =>
        Git(folder, "rev-parse", "HEAD") is { Length: > 0 } commit
            ? commit + (Git(folder, "status", "--porcelain", "--untracked-files=no") is { Length: > 0 } ? " with changes" : "")
            : null;

    /// <summary>Name → version of the packages that the assemblies loaded by the notebooks depend on.</summary>
    public static SortedDictionary<string, string> Packages(IEnumerable<Notebook> notebooks)
    {
        var packages = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var lists = notebooks
            .SelectMany(notebook =>
                notebook
                    .Cells.Where(cell => cell.IsExecutable)
                    .SelectMany(cell => RunRecord.Loaded(cell.Source, notebook.Folder))
                    .Where(path => path.EndsWith(".deps.json", StringComparison.Ordinal))
                    .Select(Path.GetFullPath)
            )
            .Distinct(StringComparer.Ordinal)
            .Where(File.Exists);
        foreach (var list in lists)
        foreach (var (name, library) in Libraries(list).Where(pair => Cell.TextAt(pair.Value, "type") == "package"))
            if (name.Split('/') is [var package, var version])
                packages[package] = version;
        return packages;
    }

    private static JsonObject Libraries(string list)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(list))?["libraries"] as JsonObject ?? [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string Processor()
    {
        var architecture = RuntimeInformation.ProcessArchitecture.ToString();
        if (!File.Exists("/proc/cpuinfo"))
            return architecture;
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return model is null ? architecture : model[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string? Git(string folder, params string[] arguments)
    {
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // There is no git.
        }
    }
}
