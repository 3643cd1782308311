using CrossEncoders.Files;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Lucene;

/// <summary>
/// Passages in a folder on disk, for corpora larger than memory: BM25 by Lucene.NET and vectors mapped into memory, behind the same
/// <see cref="IRetriever"/> as the searches in memory. Safe for concurrent searches.
/// </summary>
/// <remarks>
/// Terms, formula and constants are those of <see cref="Bm25Retriever"/>, with each passage's length kept whole, so rankings are the same.
/// One index holds at most 2 147 483 519 passages, Lucene's limit.
/// </remarks>
public sealed class LuceneIndex : IDisposable
{
    private readonly IndexFolder _folder;
    private readonly LuceneIndexOptions _options;
    private readonly List<OpenedIndex> _opened = [];
    private readonly Lock _gate = new();

    /// <summary>Names an index; nothing is read or written yet.</summary>
    /// <param name="folder">A folder of its own; made where it is missing.</param>
    /// <param name="options">Constants and sizes.</param>
    /// <exception cref="CrossEncoderException">An option is out of its range.</exception>
    public LuceneIndex(string folder, LuceneIndexOptions? options = null) =>
        (_folder, _options) = (new(folder), (options ?? new()).Checked());

    /// <summary>
    /// Indexes a collection. Of the same passages and settings it does nothing, or makes the graph that is missing, alone; killed and
    /// started again, it goes on where it was. Until it ends, searches see what was there before: the index of earlier passages, or none.
    /// </summary>
    /// <param name="passages">The collection, in an order that stays the same; it is read as a stream, and a second time to go on.</param>
    /// <param name="embedder">Gives the vectors; null for keywords alone.</param>
    /// <param name="progress">Told of the passages indexed; the total is not known.</param>
    /// <param name="cancellation">Stops the work; what is committed is kept.</param>
    /// <exception cref="CrossEncoderException">
    /// Another program builds this index, the folder cannot be written, an id comes twice, or there is no passage.
    /// </exception>
    public void Index(
        IEnumerable<Passage> passages,
        ITextEmbedder? embedder = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        try
        {
            Directory.CreateDirectory(_folder.Path);
            new LuceneBuild(_folder, _options, embedder).Run(passages, progress, cancellation);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"The index in '{_folder.Path}' cannot be written: {error.Message} {DiskErrors.Remedy(error)} "
                    + "Started again, it goes on with what is there.",
                error
            );
        }
    }

    /// <summary>How many passages a search sees: 0 until an index is whole.</summary>
    public long Count => IndexState.Read(_folder.Whole)?.Passages ?? 0;

    /// <summary>Search by keywords in the index as it is now; what is built later is searched by a retriever made later.</summary>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index.</exception>
    public IRetriever FullText(string name = "Lucene BM25") => new KeywordRetriever(Open(), name);

    /// <summary>Search by meaning: inner product of the query's vector with those of the passages.</summary>
    /// <param name="embedder">The one that the index was made with.</param>
    /// <param name="exact">Whether to compare with every vector, even where there is a graph.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index, or not of this embedder.</exception>
    public IRetriever Nearest(ITextEmbedder embedder, bool exact = false, string? name = null)
    {
        var index = Open();
        if (index.State.Embedder is var made && made != embedder.Name)
            throw new CrossEncoderException(
                $"The index in '{_folder.Path}' was made with {(made is null ? "no vectors" : $"vectors of '{made}'")}, but the search "
                    + $"is to use '{embedder.Name}'. Index again with that embedder, or search with the other."
            );
        var isExact = exact || index.Graph is null;
        return new VectorRetriever(index, embedder, isExact, name ?? (isExact ? "vectors on disk" : "vectors on disk, graph"));
    }

    /// <summary>Both, joined by reciprocal rank fusion.</summary>
    /// <param name="embedder">The one that the index was made with.</param>
    /// <param name="exact">As for <see cref="Nearest"/>.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index, or not of this embedder.</exception>
    public IRetriever Hybrid(ITextEmbedder embedder, bool exact = false, string? name = null) =>
        new HybridRetriever([FullText(), Nearest(embedder, exact)], name: name);

    /// <summary>Closes the files; retrievers that were made are of no more use.</summary>
    public void Dispose()
    {
        foreach (var index in _opened)
            index.Dispose();
    }

    private OpenedIndex Open()
    {
        lock (_gate)
        {
            var whole = _folder.Whole
                ?? throw new CrossEncoderException(
                    $"There is no whole index in '{_folder.Path}': index the passages first. "
                        + "A build that was interrupted does not count; started again, it goes on."
                );
            var last = _opened.LastOrDefault();
            if (last?.Folder != whole || (last.Vectors is not null && last.GraphFolder != IndexFolder.GraphOf(whole, _options.Graph)))
                _opened.Add(new(whole, _options));
            return _opened[^1];
        }
    }
}
