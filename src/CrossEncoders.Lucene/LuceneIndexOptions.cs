using CrossEncoders.Retrieval;

namespace CrossEncoders.Lucene;

/// <summary>
/// The graph of USearch's approximate search. What it finds of the nearest depends on the vectors: <c>engines</c> of the benchmarks prints
/// it for each number of candidates. Another graph over the same passages is made without embedding them again.
/// </summary>
public sealed record GraphOptions
{
    /// <summary>Neighbors of a vector, M of HNSW, 2 to 256; twice as many on the lowest layer.</summary>
    public int Connectivity { get; init; } = 32;

    /// <summary>How many candidates are looked at where a vector is added, from <see cref="Connectivity"/> on.</summary>
    public int ExpansionAdd { get; init; } = 128;

    /// <summary>
    /// How many candidates a search looks at in each part: recall against time. As many as results where those are more. It is a matter
    /// of the search: the graph stays the same.
    /// </summary>
    public int ExpansionSearch { get; init; } = 200;

    /// <summary>
    /// Vectors of one part. A larger collection has several graphs, built at the same time as there are cores, and searched one after
    /// another: larger parts are slower to build, vector by vector, and fewer of them faster to search.
    /// </summary>
    public int PartSize { get; init; } = 50_000;
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

    internal LuceneIndexOptions Checked()
    {
        Bm25.Checked();
        if (BatchSize < 1)
            throw new CrossEncoderException($"A batch needs at least one passage, but {nameof(BatchSize)} was {BatchSize}.");
        if (
            Graph is { } graph
            && (
                graph.Connectivity is < 2 or > 256
                || graph.ExpansionAdd < graph.Connectivity
                || graph.ExpansionSearch < 1
                || graph.PartSize < 1
            )
        )
            throw new CrossEncoderException(
                "A graph takes Connectivity from 2 to 256, ExpansionAdd from Connectivity on, ExpansionSearch and PartSize from 1 on, but "
                    + $"they were {graph.Connectivity}, {graph.ExpansionAdd}, {graph.ExpansionSearch} and {graph.PartSize}."
            );
        return this;
    }
}
