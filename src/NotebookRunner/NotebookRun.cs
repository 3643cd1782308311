using System.Diagnostics;
using NotebookRunner.Execution;
using NotebookRunner.Notebooks;
using NotebookRunner.Reports;

namespace NotebookRunner;

/// <summary>The whole of <c>run</c>: notebooks in the order of their names, executed files, one report.</summary>
internal static class NotebookRun
{
    /// <returns>0 when every cell ran, 1 when one failed, 130 when interrupted.</returns>
    /// <exception cref="RunnerException">The run cannot start, or a result cannot be written.</exception>
    public static async Task<int> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        var notebooks = Find(options.Input).Select(Notebook.Load).ToList();
        Parameters.Check(notebooks, options.Parameters);
        foreach (var notebook in notebooks)
            Parameters.Inject(notebook, options.Parameters, options.Here);
        PreparePlaces(options, notebooks);

        var results = new List<NotebookResult>();
        foreach (var notebook in notebooks)
        {
            var clock = Stopwatch.StartNew();
            try
            {
                results.Add(await NotebookExecution.RunAsync(notebook, progress, options.CellLimit, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                results.Add(Stopped(notebook, clock.Elapsed, "The run was interrupted."));
            }
            catch (RunnerException e)
            {
                results.Add(Stopped(notebook, clock.Elapsed, e.Message));
            }
            try
            {
                notebook.Save(Path.Combine(options.Output, notebook.Name));
            }
            catch (RunnerException e)
            {
                results[^1] = results[^1] with { Failure = results[^1].Failure ?? new(0, null, "", e.Message) }; // the report may still have a place
            }
            if (results[^1].Failure is not null)
                break;
        }

        Report.Save(options.Report, results, notebooks.Count, options.Parameters);
        progress.Line("");
        progress.Line($"Executed notebooks: {options.Output}");
        progress.Line($"Report:             {options.Report}");
        if (results[^1].Failure is not { } failure)
            return 0;
        progress.Log.WriteLine(Describe(results[^1].Notebook, failure));
        return cancellation.IsCancellationRequested ? 130 : 1;
    }

    private static NotebookResult Stopped(Notebook notebook, TimeSpan duration, string why) =>
        new(notebook, duration, new Dictionary<Cell, double>(), new(0, null, "", why));

    private static string Describe(Notebook notebook, CellFailure failure) =>
        failure.Number == 0
            ? $"\n{notebook.Name}: {failure.Error}"
            : $"""

                {notebook.Name}, cell {failure.Number}{(failure.Line is null ? "" : $", line {failure.Line}")} failed:
                    {failure.SourceLine}
                {failure.Error}
                """;

    /// <summary>The notebooks of a folder in the order of their names, or the one named.</summary>
    private static List<string> Find(string input)
    {
        if (File.Exists(input))
            return [input];
        if (!Directory.Exists(input))
            throw new RunnerException($"Expected a folder with notebooks or a notebook (.ipynb); there is no {input}.");
        var found = Directory.EnumerateFiles(input, "*.ipynb").Order(StringComparer.Ordinal).ToList();
        return found.Count > 0 ? found : throw new RunnerException($"There is no notebook (*.ipynb) in {input}.");
    }

    /// <summary>Creates the folders first: better to fail now than after the training.</summary>
    private static void PreparePlaces(RunOptions options, List<Notebook> notebooks)
    {
        if (notebooks.Any(notebook => Path.Combine(options.Output, notebook.Name) == notebook.Path))
            throw new RunnerException($"The executed notebooks would overwrite those in {options.Output}; name another --output.");
        if (Directory.Exists(options.Report))
            throw new RunnerException(
                $"The report is to be a file, but {options.Report} is a folder; name --report {Path.Combine(options.Report, "index.html")}."
            );
        foreach (var folder in new[] { options.Output, Path.GetDirectoryName(options.Report)! })
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new RunnerException($"Cannot create the folder {folder}: {e.Message}", e);
            }
        }
    }
}
