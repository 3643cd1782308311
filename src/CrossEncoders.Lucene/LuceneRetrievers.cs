using CrossEncoders.Retrieval;

namespace CrossEncoders.Lucene;

/// <summary>BM25 on disk.</summary>
internal sealed class KeywordRetriever(OpenedIndex index, string name) : IRetriever
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<Hit> Search(string query, int topK)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        return index.Keywords(query, topK);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var results = new IReadOnlyList<Hit>[queries.Count];
        Parallel.For(0, results.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
            results[i] = Search(queries[i], topK)
        );
        progress?.Report(new WorkProgress("searching", results.Length, results.Length, Name));
        return results;
    }
}

/// <summary>The nearest vectors on disk, all compared or those that the graph leads to.</summary>
internal sealed class VectorRetriever(OpenedIndex index, ITextEmbedder embedder, bool exact, string name)
    : BatchedRetriever(name, embedder, queriesATime: 256)
{
    /// <inheritdoc/>
    protected override IReadOnlyList<IReadOnlyList<Hit>> Ask(string[] queries, float[][]? vectors, int topK, CancellationToken cancellation)
    {
        if (vectors!.FirstOrDefault(vector => vector.Length != index.State.Dimensions) is { } other)
            throw new CrossEncoderException(
                $"All vectors of an index must be of one length, but it was made with {index.State.Dimensions} numbers and the "
                    + $"embedder now gives {other.Length}. Index again, or use the embedder that it was made with."
            );
        var found =
            exact || index.Graph is not { } graph
                ? index.Vectors!.Nearest(vectors!, topK, cancellation: cancellation)
                : graph.Nearest(vectors!, topK, cancellation);
        return Array.ConvertAll(found, rows => Array.ConvertAll(rows, hit => new Hit(index.Passage(hit.Row), hit.Score)));
    }
}
