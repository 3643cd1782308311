namespace NotebookRunner.Execution;

/// <summary>The options of <c>run</c>; paths are full.</summary>
internal sealed record RunOptions(
    string Input,
    IReadOnlyDictionary<string, string> Parameters,
    string Output,
    string Report,
    TimeSpan? CellLimit);
