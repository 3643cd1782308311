using System.Diagnostics;
using CrossEncoders.Postgres;
using Npgsql;

namespace CrossEncoders.Tests.Engines;

/// <summary>Tests that share a server; PGlite has one session for all connections.</summary>
[CollectionDefinition(Name, DisableParallelization = false)]
public sealed class PostgresTests
{
    public const string Name = "postgres";
}

/// <summary>An index of its own in a server that an environment variable names; see <see cref="ServerFactAttribute"/>.</summary>
internal sealed class PostgresServer : IDisposable
{
    /// <summary>PostgreSQL of the distribution: full text, no vectors.</summary>
    public const string Plain = "CROSS_ENCODERS_POSTGRES";

    /// <summary>PGlite with pgvector and pg_textsearch.</summary>
    public const string Extended = "CROSS_ENCODERS_PGLITE";

    private readonly List<PostgresIndex> _opened = [];

    public PostgresServer(string variable, PostgresIndexOptions? options = null)
    {
        Connection = Environment.GetEnvironmentVariable(variable)!;
        Options = (options ?? new()) with { Schema = "tests", Name = $"t{Guid.NewGuid():N}"[..20] };
        if (variable == Extended)
            Ask("DISCARD ALL");
    }

    /// <summary>Whether a variable holds an address.</summary>
    public static bool IsNamed(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };

    public string Connection { get; }

    public PostgresIndexOptions Options { get; }

    public string Table => $"{Options.Schema}.{Options.Name}";

    public PostgresIndex Open(string suffix = "")
    {
        _opened.Add(new(Connection + suffix, Options));
        return _opened[^1];
    }

    /// <summary>The first column of the first row.</summary>
    public object? Ask(string sql)
    {
        using var source = NpgsqlDataSource.Create(Connection);
        using var command = source.CreateCommand(sql);
        return command.ExecuteScalar();
    }

    /// <summary>All that the index says, so that two of them can be compared.</summary>
    public string Contents() =>
        (string)Ask($"SELECT md5(string_agg(concat_ws('|', ordinal, id, text, terms), '\n' ORDER BY ordinal)) FROM {Table}")!;

    public void Dispose()
    {
        Open().Drop();
        foreach (var index in _opened)
            index.Dispose();
    }
}

/// <summary>A server in a folder of its own that a test may stop.</summary>
internal sealed class OwnPostgres : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private bool _runs;

    public OwnPostgres()
    {
        Assert.SkipUnless(
            Directory.Exists("/usr/lib/postgresql") && File.Exists("/bin/bash"),
            "needs PostgreSQL to start and stop: apt-get install postgresql"
        );
        if (!OperatingSystem.IsWindows()) // the server is another user's
            File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        Connection = Control("start").Trim();
        _runs = true;
    }

    public string Connection { get; }

    public void Stop(string how = "stop")
    {
        Control(how);
        _runs = false;
    }

    public void Again()
    {
        Control("again");
        _runs = true;
    }

    public void Dispose()
    {
        if (_runs)
            Stop("kill");
        _folder.Dispose();
    }

    private string Control(string action)
    {
        var script = Path.Combine(Shared.Repository, "tests", "servers", "postgres.sh");
        using var process = Process.Start(
            new ProcessStartInfo("bash", [script, action, _folder["server"]])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"postgres.sh {action}: {error.Result}");
        return output.Result;
    }
}
