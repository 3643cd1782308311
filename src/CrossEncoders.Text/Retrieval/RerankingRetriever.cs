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
        var (pairs, places) = (new List<TextPair>(), new Dictionary<TextPair, int>()); // each once, also where a query comes twice
        for (var i = 0; i < queries.Count; i++)
            foreach (var hit in candidates[i].Take(Depth))
                if (new TextPair(queries[i], hit.Passage.Text) is var pair && places.TryAdd(pair, pairs.Count))
                    pairs.Add(pair);

        var scores = pairs.Count == 0 ? [] : _scorer.Score(pairs, progress, cancellation);
        ScoreList.Require(_scorer, scores, pairs.Count);
        var results = new IReadOnlyList<Hit>[queries.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var query = queries[i];
            var read = candidates[i].Take(Depth).Select(hit => scores[places[new TextPair(query, hit.Passage.Text)]]);
            results[i] = Reordered(candidates[i], [.. read]).Take(topK).ToArray();
        }
        return results;
    }

    private static List<Hit> Reordered(IReadOnlyList<Hit> candidates, ReadOnlySpan<float> scores)
    {
        var read = new List<Hit>(candidates.Count);
        for (var i = 0; i < scores.Length; i++)
            read.Add(new Hit(candidates[i].Passage, scores[i]));
        var ordered = read.OrderByDescending(hit => hit.Score).ToList(); // a stable sort
        var lowest = ordered.Count == 0 ? 0 : ordered[^1].Score;
        for (var i = ordered.Count; i < candidates.Count; i++)
            ordered.Add(new Hit(candidates[i].Passage, --lowest));
        return ordered;
    }
}

/// <summary>Reads well in a chain: <c>bm25.RerankedBy(model)</c>.</summary>
public static class RerankingExtensions
{
    /// <summary>A retriever whose best <paramref name="depth"/> candidates are put in a new order by the scorer.</summary>
    public static RerankingRetriever RerankedBy(this IRetriever first, IPassageScorer scorer, int depth = 20, string? name = null) =>
        new(first, scorer, depth, name);

    /// <summary>
    /// A retriever's own scores as a part of a <see cref="Fusion"/>: of the passages among its best <paramref name="depth"/> for the query,
    /// and for all others 0, or the lowest of those scores where that is below 0.
    /// </summary>
    public static IPassageScorer AsScorer(this IRetriever retriever, int depth = 100) => new RetrieverScorer(retriever, depth);
}
