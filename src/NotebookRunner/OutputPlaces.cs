using NotebookRunner.Notebooks;
using NotebookRunner.Reports;

namespace NotebookRunner;

/// <summary>Where a run writes. Checked and created before anything runs: better to fail now than after the training.</summary>
internal static class OutputPlaces
{
    /// <exception cref="RunnerException">
    /// A result would overwrite a notebook that no run wrote or another file that is not a report, or cannot be written.
    /// </exception>
    public static void Prepare(RunOptions options, IReadOnlyList<Notebook> notebooks)
    {
        RequireNoFolder(options.Report);
        RequireOtherFiles(options, notebooks);
        RequireReportFile(options.Report);
        RequireExecuted(options, notebooks);
        RequireWritable("--output", options.Output);
        RequireWritable("--report", Path.GetDirectoryName(options.Report)!);
        RequireNoFolder(options.Report); // which may have been made now
    }

    /// <summary>
    /// A path with every link in it followed, as far as it exists. Two of them are compared without regard to case: some file systems
    /// make no difference there, and a mistake would cost the notebooks.
    /// </summary>
    internal static string Resolved(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var resolved = root;
        foreach (var name in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, name);
            try
            {
                if (new FileInfo(resolved).LinkTarget is not null)
                    resolved = Resolved(File.ResolveLinkTarget(resolved, returnFinalTarget: true)?.FullName ?? resolved);
            }
            catch (IOException)
            {
                return full; // Links that lead to each other: nothing can be written there, and that will be said.
            }
        }
        return resolved;
    }

    private static void RequireOtherFiles(RunOptions options, IReadOnlyList<Notebook> notebooks)
    {
        // A notebook lies where its name does and, if it is a link, where that leads.
        var taken = notebooks
            .SelectMany(notebook => new[] { Path.Combine(Resolved(notebook.Folder), notebook.Name), Resolved(notebook.Path) })
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var output = Resolved(options.Output);
        if (notebooks.FirstOrDefault(notebook => IsTaken(Path.Combine(output, notebook.Name))) is { } same)
            throw new RunnerException(
                $"The executed notebooks would overwrite those in {same.Folder}: --output {options.Output} is that folder. "
                    + "Name another --output."
            );
        bool IsTaken(string path) => taken.Contains(path) || taken.Contains(Resolved(path)); // there may be a link to a notebook
        var report = Path.Combine(Resolved(Path.GetDirectoryName(options.Report)!), Path.GetFileName(options.Report));
        if (
            taken.Contains(report)
            || Path.GetExtension(report).Equals(".ipynb", StringComparison.OrdinalIgnoreCase)
            || notebooks.Any(notebook => Path.Combine(output, notebook.Name).Equals(report, StringComparison.OrdinalIgnoreCase))
        )
            throw new RunnerException(
                $"The report is an HTML page and must not take a notebook's place; name another --report than {options.Report}."
            );
    }

    private static void RequireExecuted(RunOptions options, IEnumerable<Notebook> notebooks)
    {
        foreach (var path in notebooks.Select(notebook => Path.Combine(options.Output, notebook.Name)).Where(Path.Exists))
            if (!IsExecuted(path))
                throw new RunnerException(
                    $"{path} is not an executed notebook that an earlier run wrote, and is not overwritten. Name another --output than "
                        + $"{options.Output}, or move the file away."
                );
    }

    private static bool IsExecuted(string path)
    {
        try
        {
            return RunRecord.IsMarked(Notebook.Load(path));
        }
        catch (RunnerException)
        {
            return false;
        }
    }

    private static void RequireWritable(string option, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".notebook-runner-{Guid.NewGuid():N}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException(
                $"Cannot create the folder {folder}, or a file in it: {error.Message.TrimEnd('.')}. Name another {option}.",
                error
            );
        }
    }

    private static void RequireNoFolder(string report)
    {
        if (Directory.Exists(report) || Path.EndsInDirectorySeparator(report))
            throw new RunnerException(
                $"The report is to be a file, but {report} is a folder; name --report {Path.Combine(report, "index.html")}."
            );
    }

    private static void RequireReportFile(string report)
    {
        if (!File.Exists(report))
            return;
        try
        {
            if (File.ReadAllText(report) is { Length: > 0 } page && !ReportFacts.AreIn(page))
                throw new RunnerException($"{report} is not an earlier report, and is not overwritten. Name another --report.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunnerException($"Cannot read {report}, which the report is to replace: {error.Message}", error);
        }
    }
}
