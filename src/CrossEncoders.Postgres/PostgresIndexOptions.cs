using System.Text.RegularExpressions;

namespace CrossEncoders.Postgres;

/// <summary>How PostgreSQL orders the passages that share a term with the query.</summary>
public enum PostgresRanking
{
    /// <summary>
    /// <c>ts_rank</c>, on every server: how often the terms of the query occur. Frequent terms weigh as much as rare ones, and each passage
    /// that shares any of them is ranked, so that a search takes time in proportion to the corpus.
    /// </summary>
    Frequency,

    /// <summary>
    /// BM25 by the extension pg_textsearch, k1 1.2 and b 0.75. It keeps a passage's length in one byte, as Lucene does, so scores differ
    /// from the kit's own BM25 by some percent and passages of nearly equal score may change places.
    /// </summary>
    Bm25,
}

/// <summary>The graph of pgvector's approximate search: https://github.com/pgvector/pgvector#hnsw.</summary>
public sealed record HnswOptions
{
    /// <summary>Neighbors of a vector on each layer, 2 to 100.</summary>
    public int M { get; init; } = 16;

    /// <summary>How many candidates are looked at where a vector is added, at least twice <see cref="M"/>, at most 1000.</summary>
    public int EfConstruction { get; init; } = 64;

    /// <summary>Candidates that a search looks at: recall against time. As many as results where those are more; at most 1000.</summary>
    public int EfSearch { get; init; } = 100;
}

/// <summary>Where an index lies in a database, and how it is made.</summary>
public sealed partial record PostgresIndexOptions
{
    /// <summary>The schema; made where it is missing.</summary>
    public string Schema { get; init; } = "cross_encoders";

    /// <summary>The name of the index, and of its table.</summary>
    public string Name { get; init; } = "passages";

    /// <summary>Passages in one transaction: what a kill loses at most.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>
    /// The graph for approximate search; null for exact search only. The graph takes vectors of at most 2000 numbers: for longer ones set
    /// null.
    /// </summary>
    public HnswOptions? Hnsw { get; init; } = new();

    /// <summary>
    /// How long a server that is away (stopped, starting, no connection free) is tried again before that is an error.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one search may take.</summary>
    public TimeSpan SearchLimit { get; init; } = TimeSpan.FromSeconds(30);

    internal PostgresIndexOptions Checked()
    {
        foreach (var (what, name) in new[] { ("schema", Schema), ("index", Name) })
            if (!PlainName().IsMatch(name))
                throw new CrossEncoderException(
                    $"The name of a {what} is made of at most 40 small letters, digits and '_', a letter first, but was '{name}'."
                );
        if (BatchSize < 1)
            throw new CrossEncoderException($"A batch needs at least one passage, but {nameof(BatchSize)} was {BatchSize}.");
        if (Hnsw is { } graph && (graph.M is < 2 or > 100 || graph.EfConstruction < 2 * graph.M || graph.EfConstruction > 1000))
            throw new CrossEncoderException(
                $"HNSW takes M from 2 to 100 and EfConstruction from 2 * M to 1000, but they were {graph.M} and {graph.EfConstruction}."
            );
        if (Hnsw is { EfSearch: < 1 or > 1000 })
            throw new CrossEncoderException($"HNSW takes EfSearch from 1 to 1000, but it was {Hnsw.EfSearch}.");
        return this;
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,39}\z")]
    private static partial Regex PlainName();
}
