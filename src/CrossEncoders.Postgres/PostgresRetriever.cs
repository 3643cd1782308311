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
) : IRetriever
{
    private const int QueriesATime = 64;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<Hit> Search(string query, int topK) => SearchAll([query], topK)[0];

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        var vectors = embedder?.EmbedQueries(queries, progress, cancellation);
        var results = new List<IReadOnlyList<Hit>>(queries.Count);
        while (results.Count < queries.Count)
        {
            var first = results.Count;
            var count = Math.Min(QueriesATime, queries.Count - first);
            results.AddRange(
                calls.Run(
                    "search",
                    connection => Ask(connection, [.. Enumerable.Range(first, count)], queries, vectors, topK),
                    cancellation
                )
            );
            progress?.Report(new WorkProgress("searching", results.Count, queries.Count, Name));
        }

        return results;
    }

    private List<Hit[]> Ask(NpgsqlConnection connection, int[] numbers, IReadOnlyList<string> queries, float[][]? vectors, int topK)
    {
        var depth = Math.Max(leastDepth, topK);
        using var batch = new NpgsqlBatch(connection) { Timeout = (int)Math.Ceiling(options.SearchLimit.TotalSeconds) };
        var setting = search.Setting(depth);
        if (setting is not null)
            batch.BatchCommands.Add(new(setting)); // a batch is one transaction, and the setting ends with it
        foreach (var i in numbers)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var parameter in search.Parameters(queries[i], vectors?[i], depth, topK))
                command.Parameters.Add(parameter);
            batch.BatchCommands.Add(command);
        }

        using var reader = batch.ExecuteReader();
        if (setting is not null)
            reader.NextResult();
        var results = new List<Hit[]>(numbers.Length);
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
