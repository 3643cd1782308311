namespace CrossEncoders.Retrieval;

/// <summary>
/// Joins several retrievers by reciprocal rank fusion: a passage scores the sum of 1 / (k + its rank) over the lists that contain it.
/// Scores of different kinds need no scaling that way (Cormack, Clarke and Büttcher, SIGIR 2009, where k is 60).
/// </summary>
public sealed class HybridRetriever : IRetriever
{
    private readonly IRetriever[] _retrievers;
    private readonly int _k;
    private readonly int _depth;

    /// <summary>Joins the retrievers.</summary>
    /// <param name="retrievers">Two or more, over the same passages.</param>
    /// <param name="k">How little the first ranks stand out; 60 in the paper.</param>
    /// <param name="depth">How many passages each retriever contributes at least.</param>
    /// <param name="name">The name in tables and charts; the retrievers' names joined by "|" where null.</param>
    /// <exception cref="CrossEncoderException">Fewer than two retrievers.</exception>
    public HybridRetriever(IEnumerable<IRetriever> retrievers, int k = 60, int depth = 100, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        _retrievers = retrievers.ToArray();
        if (_retrievers.Length < 2)
            throw new CrossEncoderException(
                $"A hybrid search joins two retrievers or more, but got {_retrievers.Length}. Add, for example, BM25 and a dense one."
            );
        _k = k;
        _depth = depth;
        Name = name ?? string.Join(" | ", _retrievers.Select(retriever => retriever.Name));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>At most <paramref name="topK"/> passages, best first; ties in the order in which the retrievers name them.</summary>
    public IReadOnlyList<Hit> Search(string query, int topK) =>
        Fuse(_retrievers.Select(retriever => retriever.Search(query, Math.Max(_depth, topK))), topK, _k);

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var lists = Array.ConvertAll(_retrievers, retriever =>
            retriever.SearchAll(queries, Math.Max(_depth, topK), progress, cancellation)
        );
        return Enumerable.Range(0, queries.Count).Select(i => Fuse(lists.Select(list => list[i]), topK, _k)).ToArray();
    }

    /// <summary>Joins lists that were found elsewhere.</summary>
    internal static Hit[] Fuse(IEnumerable<IReadOnlyList<Hit>> lists, int topK, int k)
    {
        var fused = new OrderedDictionary<string, Hit>();
        foreach (var list in lists)
            for (var i = 0; i < list.Count; i++)
            {
                var passage = list[i].Passage;
                var sum = fused.TryGetValue(passage.Id, out var earlier) ? earlier.Score : 0;
                fused[passage.Id] = new Hit(passage, sum + 1.0 / (k + i + 1));
            }
        return fused.Values.OrderByDescending(hit => hit.Score).Take(topK).ToArray(); // a stable sort
    }
}
