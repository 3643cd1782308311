namespace CrossEncoders.Documents;

/// <summary>What a reader of a format makes of a file.</summary>
/// <param name="Title">The title in the file's properties; null where it has none.</param>
/// <param name="Text">Its text as Markdown.</param>
internal sealed record Content(string? Title, string Text)
{
    /// <summary>What the file holds that is not in the text.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
