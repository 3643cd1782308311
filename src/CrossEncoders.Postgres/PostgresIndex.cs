using CrossEncoders.Retrieval;
using Npgsql;

namespace CrossEncoders.Postgres;

/// <summary>
/// Passages in a PostgreSQL database, found by full text, by vectors, or by both, behind the same <see cref="IRetriever"/> as the searches
/// in memory. Safe for concurrent searches; each takes a connection of a pool.
/// </summary>
/// <remarks>
/// The terms of English and Chinese are the kit's own (<see cref="TextAnalyzer"/>), in a column that is filled with them. Vectors need the
/// extension pgvector, BM25 needs pg_textsearch, created in the database before the passages are indexed.
/// </remarks>
public sealed class PostgresIndex : IDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly PostgresIndexOptions _options;
    private readonly PostgresTables _tables;
    private readonly PostgresCalls _calls;

    /// <summary>Names an index; nothing is asked of the server yet.</summary>
    /// <param name="connectionString">
    /// As Npgsql takes it: <c>Host=localhost;Database=corpus;Username=…;Password=…</c>, with <c>SSL Mode=VerifyFull</c> across a network.
    /// </param>
    /// <param name="options">Names, sizes and patience.</param>
    /// <exception cref="CrossEncoderException">The connection string cannot be read, or an option is out of its range.</exception>
    public PostgresIndex(string connectionString, PostgresIndexOptions? options = null)
    {
        _options = (options ?? new()).Checked();
        _tables = new(_options);
        _source = PostgresCalls.Source(connectionString);
        _calls = new(_source, _options);
    }

    /// <summary>
    /// Indexes a collection. Of the same passages and settings it does nothing; killed and started again, it goes on where it was. Until it
    /// ends, searches see what was there before: the index of earlier passages, or none.
    /// </summary>
    /// <param name="passages">The collection, in an order that stays the same; it is read as a stream, and a second time to go on.</param>
    /// <param name="embedder">Gives the vectors; null for full text alone.</param>
    /// <param name="progress">Told of the passages stored; the total is not known.</param>
    /// <param name="cancellation">Stops the work; what is stored is kept.</param>
    /// <exception cref="CrossEncoderException">
    /// The server is away for longer than <see cref="PostgresIndexOptions.Patience"/> or refuses, an id comes twice, there is no passage,
    /// or one cannot be stored.
    /// </exception>
    public void Index(
        IEnumerable<Passage> passages,
        ITextEmbedder? embedder = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => new PostgresBuild(_calls, _tables, _options, embedder).Run(passages, progress, cancellation);

    /// <summary>How many passages a search sees: 0 until an index is whole.</summary>
    public long Count => Whole()?.Passages ?? 0;

    /// <summary>Search by keywords.</summary>
    /// <param name="ranking">The order; null for BM25 where the index was made for it, and <c>ts_rank</c> elsewhere.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index, or it was made without BM25.</exception>
    public IRetriever FullText(PostgresRanking? ranking = null, string? name = null)
    {
        var chosen = Ranking(ranking);
        var search = new PostgresSearch(_tables, _options, chosen, exact: true);
        return new PostgresRetriever(name ?? $"PostgreSQL {Word(chosen)}", _calls, _options, search, search.Keywords, embedder: null);
    }

    /// <summary>Search by meaning: cosine of the query's vector with those of the passages.</summary>
    /// <param name="embedder">The one that the index was made with.</param>
    /// <param name="exact">Whether to compare with every vector instead of those that the graph leads to.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index, or not of this embedder.</exception>
    public IRetriever Nearest(ITextEmbedder embedder, bool exact = false, string? name = null)
    {
        RequireVectors(embedder);
        var search = new PostgresSearch(_tables, _options, ranking: null, exact || _options.Hnsw is null);
        var kind = exact || _options.Hnsw is null ? "exact" : "HNSW";
        return new PostgresRetriever(name ?? $"PostgreSQL {kind}", _calls, _options, search, search.Nearest, embedder);
    }

    /// <summary>Both, joined on the server by reciprocal rank fusion, as by <see cref="HybridRetriever"/>, in one round trip.</summary>
    /// <param name="embedder">The one that the index was made with.</param>
    /// <param name="ranking">As for <see cref="FullText"/>.</param>
    /// <param name="exact">As for <see cref="Nearest"/>.</param>
    /// <param name="k">How little the first ranks stand out.</param>
    /// <param name="depth">How many passages each of the two contributes at least.</param>
    /// <param name="name">The name in tables and charts.</param>
    /// <exception cref="CrossEncoderException">There is no whole index, or not of this embedder or ranking.</exception>
    public IRetriever Hybrid(
        ITextEmbedder embedder,
        PostgresRanking? ranking = null,
        bool exact = false,
        int k = 60,
        int depth = 100,
        string? name = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        RequireVectors(embedder);
        var chosen = Ranking(ranking);
        var search = new PostgresSearch(_tables, _options, chosen, exact || _options.Hnsw is null);
        return new PostgresRetriever(
            name ?? $"PostgreSQL {Word(chosen)} | vectors",
            _calls,
            _options,
            search,
            search.Fused(k),
            embedder,
            depth
        );
    }

    /// <summary>Drops the index, and what there is of one being built.</summary>
    public void Drop() => _calls.Run("drop the index", connection =>
        {
            PostgresCalls.Execute(connection, _tables.CreateRegistry + ";" + _tables.Drop);
            return true;
        });

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _source.Dispose();

    private PostgresRanking Ranking(PostgresRanking? wanted)
    {
        var state = Required();
        if (wanted == PostgresRanking.Bm25 && !state.Bm25)
            throw new CrossEncoderException(
                $"Index '{_options.Name}' was made where the extension pg_textsearch was not there. Run CREATE EXTENSION pg_textsearch in "
                    + $"the database and index again, or take {nameof(PostgresRanking.Frequency)}."
            );
        return wanted ?? (state.Bm25 ? PostgresRanking.Bm25 : PostgresRanking.Frequency);
    }

    private void RequireVectors(ITextEmbedder embedder)
    {
        if (Required().Embedder is var made && made != embedder.Name)
            throw new CrossEncoderException(
                $"Index '{_options.Name}' was made with {(made is null ? "no vectors" : $"vectors of '{made}'")}, but the search is to use "
                    + $"'{embedder.Name}'. Index again with that embedder, or search with the other."
            );
    }

    private PostgresState Required() =>
        Whole()
        ?? throw new CrossEncoderException(
            $"There is no whole index '{_options.Name}' in schema '{_options.Schema}': index the passages first. "
                + "A build that was interrupted does not count; started again, it goes on."
        );

    private PostgresState? Whole() => _calls.Run("read the state of the index", connection =>
        {
            using var known = new NpgsqlCommand($"SELECT to_regclass('{_tables.Registry}') IS NOT NULL", connection);
            return known.ExecuteScalar() is true ? PostgresState.Read(connection, _tables, building: false) : null;
        });

    private static string Word(PostgresRanking ranking) => ranking == PostgresRanking.Bm25 ? "BM25" : "full text";
}
