using System.Collections;
using System.Collections.ObjectModel;

namespace CrossEncoders.Documents;

/// <summary>A document as text.</summary>
/// <param name="Id">Its path relative to the folder it was loaded from, with '/'.</param>
/// <param name="Title">Its first heading, else the title in its metadata, else its file name.</param>
/// <param name="Text">Its text: newlines are \n, HTML and Word have become Markdown, front matter is gone.</param>
/// <param name="Language">"en" or "zh", by the share of Han characters.</param>
public sealed record Document(string Id, string Title, string Text, string Language)
{
    /// <summary>What the file says of itself: the keys of its front matter, the columns beside the text.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>A file that could not be read as a document, or a table of which some rows could not.</summary>
/// <param name="Id">Its path relative to the folder, with '/'.</param>
/// <param name="Reason">Why it was skipped.</param>
public sealed record SkippedFile(string Id, string Reason);

/// <summary>What to load from a folder.</summary>
public sealed record DocumentOptions
{
    /// <summary>File name extensions that are read, with their dot.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [".md", ".txt", ".html", ".htm", ".pdf", ".docx"];

    /// <summary>The column of .csv and .jsonl files that holds the text of a document, a row each; null (the default) does not read such files.</summary>
    public string? TextColumn { get; init; }

    /// <summary>Only files whose path in the folder fits one of these patterns, such as "manuals/**/*.md"; null for all.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>No files whose path in the folder fits one of these patterns, such as "**/drafts/**".</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Whether an unreadable file is an error; otherwise it is skipped and reported in <see cref="DocumentCollection.Skipped"/>.</summary>
    public bool Strict { get; init; }

    /// <summary>Files above this size in bytes are not read, nor those that unpack to more characters (default 64 Mi).</summary>
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
