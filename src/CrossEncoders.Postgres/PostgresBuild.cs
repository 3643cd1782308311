using CrossEncoders.Retrieval;
using Npgsql;

namespace CrossEncoders.Postgres;

/// <summary>
/// Fills an index batch by batch. A batch and the note of how far the work has come are one transaction: a kill at any moment loses at most
/// a batch, and one that arrived though the answer was lost is not stored twice.
/// </summary>
/// <param name="calls">Asks the server.</param>
/// <param name="tables">The tables.</param>
/// <param name="options">How to build.</param>
/// <param name="embedder">Gives the vectors; null for none.</param>
internal sealed class PostgresBuild(PostgresCalls calls, PostgresTables tables, PostgresIndexOptions options, ITextEmbedder? embedder)
{
    private bool _copies; // PGlite's socket takes rows only by INSERT
    private bool _bm25;

    /// <summary>Makes the index whole, or finds it so.</summary>
    public void Run(IEnumerable<Passage> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        calls.Run("prepare the schema", Prepare, cancellation);
        if (Start(passages, cancellation) is not { } chain)
            return;
        foreach (var part in From(passages, chain.Count).Chunk(options.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var before = chain.Value;
            var batch = new PostgresBatch(chain.Count, part, embedder, _bm25, cancellation);
            tables.RequireGraphFor(batch.Dimensions);
            batch.AddTo(chain);
            var state = new PostgresState(chain.Count, chain.Value, embedder?.Name, _bm25);
            Locked($"store passages {batch.First} to {batch.End - 1}", connection => Save(connection, batch, before, state), cancellation);
            progress?.Report(new WorkProgress("indexing", chain.Count, 0, options.Name));
        }

        if (chain.Count == 0)
            throw new CrossEncoderException(
                "A search index needs at least one passage, but the collection is empty. Check the documents it was made of."
            );
        foreach (var sql in tables.Indexes(embedder is not null, _bm25))
        {
            progress?.Report(new WorkProgress("indexing", chain.Count, chain.Count, "making the table fast to search"));
            Locked("make the table fast to search", connection => WhileBuilding(connection, chain, sql), cancellation);
        }

        Locked("put the index in its place", connection => WhileBuilding(connection, chain, tables.Publish), cancellation);
    }

    private bool Prepare(NpgsqlConnection connection)
    {
        using (var transaction = connection.BeginTransaction())
        {
            Lock(connection);
            PostgresCalls.Execute(connection, tables.CreateRegistry);
            if (embedder is not null)
                PostgresCalls.Execute(connection, "CREATE EXTENSION IF NOT EXISTS vector");
            transaction.Commit();
        }

        using var command = new NpgsqlCommand(
            "SELECT version() LIKE '%PGlite%', EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_textsearch')",
            connection
        );
        using var reader = command.ExecuteReader();
        reader.Read();
        (_copies, _bm25) = (!reader.GetBoolean(0), reader.GetBoolean(1));
        return true;
    }

    /// <summary>The place to go on from: the beginning, or where an earlier build stopped. Null where nothing is left to do.</summary>
    private PassageChain? Start(IEnumerable<Passage> passages, CancellationToken cancellation)
    {
        var graph = options.Hnsw is { } hnsw ? $"HNSW {hnsw.M} {hnsw.EfConstruction}" : "";
        var settings = $"PostgreSQL 2; {embedder?.Name ?? "no vectors"}; {graph}; {(_bm25 ? "pg_textsearch" : "")}";
        var (whole, part) = calls.Run(
            "read how far the index has come",
            connection => (PostgresState.Read(connection, tables, building: false), PostgresState.Read(connection, tables, building: true)),
            cancellation
        );
        var none = (Count: -1L, Value: Array.Empty<byte>());
        var standings = PassageChain.Compare(
            passages,
            settings,
            whole is null ? none : (whole.Passages, whole.Chain),
            part is null ? none : (part.Passages, part.Chain)
        );
        if (standings[0] == PassageStanding.Whole && HasVectors(tables.Table, passages, cancellation))
            return null;
        if (standings[1] != PassageStanding.Different && HasVectors(tables.Building, passages, cancellation))
            return new(part!.Chain, part.Passages);
        return StartOver(part, cancellation) ? new(settings) : Start(passages, cancellation);
    }

    /// <summary>Drops what was found half built. False where another program has begun or gone on meanwhile: look again.</summary>
    private bool StartOver(PostgresState? found, CancellationToken cancellation)
    {
        var same = false;
        Locked(
            "start over",
            connection =>
            {
                var now = PostgresState.Read(connection, tables, building: true);
                same = now is null ? found is null : found?.IsAt(now.Passages, now.Chain) == true;
                if (same)
                    PostgresCalls.Execute(connection, tables.DropBuilding);
            },
            cancellation
        );
        return same;
    }

    /// <summary>Whether the vectors in a table are this embedder's: other weights may come under the same name.</summary>
    private bool HasVectors(string table, IEnumerable<Passage> passages, CancellationToken cancellation)
    {
        if (embedder is null)
            return true;
        var vector = embedder.EmbedPassages([passages.First().Text], null, cancellation)[0];
        var sql = $"SELECT vector_dims(vector) = {vector.Length} AND vector <=> $1::vector < 0.001 FROM {table} WHERE ordinal = 0";
        return calls.Run(
            "compare a vector",
            connection =>
            {
                using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = VectorText.Of(vector) } } };
                return command.ExecuteScalar() is true;
            },
            cancellation
        );
    }

    private void Save(NpgsqlConnection connection, PostgresBatch batch, byte[] before, PostgresState after)
    {
        var state = PostgresState.Read(connection, tables, building: true);
        var furthest = state ?? (batch.First > 0 ? PostgresState.Read(connection, tables, building: false) : null);
        if (furthest?.IsAt(after.Passages, after.Chain) == true || furthest?.Passages > after.Passages)
            return; // stored, though the answer was lost, or another program builds the same: the end tells
        if (batch.First == 0 && state is null)
            PostgresCalls.Execute(connection, tables.Create(batch.Dimensions, _bm25));
        else if (state?.IsAt(batch.First, before) != true)
            throw Disturbed();
        if (_copies)
            batch.Copy(connection, tables.Building);
        else
            batch.Insert(connection, tables.Building);
        after.Write(connection, tables);
    }

    private void WhileBuilding(NpgsqlConnection connection, PassageChain chain, string sql)
    {
        if (PostgresState.Read(connection, tables, building: true)?.IsAt(chain.Count, chain.Value) == true)
            PostgresCalls.Execute(connection, sql);
        else if (PostgresState.Read(connection, tables, building: false)?.IsAt(chain.Count, chain.Value) != true) // or else: it is in place
            throw Disturbed();
    }

    private CrossEncoderException Disturbed() =>
        new(
            $"Index '{options.Name}' in schema '{options.Schema}' was changed by another program while it was being built. "
                + "Let one program build it, then start this again: it goes on with what is there."
        );

    /// <summary>A transaction that no other build of the same index runs beside.</summary>
    private void Locked(string what, Action<NpgsqlConnection> action, CancellationToken cancellation) =>
        calls.Run(
            what,
            connection =>
            {
                using var transaction = connection.BeginTransaction();
                Lock(connection);
                action(connection);
                transaction.Commit();
                return true;
            },
            cancellation
        );

    private void Lock(NpgsqlConnection connection) =>
        PostgresCalls.Execute(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('{tables.Table}', 0))");

    private static IEnumerable<Passage> From(IEnumerable<Passage> passages, long first)
    {
        using var next = passages.GetEnumerator();
        for (var i = 0L; next.MoveNext(); i++)
            if (i >= first)
                yield return next.Current;
    }
}
