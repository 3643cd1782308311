namespace CrossEncoders.Retrieval;

/// <summary>
/// A retriever's scores of the passages it finds, looked up by their text. What is not among its best for a query gets 0, or the lowest
/// score of its list where that is below 0: distances turned around and logits are, and 0 would stand above them all.
/// </summary>
internal sealed class RetrieverScorer : IPassageScorer
{
    private readonly IRetriever _retriever;
    private readonly int _depth;

    public RetrieverScorer(IRetriever retriever, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        (_retriever, _depth) = (retriever, depth);
    }

    /// <inheritdoc/>
    public string Name => _retriever.Name;

    /// <inheritdoc/>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        string[] queries = [.. pairs.Select(pair => pair.Query).Distinct()];
        var scores = new Dictionary<TextPair, float>();
        var others = new Dictionary<string, float>();
        foreach (var (query, hits) in queries.Zip(_retriever.SearchAll(queries, _depth, progress, cancellation)))
        {
            foreach (var hit in hits)
                scores.TryAdd(new TextPair(query, hit.Passage.Text), (float)hit.Score);
            others[query] = (float)hits.Select(hit => hit.Score).Append(0).Min();
        }

        return [.. pairs.Select(pair => scores.TryGetValue(pair, out var score) ? score : others[pair.Query])];
    }
}
