namespace NotebookRunner.Notebooks;

/// <summary>What the kernel process says; one line of JSON each on its pipe.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Text">The text of a stream write, or the message of an error.</param>
/// <param name="Name">The stream (<c>stdout</c>, <c>stderr</c>), or the error's type.</param>
/// <param name="Id">The identity of a displayed value, by which a later update finds it.</param>
/// <param name="Data">MIME type → content of a displayed value.</param>
/// <param name="Details">An error's stack or diagnostics.</param>
/// <param name="Line">The line of the cell, from 1, an error comes from; absent where the kernel cannot tell.</param>
/// <param name="Omitted">How many characters of its text were left out, because a cell may only have so many.</param>
internal sealed record CellEvent(
    CellEventKind Kind,
    string? Text = null,
    string? Name = null,
    string? Id = null,
    Dictionary<string, string>? Data = null,
    string? Details = null,
    int? Line = null,
    long Omitted = 0
)
{
    /// <summary>The name of the error that the end of the kernel's process is.</summary>
    public const string KernelDied = "KernelDied";

    /// <summary>The name of the error of a cell that took longer than allowed; the process is ended with it.</summary>
    public const string TimeoutError = "TimeoutError";

    /// <summary>Whether it is an error after which no cell can run.</summary>
    public bool EndsKernel => Kind == CellEventKind.Error && Name is KernelDied or TimeoutError;
}

internal enum CellEventKind
{
    Ready,
    Stream,
    Display,
    Update,
    Result,
    Error,
    Done,
}
