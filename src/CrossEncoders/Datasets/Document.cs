using System.Collections;

namespace CrossEncoders.Datasets;

/// <summary>A document as text.</summary>
/// <param name="Id">Its path relative to the folder it was loaded from, with '/'.</param>
/// <param name="Title">Its first heading, else the title in its metadata, else its file name.</param>
/// <param name="Text">Its text: newlines are \n, HTML has become Markdown, front matter is gone.</param>
/// <param name="Language">"en" or "zh", by the share of Han characters.</param>
public sealed record Document(string Id, string Title, string Text, string Language);

/// <summary>A file that could not be read as a document.</summary>
/// <param name="Id">Its path relative to the folder, with '/'.</param>
/// <param name="Reason">Why it was skipped.</param>
public sealed record SkippedFile(string Id, string Reason);

/// <summary>What to load from a folder.</summary>
public sealed record DocumentOptions
{
    /// <summary>File name extensions that are read, with their dot.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [".md", ".txt", ".html", ".htm"];

    /// <summary>Whether an unreadable file is an error; otherwise it is skipped and reported in <see cref="DocumentCollection.Skipped"/>.</summary>
    public bool Strict { get; init; }

    /// <summary>Files above this size in bytes are not read (default 64 MiB).</summary>
    public long MaxFileBytes { get; init; } = 64L << 20;
}

/// <summary>The documents of a folder in ordinal order of their ids, and the files that could not be read.</summary>
public sealed class DocumentCollection : IReadOnlyList<Document>
{
    private readonly IReadOnlyList<Document> _documents;

    /// <summary>Creates a collection of documents.</summary>
    public DocumentCollection(IReadOnlyList<Document> documents, IReadOnlyList<SkippedFile>? skipped = null)
    {
        _documents = documents;
        Skipped = skipped ?? [];
    }

    /// <summary>Files that were left out, each with the reason.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <inheritdoc/>
    public int Count => _documents.Count;

    /// <inheritdoc/>
    public Document this[int index] => _documents[index];

    /// <inheritdoc/>
    public IEnumerator<Document> GetEnumerator() => _documents.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
