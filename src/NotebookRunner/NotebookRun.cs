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
        OutputPlaces.Prepare(options, notebooks);

        // A key given as a parameter is no less secret than one in the environment.
        var secrets = Secrets.Of(options.Parameters);
        var results = new List<NotebookResult>();
        foreach (var notebook in notebooks)
        {
            results.Add(await ExecutedAsync(notebook, options, progress, cancellation));
            if (Save(notebook, options.Output, secrets) is { } problem)
                results[^1] = results[^1] with { Failure = results[^1].Failure ?? new(0, null, "", problem) };
            if (results[^1].Failure is not null)
                break;
        }

        Report.Save(options.Report, results, notebooks.Count, options.Parameters, secrets);
        progress.Line("");
        progress.Line($"Executed notebooks: {options.Output}");
        progress.Line($"Report:             {options.Report}");
        if (results[^1].Failure is not { } failure)
            return 0;
        progress.Problem(secrets.Hide(Describe(results[^1].Notebook, failure)));
        return cancellation.IsCancellationRequested ? 130 : 1;
    }

    private static async Task<NotebookResult> ExecutedAsync(
        Notebook notebook,
        RunOptions options,
        Progress progress,
        CancellationToken cancellation
    )
    {
        var clock = Stopwatch.StartNew();
        try
        {
            return await NotebookExecution.RunAsync(notebook, progress, options.CellLimit, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Stopped(notebook, clock.Elapsed, "The run was interrupted.");
        }
        catch (Exception error) when (error is RunnerException or IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            return Stopped(notebook, clock.Elapsed, error.Message);
        }
    }

    /// <summary>Writes an executed notebook; what keeps it from that is returned, since the report may still have a place.</summary>
    private static string? Save(Notebook notebook, string folder, Secrets secrets)
    {
        try
        {
            notebook.Save(Path.Combine(folder, notebook.Name), secrets);
            return null;
        }
        catch (IOException error)
        {
            return error.Message;
        }
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
}
