using CrossEncoders.Retrieval;

namespace CrossEncoders.Elasticsearch;

/// <summary>
/// Passages in Elasticsearch or OpenSearch, found by keywords, by vectors, or by both, behind the same <see cref="IRetriever"/> as the
/// searches in memory. Safe for concurrent searches.
/// </summary>
/// <remarks>
/// The terms of English and Chinese are the kit's own (<see cref="TextAnalyzer"/>). The server keeps a passage's length in one byte, so
/// scores differ from the kit's BM25 by a constant factor and some percent. It is asked over REST by .NET's own client: Elastic's refuses
/// OpenSearch, and OpenSearch's does not know Elasticsearch's vectors.
/// </remarks>
public sealed class ElasticIndex : IDisposable
{
    private readonly ElasticIndexOptions _options;
    private readonly ElasticCalls _calls;
    private readonly Lazy<ElasticServer> _server;

    /// <summary>Names an index; nothing is asked of the server yet.</summary>
    /// <param name="address">The server's, for example https://localhost:9200.</param>
    /// <param name="options">Names, credentials, sizes and patience.</param>
    /// <exception cref="CrossEncoderException">An option is out of its range, or the address is none.</exception>
    public ElasticIndex(Uri address, ElasticIndexOptions? options = null)
        : this(address, options, TimeProvider.System) { }

    internal ElasticIndex(Uri address, ElasticIndexOptions? options, TimeProvider time)
    {
        _options = (options ?? new()).Checked();
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            throw new CrossEncoderException($"Expected an address such as https://localhost:9200, but found '{address}'.");
        _calls = new(address.AbsoluteUri.EndsWith('/') ? address : new(address.AbsoluteUri + "/"), _options, time);
        _server = new(() => ElasticServer.Of(_calls, _options), LazyThreadSafetyMode.PublicationOnly); // one that was away is asked again
    }

    /// <summary>
    /// Indexes a collection. Of the same passages and settings it does nothing; killed and started again, it goes on where it was. Until it
    /// ends, searches see what was there before: the index of earlier passages, or none. One program at a time may build an index.
    /// </summary>
    /// <param name="passages">The collection, in an order that stays the same; it is read as a stream, and a second time to go on.</param>
    /// <param name="embedder">Gives the vectors; null for keywords alone. It is known by its name: other weights need another.</param>
    /// <param name="progress">Told of the passages stored; the total is not known.</param>
    /// <param name="cancellation">Stops the work; what is stored is kept.</param>
    /// <exception cref="CrossEncoderException">
    /// The server is away or too busy for longer than <see cref="ElasticIndexOptions.Patience"/>, refuses passages, which are named, or an
    /// id comes twice, or there is no passage.
    /// </exception>
    public void Index(
        IEnumerable<Passage> passages,
        ITextEmbedder? embedder = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => new ElasticBuild(_calls, _server.Value, _options, embedder).Run(passages, progress, cancellation);

    /// <summary>What answers, as it says itself, for tables and records: "Elasticsearch 9.1.0".</summary>
    /// <exception cref="CrossEncoderException">The server is away, or is neither Elasticsearch nor OpenSearch.</exception>
    public string Server => _server.Value.Name;

    /// <summary>How many passages a search sees: 0 until an index is whole.</summary>
    public long Count => ElasticState.Whole(_calls, _options, default)?.Passages ?? 0;

    /// <summary>Search by keywords: BM25.</summary>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index.</exception>
    public IRetriever FullText(string name = "Elasticsearch BM25")
    {
        Required();
        return new ElasticRetriever(name, _calls, _server.Value, _options, ElasticLists.Keywords);
    }

    /// <summary>Search by meaning: cosine of the query's vector with those of the passages.</summary>
    /// <param name="embedder">The one that the index was made with.</param>
    /// <param name="exact">Whether to compare with every vector instead of those that the graph leads to.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index, or not of this embedder.</exception>
    public IRetriever Nearest(ITextEmbedder embedder, bool exact = false, string? name = null)
    {
        RequireVectors(embedder);
        var called = name ?? $"Elasticsearch {(exact ? "exact" : "HNSW")}";
        return new ElasticRetriever(called, _calls, _server.Value, _options, ElasticLists.Vectors, embedder, exact);
    }

    /// <summary>
    /// Both in one round trip, joined here by reciprocal rank fusion, as by <see cref="HybridRetriever"/>: on the server it needs a licence
    /// (Elasticsearch) or a pipeline (OpenSearch).
    /// </summary>
    /// <param name="embedder">The one that the index was made with.</param>
    /// <param name="exact">As for <see cref="Nearest"/>.</param>
    /// <param name="k">How little the first ranks stand out.</param>
    /// <param name="depth">How many passages each of the two contributes at least.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index, or not of this embedder.</exception>
    public IRetriever Hybrid(ITextEmbedder embedder, bool exact = false, int k = 60, int depth = 100, string name = "Elasticsearch hybrid")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        RequireVectors(embedder);
        const ElasticLists Both = ElasticLists.Keywords | ElasticLists.Vectors;
        return new ElasticRetriever(name, _calls, _server.Value, _options, Both, embedder, exact, k, depth);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _calls.Dispose();

    private ElasticState Required() =>
        ElasticState.Whole(_calls, _options, default)
        ?? throw new CrossEncoderException(
            $"There is no whole index '{_options.Name}': index the passages first. "
                + "A build that was interrupted does not count; started again, it goes on."
        );

    private void RequireVectors(ITextEmbedder embedder)
    {
        if (Required().Embedder is var made && made != embedder.Name)
            throw new CrossEncoderException(
                $"Index '{_options.Name}' was made with {(made is null ? "no vectors" : $"vectors of '{made}'")}, but the search is to use "
                    + $"'{embedder.Name}'. Index again with that embedder, or search with the other."
            );
    }
}
