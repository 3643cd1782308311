using CrossEncoders.Retrieval;
using Npgsql;
using NpgsqlTypes;

namespace CrossEncoders.Postgres;

/// <summary>The statements that search an index: keywords ($1: terms, $2: how many), vectors ($3), or both.</summary>
internal sealed class PostgresSearch(PostgresTables tables, PostgresIndexOptions options, PostgresRanking? ranking, bool exact)
{
    /// <summary>The best by keywords alone.</summary>
    public string Keywords => $"SELECT id, text, score FROM ({KeywordRows("id, text")}) AS found ORDER BY score DESC, ordinal";

    /// <summary>The nearest alone, by cosine.</summary>
    public string Nearest => $"SELECT id, text, 1 - distance FROM ({NearestRows("id, text")}) AS found ORDER BY distance, ordinal";

    /// <summary>Both lists by reciprocal rank fusion, to $4 passages; a passage that ties is where keywords have it.</summary>
    public string Fused(int k) =>
        $"""
            WITH keyword AS (SELECT ordinal, row_number() OVER (ORDER BY score DESC, ordinal) AS rank FROM ({KeywordRows("id")}) AS k),
            nearest AS (SELECT ordinal, row_number() OVER (ORDER BY distance, ordinal) AS rank FROM ({NearestRows("id")}) AS n),
            fused AS (
                SELECT ordinal, keyword.rank AS keywords, nearest.rank AS vectors,
                    coalesce(1.0::float8 / ({k} + keyword.rank), 0) + coalesce(1.0::float8 / ({k} + nearest.rank), 0) AS score
                FROM keyword FULL JOIN nearest USING (ordinal) ORDER BY score DESC, keywords NULLS LAST, vectors LIMIT $4)
            SELECT id, text, score FROM fused JOIN {tables.Table} USING (ordinal) ORDER BY score DESC, keywords NULLS LAST, vectors
            """;

    /// <summary>The parameters of one query, in the order of the statements.</summary>
    public IEnumerable<NpgsqlParameter> Parameters(string query, float[]? vector, int depth, int topK)
    {
        var terms = TextAnalyzer.QueryTerms(query);
        yield return new NpgsqlParameter<string>
        {
            TypedValue = ranking == PostgresRanking.Bm25 ? TermColumns.Words(terms) : TermColumns.Query(terms),
        };
        yield return new NpgsqlParameter<int> { TypedValue = depth };
        yield return vector is null
            ? new NpgsqlParameter<string> { TypedValue = "" }
            : new() { Value = VectorText.Of(vector), NpgsqlDbType = NpgsqlDbType.Unknown };
        yield return new NpgsqlParameter<int> { TypedValue = topK };
    }

    /// <summary>How many candidates the graph is to look at, for the transaction; null where none is used.</summary>
    public string? Setting(int depth) =>
        exact || options.Hnsw is not { } graph
            ? null
            : $"SELECT set_config('hnsw.ef_search', '{Math.Clamp(Math.Max(graph.EfSearch, depth), 1, 1000)}', true)";

    // A score of 0 is that of a passage without any of the terms: the extension returns them where it reads the whole table.
    private string KeywordRows(string columns) =>
        ranking == PostgresRanking.Bm25
            ? $"SELECT ordinal, {columns}, -distance AS score FROM (SELECT ordinal, {columns}, {Bm25Distance} AS distance "
                + $"FROM {tables.Table} ORDER BY {Bm25Distance} LIMIT $2) AS ranked WHERE distance < 0"
            : $"SELECT ordinal, {columns}, ts_rank(terms, query) AS score FROM {tables.Table}, CAST($1 AS tsquery) AS query "
                + "WHERE terms @@ query ORDER BY score DESC, ordinal LIMIT $2";

    private string Bm25Distance => $"words <@> to_bm25query($1, '{tables.Bm25}')";

    // An expression that no index knows makes the server compare with every vector.
    private string NearestRows(string columns) =>
        $"SELECT ordinal, {columns}, vector <=> $3 AS distance FROM {tables.Table} "
        + $"ORDER BY {(exact ? "0 + (vector <=> $3), ordinal" : "vector <=> $3")} LIMIT $2";
}
