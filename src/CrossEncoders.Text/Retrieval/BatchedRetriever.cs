namespace CrossEncoders.Retrieval;

/// <summary>A search that embeds all queries, where it needs their vectors, and asks some at a time.</summary>
internal abstract class BatchedRetriever(string name, ITextEmbedder? embedder, int queriesATime) : IRetriever
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<Hit> Search(string query, int topK) => SearchAll([query], topK)[0];

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        var vectors = embedder?.EmbedQueries(queries, progress, cancellation);
        var results = new List<IReadOnlyList<Hit>>(queries.Count);
        foreach (var part in queries.Chunk(queriesATime))
        {
            cancellation.ThrowIfCancellationRequested();
            results.AddRange(Ask(part, vectors?[results.Count..(results.Count + part.Length)], topK, cancellation));
            progress?.Report(new WorkProgress("searching", results.Count, queries.Count, Name));
        }

        return results;
    }

    /// <summary>The hits of each query.</summary>
    /// <param name="queries">At most as many as go at a time.</param>
    /// <param name="vectors">Theirs; null without an embedder.</param>
    /// <param name="topK">How many for each.</param>
    /// <param name="cancellation">Ends the search.</param>
    protected abstract IReadOnlyList<IReadOnlyList<Hit>> Ask(
        string[] queries,
        float[][]? vectors,
        int topK,
        CancellationToken cancellation
    );
}
