using CrossEncoders.Retrieval;
using Microsoft.Extensions.VectorData;

namespace CrossEncoders.Integration;

/// <summary>Re-ranking where a vector store's search ends.</summary>
public static class VectorStoreExtensions
{
    /// <summary>A store as a retriever.</summary>
    /// <param name="store">The store, usually a <see cref="VectorStoreCollection{TKey, TRecord}"/>.</param>
    /// <param name="passage">Id and text of a record.</param>
    /// <param name="embedder">Makes the queries' vectors; null leaves that to the store's own generator.</param>
    /// <param name="options">Filters, and which of several vectors is searched; null for the store's defaults.</param>
    /// <param name="name">The name in tables and charts.</param>
    public static VectorStoreRetriever<TRecord> AsRetriever<TRecord>(
        this IVectorSearchable<TRecord> store,
        Func<TRecord, Passage> passage,
        ITextEmbedder? embedder = null,
        VectorSearchOptions<TRecord>? options = null,
        string name = "vector store"
    )
        where TRecord : class => new(store, passage, embedder, options, name);

    /// <summary>The results of a search in the order of a scorer, best first; a result's score is its logit.</summary>
    /// <param name="results">What the store found: <c>collection.SearchAsync(query, 50)</c>.</param>
    /// <param name="scorer">Reads query and text together, usually a cross-encoder.</param>
    /// <param name="query">The query.</param>
    /// <param name="text">The text of a record.</param>
    /// <param name="top">How many to return, at least 1; null for all.</param>
    /// <param name="cancellation">Gives the search and the scoring up.</param>
    public static async Task<IReadOnlyList<VectorSearchResult<TRecord>>> RerankAsync<TRecord>(
        this IAsyncEnumerable<VectorSearchResult<TRecord>> results,
        IPassageScorer scorer,
        string query,
        Func<TRecord, string> text,
        int? top = null,
        CancellationToken cancellation = default
    )
        where TRecord : class
    {
        if (top < 1)
            throw new CrossEncoderException($"The best {top} results were asked for; expected at least 1, or null for all.");
        var records = await results.Select(result => result.Record).ToListAsync(cancellation).ConfigureAwait(false);
        var logits = await scorer.ScoreAsync(query, records.Select(text), cancellation).ConfigureAwait(false);
        return
        [
            .. records
                .Zip(logits, (record, logit) => new VectorSearchResult<TRecord>(record, logit))
                .OrderByDescending(result => result.Score) // a stable sort
                .Take(top ?? records.Count),
        ];
    }
}
