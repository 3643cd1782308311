namespace CrossEncoders.Retrieval;

/// <summary>
/// The two-stage search a cross-encoder is made for: a fast retriever finds candidates, and the cross-encoder reads the best of them
/// together with the query and puts them in a new order. Candidates beyond the depth follow in their old order.
/// </summary>
public sealed class RerankingRetriever : IRetriever
{
    private readonly IRetriever _first;
    private readonly IPassageScorer _scorer;

    /// <summary>Puts a re-ranker behind a retriever.</summary>
    /// <param name="first">Finds the candidates.</param>
    /// <param name="scorer">Reads query and candidate together, usually a cross-encoder.</param>
    /// <param name="depth">How many candidates it reads for each query: quality against time.</param>
    /// <param name="name">The name in tables and charts; "first + scorer" where null.</param>
    public RerankingRetriever(IRetriever first, IPassageScorer scorer, int depth = 20, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        _first = first;
        _scorer = scorer;
        Depth = depth;
        Name = name ?? $"{first.Name} + {scorer.Name}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>How many candidates are re-ranked for each query.</summary>
    public int Depth { get; }

    /// <summary>
    /// At most <paramref name="topK"/> passages, best first; ties in the order of the first stage. Scores are the scorer's, and below the
    /// lowest of them for candidates it did not read.
    /// </summary>
    public IReadOnlyList<Hit> Search(string query, int topK) => SearchAll([query], topK)[0];

    /// <summary>
    /// The same for many queries: all candidates are scored in one call, which a model can sort by length and batch well.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        var candidates = _first.SearchAll(queries, Math.Max(Depth, topK), progress, cancellation);
        var pairs = new List<TextPair>();
        for (var i = 0; i < queries.Count; i++)
            foreach (var hit in candidates[i].Take(Depth))
                pairs.Add(new TextPair(queries[i], hit.Passage.Text));

        var scores = pairs.Count == 0 ? [] : _scorer.Score(pairs, progress, cancellation);
        Require(scores, pairs.Count);
        var results = new IReadOnlyList<Hit>[queries.Count];
        for (int i = 0, from = 0; i < results.Length; i++)
        {
            var count = Math.Min(Depth, candidates[i].Count);
            results[i] = Reordered(candidates[i], scores.AsSpan(from, count)).Take(topK).ToArray();
            from += count;
        }
        return results;
    }

    private static List<Hit> Reordered(IReadOnlyList<Hit> candidates, ReadOnlySpan<float> scores)
    {
        var read = new List<Hit>(candidates.Count);
        for (var i = 0; i < scores.Length; i++)
            read.Add(new Hit(candidates[i].Passage, scores[i]));
        var ordered = read.OrderByDescending(h => h.Score).ToList(); // a stable sort
        var lowest = ordered.Count == 0 ? 0 : ordered[^1].Score;
        for (var i = ordered.Count; i < candidates.Count; i++)
            ordered.Add(new Hit(candidates[i].Passage, --lowest));
        return ordered;
    }

    private void Require(float[] scores, int expected)
    {
        if (scores.Length != expected)
            throw new CrossEncoderException(
                $"A scorer must give one score for each pair, but '{_scorer.Name}' gave {scores.Length} for {expected}."
            );
        if (Array.FindIndex(scores, float.IsNaN) is >= 0 and var bad)
            throw new CrossEncoderException(
                $"'{_scorer.Name}' gave a score that is not a number (pair {bad + 1} of {expected}). "
                    + "Its weights are probably damaged by a training that diverged: "
                    + "go back to an earlier checkpoint or train with a lower learning rate."
            );
    }
}

/// <summary>Reads well in a chain: <c>bm25.RerankedBy(model)</c>.</summary>
public static class RerankingExtensions
{
    /// <summary>A retriever whose best <paramref name="depth"/> candidates are put in a new order by the scorer.</summary>
    public static RerankingRetriever RerankedBy(this IRetriever first, IPassageScorer scorer, int depth = 20, string? name = null) =>
        new(first, scorer, depth, name);
}
