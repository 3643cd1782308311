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
        var notebooks = NotebookFiles.Load(options.Input);
        RequireKernels(notebooks);
        Parameters.Check(notebooks, options.Parameters);
        foreach (var notebook in notebooks)
        {
            Parameters.Inject(notebook, options.Parameters, options.Here);
            RunRecord.Mark(notebook);
        }
        OutputPlaces.Prepare(options, notebooks);
        var changes = new Changes(notebooks, options);

        // A key given as a parameter is no less secret than one in the environment.
        var secrets = Secrets.Of(options.Parameters);
        var results = new List<NotebookResult>();
        for (var i = 0; i < notebooks.Count; i++)
        {
            results.Add(
                options.Changed && changes.Unchanged(i) is { } unchanged
                    ? Taken(unchanged, progress)
                    : await ExecutedAsync(i, notebooks[i], changes, options, progress, cancellation)
            );
            if (Save(notebooks[i], options.Output, secrets) is { } problem)
                results[^1] = results[^1] with { Failures = [.. results[^1].Failures, new(0, null, "", problem)] };
            if (results[^1].Failed && !options.ContinueOnError || cancellation.IsCancellationRequested)
                break;
        }

        try
        {
            Report.Save(options.Report, results, RunFacts.Of(notebooks, results, options.Parameters, changes.Data()), secrets);
            progress.Line("");
            progress.Line($"Executed notebooks: {options.Output}");
            progress.Line($"Report:             {options.Report}");
        }
        finally
        {
            foreach (var result in results)
            foreach (var failure in result.Failures)
                progress.Problem(secrets.Hide(Describe(result.Notebook, failure)));
        }

        return cancellation.IsCancellationRequested ? 130
            : results.Any(result => result.Failed) ? 1
            : 0;
    }

    private static NotebookResult Taken(NotebookResult unchanged, Progress progress)
    {
        progress.Begin($"{unchanged.Notebook.Name}: unchanged, output of {unchanged.TakenFrom:yyyy-MM-dd HH:mm} taken");
        return unchanged;
    }

    private static async Task<NotebookResult> ExecutedAsync(
        int index,
        Notebook notebook,
        Changes changes,
        RunOptions options,
        Progress progress,
        CancellationToken cancellation
    )
    {
        var clock = Stopwatch.StartNew();
        try
        {
            changes.Before(index);
            var result = await NotebookExecution.RunAsync(notebook, progress, options.CellLimit, options.ContinueOnError, cancellation);
            changes.After(index, result);
            return result;
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

    /// <summary>What a cell needs and the runner lacks is said before anything runs, not when its turn comes after hours.</summary>
    private static void RequireKernels(IEnumerable<Notebook> notebooks)
    {
        var missing = notebooks
            .SelectMany(notebook => CellKernels.Missing(notebook).Select(problem => $"{notebook.Name}, {problem}"))
            .ToList();
        if (missing.Count > 0)
            throw new RunnerException(string.Join('\n', missing));
    }

    private static NotebookResult Stopped(Notebook notebook, TimeSpan duration, string why) =>
        new(notebook, duration, new Dictionary<Cell, double>(), [new(0, null, "", why)]);

    private static string Describe(Notebook notebook, CellFailure failure) =>
        failure.Number == 0
            ? $"\n{notebook.Name}: {failure.Error}"
            : $"""

                {notebook.Name}, cell {failure.Number}{(failure.Line is null ? "" : $", line {failure.Line}")} failed:
                    {failure.SourceLine}
                {failure.Error}
                """;
}
