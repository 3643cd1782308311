using CrossEncoders.Retrieval;
using Microsoft.Extensions.VectorData;

namespace CrossEncoders.Integration;

/// <summary>A collection of any vector store as the first stage of a search: <c>collection.AsRetriever(…).RerankedBy(model)</c>.</summary>
/// <typeparam name="TRecord">The store's records.</typeparam>
/// <remarks>Stores that give distances (lower is better) are known by the order of their results; their scores are negated.</remarks>
public sealed class VectorStoreRetriever<TRecord> : IRetriever
    where TRecord : class
{
    private readonly IVectorSearchable<TRecord> _store;
    private readonly Func<TRecord, Passage> _passage;
    private readonly ITextEmbedder? _embedder;
    private readonly VectorSearchOptions<TRecord>? _options;

    /// <summary>Searches a store.</summary>
    /// <param name="store">The store, usually a <see cref="VectorStoreCollection{TKey, TRecord}"/>.</param>
    /// <param name="passage">Id and text of a record.</param>
    /// <param name="embedder">
    /// Makes the queries' vectors; null leaves that to the store's own generator, which knows no difference between query and passage.
    /// </param>
    /// <param name="options">Filters, and which of several vectors is searched; null for the store's defaults.</param>
    /// <param name="name">The name in tables and charts.</param>
    public VectorStoreRetriever(
        IVectorSearchable<TRecord> store,
        Func<TRecord, Passage> passage,
        ITextEmbedder? embedder = null,
        VectorSearchOptions<TRecord>? options = null,
        string name = "vector store"
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(passage);
        (_store, _passage, _embedder, _options, Name) = (store, passage, embedder, options, name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>As <see cref="SearchAsync"/>, for callers that wait.</summary>
    public IReadOnlyList<Hit> Search(string query, int topK) => SearchAll([query], topK)[0];

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        // On a thread of the pool: the caller's context, if it has one, is not waited for by itself.
        return Task.Run(() => SearchAllAsync(queries, topK, progress, cancellation), cancellation).GetAwaiter().GetResult();
    }

    /// <summary>At most <paramref name="topK"/> passages, best first, in the order of the store.</summary>
    /// <exception cref="CrossEncoderException">The embedder gave no vector.</exception>
    public async Task<IReadOnlyList<Hit>> SearchAsync(string query, int topK, CancellationToken cancellation = default) =>
        (await SearchAllAsync([query], topK, null, cancellation).ConfigureAwait(false))[0];

    private async Task<IReadOnlyList<IReadOnlyList<Hit>>> SearchAllAsync(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        var results = new IReadOnlyList<Hit>[queries.Count];
        if (topK == 0)
        {
            Array.Fill(results, []);
            return results;
        }

        var vectors = _embedder is null
            ? null
            : await Task.Run(() => _embedder.EmbedQueries(queries, progress, cancellation), cancellation).ConfigureAwait(false);
        if (vectors is not null && vectors.Length != queries.Count)
            throw new CrossEncoderException(
                $"An embedder must give one vector for each text, but '{_embedder!.Name}' gave {vectors.Length} for {queries.Count}."
            );
        for (var i = 0; i < results.Length; i++)
        {
            var found = vectors is null
                ? _store.SearchAsync(queries[i], topK, _options, cancellation)
                : _store.SearchAsync(new ReadOnlyMemory<float>(vectors[i]), topK, _options, cancellation);
            results[i] = Hits(await found.ToListAsync(cancellation).ConfigureAwait(false));
            progress?.Report(new WorkProgress("searching", i + 1, results.Length, Name));
        }

        return results;
    }

    private Hit[] Hits(List<VectorSearchResult<TRecord>> found)
    {
        var scored = found.TrueForAll(result => result.Score is not null);
        var sign = scored && found.Count > 1 && found[0].Score < found[^1].Score ? -1 : 1;
        return [.. found.Select((result, rank) => new Hit(_passage(result.Record), scored ? sign * result.Score!.Value : -rank))];
    }
}
