namespace CrossEncoders.Postgres;

/// <summary>
/// The tables of an index. It is built under another name and takes its own in the transaction that ends the work, so that a search sees
/// a whole index or none.
/// </summary>
internal sealed class PostgresTables(PostgresIndexOptions options)
{
    private const int MostInGraph = 2000; // pgvector, for vectors in single precision

    private readonly string _schema = options.Schema;
    private readonly string _name = options.Name;

    /// <summary>The index.</summary>
    public string Name => _name;

    /// <summary>The table that is searched.</summary>
    public string Table => $"{_schema}.{_name}";

    /// <summary>The table that is being filled.</summary>
    public string Building => $"{_schema}.{_name}__building";

    /// <summary>What is known of each index: one row for the whole one, one for what is being built.</summary>
    public string Registry => $"{_schema}.cross_encoders_indexes";

    /// <summary>The index of pg_textsearch, as its queries name it.</summary>
    public string Bm25 => $"{Table}__bm25";

    /// <summary>Made once in a database.</summary>
    public string CreateRegistry =>
        $"""
            CREATE SCHEMA IF NOT EXISTS {_schema};
            CREATE TABLE IF NOT EXISTS {Registry} (
                name text NOT NULL, building boolean NOT NULL, passages bigint NOT NULL, chain bytea NOT NULL,
                embedder text, bm25 boolean NOT NULL, PRIMARY KEY (name, building))
            """;

    /// <summary>Refuses vectors that the graph does not take: the server does so only once all of them are stored.</summary>
    /// <exception cref="CrossEncoderException">They are too long for it.</exception>
    public void RequireGraphFor(int? dimensions)
    {
        if (dimensions > MostInGraph && options.Hnsw is not null)
            throw new CrossEncoderException(
                $"pgvector's graph takes vectors of at most {MostInGraph} numbers, but these have {dimensions}. "
                    + $"Set {nameof(PostgresIndexOptions.Hnsw)} = null, which compares every vector."
            );
    }

    /// <summary>An empty table to fill.</summary>
    public string Create(int? dimensions, bool bm25) =>
        $"""
            DROP TABLE IF EXISTS {Building};
            CREATE TABLE {Building} (
                ordinal bigint NOT NULL, id text NOT NULL, text text NOT NULL, terms tsvector NOT NULL
                {(bm25 ? ", words text NOT NULL" : "")}{(dimensions is { } length ? $", vector vector({length}) NOT NULL" : "")})
            """;

    /// <summary>What makes the filled table fast to search; each is left out where it is there already.</summary>
    public IEnumerable<string> Indexes(bool vectors, bool bm25)
    {
        var prefix = $"{_name}__building";
        yield return $"CREATE UNIQUE INDEX IF NOT EXISTS {prefix}__ordinal ON {Building} (ordinal)";
        yield return $"CREATE UNIQUE INDEX IF NOT EXISTS {prefix}__id ON {Building} (id)";
        yield return $"CREATE INDEX IF NOT EXISTS {prefix}__terms ON {Building} USING gin (terms)";
        if (bm25)
            yield return $"CREATE INDEX IF NOT EXISTS {prefix}__bm25 ON {Building} USING bm25 (words) WITH (text_config = 'simple')";
        if (vectors && options.Hnsw is { } graph)
            yield return $"CREATE INDEX IF NOT EXISTS {prefix}__hnsw ON {Building} USING hnsw (vector vector_cosine_ops) "
                + $"WITH (m = {graph.M}, ef_construction = {graph.EfConstruction})";
        yield return $"ANALYZE {Building}";
    }

    /// <summary>The filled table takes the place of the one before.</summary>
    public string Publish =>
        $"""
            DROP TABLE IF EXISTS {Table};
            ALTER TABLE {Building} RENAME TO "{_name}";
            {string.Join('\n', new[] { "ordinal", "id", "terms", "bm25", "hnsw" }.Select(part =>
                $"ALTER INDEX IF EXISTS {Building}__{part} RENAME TO {_name}__{part};"))}
            DELETE FROM {Registry} WHERE name = '{_name}' AND NOT building;
            UPDATE {Registry} SET building = false WHERE name = '{_name}'
            """;

    /// <summary>What was built so far goes.</summary>
    public string DropBuilding => $"DROP TABLE IF EXISTS {Building}; DELETE FROM {Registry} WHERE name = '{_name}' AND building";

    /// <summary>Both tables and all that is known of them go.</summary>
    public string Drop => $"DROP TABLE IF EXISTS {Table}; DROP TABLE IF EXISTS {Building}; DELETE FROM {Registry} WHERE name = '{_name}'";
}
