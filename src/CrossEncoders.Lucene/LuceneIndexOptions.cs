using CrossEncoders.Retrieval;

namespace CrossEncoders.Lucene;

/// <summary>The graph of USearch's approximate search.</summary>
public sealed record GraphOptions
{
    /// <summary>Neighbors of a vector, M of HNSW.</summary>
    public int Connectivity { get; init; } = 16;

    /// <summary>How many candidates are looked at where a vector is added.</summary>
    public int ExpansionAdd { get; init; } = 128;

    /// <summary>How many candidates a search looks at: recall against time.</summary>
    public int ExpansionSearch { get; init; } = 100;
}

/// <summary>How an index on disk is made.</summary>
public sealed record LuceneIndexOptions
{
    /// <summary>The constants of BM25.</summary>
    public Bm25Options Bm25 { get; init; } = new();

    /// <summary>The graph for approximate search by vectors; null for exact search only.</summary>
    public GraphOptions? Graph { get; init; }

    /// <summary>Passages between two commits: what a kill loses at most.</summary>
    public int BatchSize { get; init; } = 20_000;

    /// <summary>Passages embedded and analyzed at a time.</summary>
    internal int Portion { get; init; } = 1000;

    internal LuceneIndexOptions Checked() =>
        BatchSize >= 1
            ? this
            : throw new CrossEncoderException($"A batch needs at least one passage, but {nameof(BatchSize)} was {BatchSize}.");
}
