using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace CrossEncoders.Postgres;

/// <summary>Asks the server, again where it was away, and words its errors.</summary>
internal sealed class PostgresCalls(NpgsqlDataSource source, PostgresIndexOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Does something over a connection; all of it again, over a new one, where the server went away. What is done must bear that.
    /// </summary>
    public T Run<T>(string what, Func<NpgsqlConnection, T> action, CancellationToken cancellation = default)
    {
        var waited = Stopwatch.StartNew();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            try
            {
                cancellation.ThrowIfCancellationRequested();
                using var connection = source.OpenConnection();
                return action(connection);
            }
            catch (DbException error) when (IsAway(error) && waited.Elapsed + pause < options.Patience)
            {
                cancellation.WaitHandle.WaitOne(pause);
            }
            catch (DbException error)
            {
                throw Worded(what, error);
            }
    }

    /// <summary>The pool of connections that a connection string names; nothing is asked of the server yet.</summary>
    /// <exception cref="CrossEncoderException">It cannot be read.</exception>
    public static NpgsqlDataSource Source(string connectionString)
    {
        try
        {
            return NpgsqlDataSource.Create(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new CrossEncoderException(
                $"The connection string cannot be read: {error.Message} Expected is, for example, 'Host=localhost;Database=corpus'.",
                error
            );
        }
    }

    /// <summary>Runs statements without results.</summary>
    public static void Execute(NpgsqlConnection connection, string sql, int seconds = 0)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = seconds };
        command.ExecuteNonQuery();
    }

    private static bool IsAway(DbException error) =>
        error switch
        {
            PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" or "40001" or "40P01" } => true,
            PostgresException answered => answered.SqlState.StartsWith("08", StringComparison.Ordinal),
            NpgsqlException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } => false,
            NpgsqlException { InnerException: TimeoutException } => false,
            NpgsqlException lost => lost.InnerException is IOException or SocketException or ObjectDisposedException,
            _ => false,
        };

    private CrossEncoderException Worded(string what, DbException error)
    {
        var place = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        var server = $"PostgreSQL at {place.Host}:{place.Port}, database '{place.Database ?? place.Username}'";
        var remedy = (error as PostgresException)?.SqlState switch
        {
            _ when IsAway(error) => $"It was tried for {options.Patience.TotalSeconds:0} s. Start the server, then run this again.",
            "42P01" or "3F000" => $"There is no whole index '{options.Name}' in schema '{options.Schema}': index the passages first. "
                + "A build that was interrupted does not count; started again, it goes on.",
            "42703" => $"Index '{options.Name}' was made without what this search needs: index again, with an embedder for vectors.",
            "23505" => "Passage ids must be unique. Give each passage its own id, for example document#number.",
            "28P01" or "28000" => "Check user and password in the connection string.",
            "3D000" => "Create the database, or name another one in the connection string.",
            "42501" => "Ask for the right to do so, or name a schema that belongs to you.",
            "53100" => "Free some space on the server, and start again: what is there is kept.",
            "57014" => "It was cancelled, or took longer than allowed.",
            null => "Check host and port in the connection string, and whether the server is up.",
            _ => "See the server's log.",
        };
        var said = error is PostgresException answer
            ? $"{answer.MessageText.TrimEnd('.')}{(answer.Detail is { } detail ? $" ({detail.TrimEnd('.')})" : "")} [{answer.SqlState}]"
            : (error.InnerException ?? error).Message.TrimEnd('.');
        return new CrossEncoderException($"{server} could not {what}: {said}. {remedy}", error);
    }
}
