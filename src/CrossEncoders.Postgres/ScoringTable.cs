using System.Runtime.InteropServices;
using System.Text.Json;
using CrossEncoders.Files;
using CrossEncoders.Scoring;
using Npgsql;
using NpgsqlTypes;

namespace CrossEncoders.Postgres;

/// <summary>The tables of a scoring: one row that says what is scored, and one for each block of pairs.</summary>
/// <param name="calls">Asks the server.</param>
/// <param name="schema">The schema.</param>
/// <param name="name">The scoring's name.</param>
internal sealed class ScoringTable(PostgresCalls calls, string schema, string name)
{
    private readonly string _table = $"{schema}.{name}__blocks";
    private readonly string _jobs = $"{schema}.cross_encoders_scorings";

    /// <summary>Makes what the database lacks.</summary>
    public void Create() => calls.Run("make the list of scorings", connection =>
        {
            // Two that begin at once would make the same schema.
            PostgresCalls.Execute(
                connection,
                $"""
                BEGIN;
                SELECT pg_advisory_xact_lock(hashtext('cross_encoders_scorings'));
                CREATE SCHEMA IF NOT EXISTS {schema};
                CREATE TABLE IF NOT EXISTS {_jobs} (name text PRIMARY KEY, job jsonb NOT NULL);
                COMMIT
                """
            );
            return 0;
        });

    /// <summary>Fills the queue, or checks that it is this scoring's.</summary>
    public void Begin(PartHeader header)
    {
        Create();
        var found = calls.Run("begin a scoring", connection =>
        {
            using var transaction = connection.BeginTransaction();
            using var add = Command(connection, $"INSERT INTO {_jobs} VALUES ($1, $2) ON CONFLICT DO NOTHING", name);
            add.Parameters.Add(new() { Value = JsonSerializer.Serialize(header, JsonLines.Options), NpgsqlDbType = NpgsqlDbType.Jsonb });
            if (add.ExecuteNonQuery() > 0)
                PostgresCalls.Execute(
                    connection,
                    $"""
                    CREATE TABLE {_table} (block int PRIMARY KEY, worker text, lease timestamptz, scores bytea, machine text);
                    CREATE INDEX ON {_table} (block) WHERE scores IS NULL;
                    INSERT INTO {_table} SELECT generate_series(0, {header.Blocks - 1})
                    """
                );
            transaction.Commit();
            return Header(connection)!;
        });
        if (found.Difference(header) is { } difference)
            throw new CrossEncoderException(
                $"The queue '{name}' is of another scoring: here {difference}. Name another queue, or drop that one."
            );
    }

    /// <summary>
    /// The next block that nobody has, or whose worker is silent for too long; those before the reader's place come last.
    /// </summary>
    public int? Take(string worker, int from, TimeSpan lease, CancellationToken cancellation) =>
        calls.Run(
            "take a block",
            connection =>
            {
                using var command = Command(
                    connection,
                    $"""
                    UPDATE {_table} SET worker = $1, lease = now() + $2 WHERE block = (
                        SELECT block FROM {_table} WHERE scores IS NULL AND (lease IS NULL OR lease < now())
                        ORDER BY block < $3, block LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING block
                    """,
                    worker,
                    lease,
                    from
                );
                return (int?)command.ExecuteScalar();
            },
            cancellation
        );

    /// <summary>
    /// Stores the scores of a block; false where it belongs to another by now. Said twice, where an answer got lost, it is the same.
    /// </summary>
    public bool Store(string worker, int block, float[] scores, string machine) =>
        Change(
            "store scores",
            $"UPDATE {_table} SET scores = $1, machine = $2 WHERE block = $3 AND worker = $4",
            MemoryMarshal.AsBytes(scores.AsSpan()).ToArray(),
            machine,
            block,
            worker
        );

    /// <summary>Lets a block belong to its worker for longer, or, with 0, to whoever asks next.</summary>
    public void Renew(string worker, int block, TimeSpan lease) =>
        Change(
            "renew a lease",
            $"UPDATE {_table} SET lease = now() + $1 WHERE block = $2 AND worker = $3 AND scores IS NULL",
            lease,
            block,
            worker
        );

    /// <summary>How many blocks have no scores yet.</summary>
    public int Left() => calls.Run("count blocks", connection =>
        {
            using var command = Command(connection, $"SELECT count(*)::int FROM {_table} WHERE scores IS NULL");
            return (int)command.ExecuteScalar()!;
        });

    /// <summary>The scores, once all are stored.</summary>
    public MergedScores Collect() => calls.Run("collect scores", Collect);

    /// <summary>Takes the scoring out of the database.</summary>
    public void Drop() => calls.Run("drop a scoring", connection =>
        {
            PostgresCalls.Execute(connection, $"DROP TABLE IF EXISTS {_table}; DELETE FROM {_jobs} WHERE name = '{name}'");
            return 0;
        });

    private MergedScores Collect(NpgsqlConnection connection)
    {
        var header = Header(connection)
            ?? throw new CrossEncoderException($"There is no scoring '{name}' in schema '{schema}'. Let a worker begin it.");
        var (scores, found, machines) = (new float[header.Pairs], 0, new HashSet<string>(StringComparer.Ordinal));
        using var command = Command(connection, $"SELECT block, scores, machine FROM {_table} WHERE scores IS NOT NULL ORDER BY block");
        command.CommandTimeout = 0;
        using var reader = command.ExecuteReader();
        for (; reader.Read(); found++)
        {
            var (block, bytes) = (reader.GetInt32(0), reader.GetFieldValue<byte[]>(1));
            if (bytes.Length != sizeof(float) * header.PairsOf(block))
                throw new CrossEncoderException($"Block {block} of '{name}' has {bytes.Length / sizeof(float)} scores: it is damaged.");
            machines.Add(reader.GetString(2));
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(scores.AsSpan(block * header.BlockPairs));
        }

        return found == header.Blocks
            ? new(header, scores, MergedScores.NotesOn(machines))
            : throw new CrossEncoderException(
                $"{header.Blocks - found} of {header.Blocks} blocks of '{name}' are not scored yet. Let workers finish them."
            );
    }

    private PartHeader? Header(NpgsqlConnection connection)
    {
        using var command = Command(connection, $"SELECT job::text FROM {_jobs} WHERE name = $1", name);
        return command.ExecuteScalar() is string json ? JsonLines.Parse<PartHeader>(json, _jobs, 1, "a scoring") : null;
    }

    private bool Change(string what, string sql, params object[] values) => calls.Run(what, connection =>
        {
            using var command = Command(connection, sql, values);
            return command.ExecuteNonQuery() > 0;
        });

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
