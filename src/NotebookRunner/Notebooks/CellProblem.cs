namespace NotebookRunner.Notebooks;

/// <summary>Something about a notebook that should be put right.</summary>
/// <param name="Cell">The number of the cell among all cells, texts included, from 1.</param>
/// <param name="Line">The line of the cell, from 1, where there is one.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record CellProblem(int Cell, int? Line, string Message)
{
    public override string ToString() => $"cell {Cell}{(Line is null ? "" : $", line {Line}")}: {Message}";
}
