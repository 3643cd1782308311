using NotebookRunner.Notebooks;

namespace NotebookRunner.Execution;

/// <summary>What became of a notebook.</summary>
/// <param name="Notebook">The notebook with the outputs it got.</param>
/// <param name="Duration">From the start of its kernel to its last cell.</param>
/// <param name="Seconds">The seconds of each executed cell, by the cell.</param>
/// <param name="Failures">What failed; more than one where the run goes on after a failure.</param>
internal sealed record NotebookResult(
    Notebook Notebook,
    TimeSpan Duration,
    IReadOnlyDictionary<Cell, double> Seconds,
    IReadOnlyList<CellFailure> Failures
)
{
    /// <summary>When it ran, if its stored outputs were taken because nothing had changed.</summary>
    public DateTime? TakenFrom { get; init; }

    public bool Failed => Failures.Count > 0;
}

/// <summary>A failed cell.</summary>
/// <param name="Number">Its number among the executed cells, from 1; also its execution count.</param>
/// <param name="Line">The line of the cell, from 1, where known.</param>
/// <param name="SourceLine">The text of that line, else the cell's first.</param>
/// <param name="Error">Type and message.</param>
internal sealed record CellFailure(int Number, int? Line, string SourceLine, string Error);
