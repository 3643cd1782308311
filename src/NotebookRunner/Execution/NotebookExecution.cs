using System.Diagnostics;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Execution;

/// <summary>Runs the cells of one notebook in order, in one kernel process, until one fails.</summary>
internal static class NotebookExecution
{
    /// <exception cref="OperationCanceledException">The run was interrupted; the notebook keeps what was computed.</exception>
    public static async Task<NotebookResult> RunAsync(
        Notebook notebook,
        Progress progress,
        TimeSpan? cellLimit,
        CancellationToken cancellation
    )
    {
        var clock = Stopwatch.StartNew();
        var seconds = new Dictionary<Cell, double>();
        var cells = notebook.Cells.Where(cell => cell.IsExecutable).ToList();
        var outputs = new CellOutputs();
        notebook.ClearOutputs();
        progress.Begin(notebook.Name);
        await using var kernel = await KernelClient.StartAsync(notebook.Folder, progress.Log, cancellation);

        for (var i = 0; i < cells.Count; i++)
        {
            var cellClock = Stopwatch.StartNew();
            CellEvent? error = null;
            outputs.Begin(cells[i], i + 1);
            using var line = progress.Cell(i + 1, cells.Count, cells[i].FirstLine);
            void OnEvent(CellEvent e)
            {
                if (e.Kind == CellEventKind.Error)
                    error ??= e;
                outputs.Add(e);
                line.Note(e);
            }

            try
            {
                await ExecuteAsync(kernel, cells[i], OnEvent, cellLimit, cancellation);
            }
            finally
            {
                outputs.End();
                seconds[cells[i]] = cellClock.Elapsed.TotalSeconds;
            }
            line.Done(error is null);
            if (error is not null)
                return new(notebook, clock.Elapsed, seconds, Failure(i + 1, cells[i], error));
        }
        return new(notebook, clock.Elapsed, seconds, null);
    }

    private static async Task ExecuteAsync(
        KernelClient kernel,
        Cell cell,
        Action<CellEvent> onEvent,
        TimeSpan? limit,
        CancellationToken cancellation
    )
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (limit is not null)
            timer.CancelAfter(limit.Value);
        try
        {
            await kernel.ExecuteAsync(new(cell.Source, cell.Kernel), onEvent, timer.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            onEvent(
                new(
                    CellEventKind.Error,
                    $"The cell took longer than {limit!.Value.TotalMinutes:0.##} minutes "
                        + "(--cell-timeout-minutes), and its kernel process was ended.",
                    "TimeoutError"
                )
            );
        }
    }

    private static CellFailure Failure(int number, Cell cell, CellEvent error)
    {
        var lines = cell.Source.Split('\n');
        var known = error.Line is { } line && line >= 1 && line <= lines.Length;
        return new(
            number,
            known ? error.Line : null,
            known ? lines[error.Line!.Value - 1].Trim() : cell.FirstLine,
            error.Name is null or "Error" or "CompilationError" ? error.Text ?? "" : $"{error.Name}: {error.Text}"
        );
    }
}
