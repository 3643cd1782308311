using CrossEncoders.Retrieval;
using Npgsql;

namespace CrossEncoders.Postgres;

/// <summary>A search in PostgreSQL: one round trip for a query, and for as many as go together.</summary>
internal sealed class PostgresRetriever(
    string name,
    PostgresCalls calls,
    PostgresIndexOptions options,
    PostgresSearch search,
    string sql,
    ITextEmbedder? embedder,
    int leastDepth = 0
) : BatchedRetriever(name, embedder, queriesATime: 64)
{
    /// <inheritdoc/>
    protected override IReadOnlyList<IReadOnlyList<Hit>> Ask(
        string[] queries,
        float[][]? vectors,
        int topK,
        CancellationToken cancellation
    ) => calls.Run("search", connection => Ask(connection, queries, vectors, topK), cancellation);

    private List<Hit[]> Ask(NpgsqlConnection connection, string[] queries, float[][]? vectors, int topK)
    {
        var depth = Math.Max(leastDepth, topK);
        using var batch = new NpgsqlBatch(connection) { Timeout = (int)Math.Ceiling(options.SearchLimit.TotalSeconds) };
        var setting = search.Setting(depth);
        if (setting is not null)
            batch.BatchCommands.Add(new(setting)); // a batch is one transaction, and the setting ends with it
        for (var i = 0; i < queries.Length; i++)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var parameter in search.Parameters(queries[i], vectors?[i], depth, topK))
                command.Parameters.Add(parameter);
            batch.BatchCommands.Add(command);
        }

        using var reader = batch.ExecuteReader();
        if (setting is not null)
            reader.NextResult();
        var results = new List<Hit[]>(queries.Length);
        do
        {
            var hits = new List<Hit>();
            while (reader.Read())
                hits.Add(new(new(reader.GetString(0), reader.GetString(1)), Convert.ToDouble(reader.GetValue(2), null)));
            results.Add([.. hits]);
        } while (reader.NextResult());

        return results;
    }
}
