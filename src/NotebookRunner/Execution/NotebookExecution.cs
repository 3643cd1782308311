using System.Diagnostics;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Execution;

/// <summary>Runs the cells of one notebook in order, in one kernel process.</summary>
internal static class NotebookExecution
{
    /// <param name="notebook">The notebook; its cells get their outputs.</param>
    /// <param name="progress">Told of each cell.</param>
    /// <param name="cellLimit">How long a cell may take.</param>
    /// <param name="goOn">Whether the cells after a failed one run, too; where its kernel is gone, they cannot.</param>
    /// <param name="cancellation">Interrupts the run.</param>
    /// <exception cref="OperationCanceledException">The run was interrupted; the notebook keeps what was computed.</exception>
    public static async Task<NotebookResult> RunAsync(
        Notebook notebook,
        Progress progress,
        TimeSpan? cellLimit,
        bool goOn,
        CancellationToken cancellation
    )
    {
        var clock = Stopwatch.StartNew();
        var seconds = new Dictionary<Cell, double>();
        var failures = new List<CellFailure>();
        var cells = notebook.Cells.Where(cell => cell.IsExecutable && !cell.IsSkipped).ToList();
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
            var failed = error is not null && (error.EndsKernel || !cells[i].MayFail);
            line.Done(
                failed ? "  FAILED"
                : error is not null ? "  failed, as its tag allows"
                : ""
            );
            if (failed)
                failures.Add(Failure(i + 1, cells[i], error!));
            if (failed && (!goOn || error!.EndsKernel))
                break;
        }
        return new(notebook, clock.Elapsed, seconds, failures);
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
                    CellEvent.TimeoutError
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
