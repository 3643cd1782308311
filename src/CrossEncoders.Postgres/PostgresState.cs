using Npgsql;

namespace CrossEncoders.Postgres;

/// <summary>How far an index has come.</summary>
/// <param name="Passages">Passages in its table.</param>
/// <param name="Chain">The hash over them, see <see cref="Retrieval.PassageChain"/>.</param>
/// <param name="Embedder">Whose vectors they have; null without.</param>
/// <param name="Bm25">Whether it was made for pg_textsearch.</param>
internal sealed record PostgresState(long Passages, byte[] Chain, string? Embedder, bool Bm25)
{
    /// <summary>Whether it is at this place of this collection.</summary>
    public bool IsAt(long passages, byte[] chain) => Passages == passages && Chain.AsSpan().SequenceEqual(chain);

    /// <summary>Reads the state of the whole index or of the one being built; null where there is none.</summary>
    public static PostgresState? Read(NpgsqlConnection connection, PostgresTables tables, bool building)
    {
        using var command = new NpgsqlCommand(
            $"SELECT passages, chain, embedder, bm25 FROM {tables.Registry} WHERE name = $1 AND building = $2",
            connection
        );
        command.Parameters.Add(new() { Value = tables.Name });
        command.Parameters.Add(new() { Value = building });
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new(
                reader.GetInt64(0),
                reader.GetFieldValue<byte[]>(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetBoolean(3)
            )
            : null;
    }

    /// <summary>Writes the state of the index being built.</summary>
    public void Write(NpgsqlConnection connection, PostgresTables tables)
    {
        using var command = new NpgsqlCommand(
            $"INSERT INTO {tables.Registry} (name, building, passages, chain, embedder, bm25) VALUES ($1, true, $2, $3, $4, $5) "
                + "ON CONFLICT (name, building) DO UPDATE SET passages = excluded.passages, chain = excluded.chain",
            connection
        );
        command.Parameters.Add(new() { Value = tables.Name });
        command.Parameters.Add(new() { Value = Passages });
        command.Parameters.Add(new() { Value = Chain });
        command.Parameters.Add(new() { Value = (object?)Embedder ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Bm25 });
        command.ExecuteNonQuery();
    }
}
