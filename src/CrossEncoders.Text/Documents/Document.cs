using System.Collections.ObjectModel;

namespace CrossEncoders.Documents;

/// <summary>A document as text.</summary>
/// <param name="Id">Its path relative to the folder it was loaded from, with '/'.</param>
/// <param name="Title">Its first heading, else the title in its metadata, else its file name.</param>
/// <param name="Text">Its text: newlines are \n, HTML and Word have become Markdown, front matter is gone.</param>
/// <param name="Language">"en" or "zh", by the share of Han characters.</param>
public sealed record Document(string Id, string Title, string Text, string Language)
{
    /// <summary>What the file says about itself: the keys of its front matter, the columns beside the text.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// What the file holds that is not in the text, a sentence for each: running heads that were taken out, pages that cannot be read.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
