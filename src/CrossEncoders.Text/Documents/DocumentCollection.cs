using System.Collections;

namespace CrossEncoders.Documents;

/// <summary>A file that could not be read as a document, or a table of which some rows could not.</summary>
/// <param name="Id">Its path relative to the folder, with '/'.</param>
/// <param name="Reason">Why it was skipped.</param>
public sealed record SkippedFile(string Id, string Reason);

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

    /// <summary>What the documents' files hold that is not in their texts, each with the document's id.</summary>
    public IEnumerable<(string Id, string Note)> Notes =>
        _documents.SelectMany(document => document.Notes.Select(note => (document.Id, note)));

    /// <inheritdoc/>
    public int Count => _documents.Count;

    /// <inheritdoc/>
    public Document this[int index] => _documents[index];

    /// <inheritdoc/>
    public IEnumerator<Document> GetEnumerator() => _documents.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
