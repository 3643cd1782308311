using CrossEncoders.Postgres;

namespace CrossEncoders.Tests.Engines;

/// <summary>Servers that go away, and indexers that are killed.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresFaultTests
{
    private const string KillOthers =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";

    [ServerFact(PostgresServer.Plain)]
    public void ConnectionsThatAreCutChangeNothing()
    {
        using var server = new PostgresServer(PostgresServer.Plain, new() { BatchSize = 20 });
        var index = server.Open(";Application Name=cut");
        var cuts = 0L;
        index.Index(EngineCases.Many(400), null, new Reports(_ => cuts += (long)server.Ask($"{KillOthers} AND application_name = 'cut'")!));
        Assert.InRange(cuts, 10, 100);
        Assert.Equal(400, index.Count);
        Assert.Equal(400L, server.Ask($"SELECT count(DISTINCT ordinal) FROM {server.Table} WHERE id = ordinal::text"));
        var search = index.FullText();
        string[] queries = [.. Enumerable.Range(0, 400).Select(i => $"pump {1000 + i}")];
        var found = search.SearchAll(queries, 1, new Reports(_ => server.Ask($"{KillOthers} AND application_name = 'cut'")));
        Assert.Equal(Enumerable.Range(0, 400).Select(i => $"{i}"), found.Select(hits => hits[0].Passage.Id));
    }

    [ServerFact(PostgresServer.Plain)]
    [Trait("Speed", "Slow")]
    public async Task AServerThatComesBackIsWaitedForAndOneThatDoesNotIsAnError()
    {
        using var server = new OwnPostgres();
        var options = new PostgresIndexOptions { BatchSize = 20, Patience = TimeSpan.FromSeconds(60) };
        using var index = new PostgresIndex(server.Connection, options);
        var told = 0;
        var back = Task.CompletedTask;
        Reports Restarts(params (int At, string How)[] times) =>
            new(_ =>
            {
                told++;
                foreach (var (_, how) in times.Where(time => time.At == told))
                {
                    back.GetAwaiter().GetResult(); // from the time before
                    server.Stop(how);
                    back = Task.Run(server.Again);
                }
            });
        index.Index(EngineCases.Many(200), null, Restarts((3, "stop"), (7, "kill")));
        await back;
        Assert.Equal(200, index.Count);
        string[] queries = [.. Enumerable.Range(0, 200).Select(i => $"pump {1000 + i}")];
        told = 0;
        var found = index.FullText().SearchAll(queries, 1, Restarts((1, "stop")));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), found.Select(hits => hits[0].Passage.Id));
        await back;

        using var hasty = new PostgresIndex(server.Connection, options with { Patience = TimeSpan.Zero });
        var half = Assert.Throws<CrossEncoderException>(() =>
            hasty.Index(
                EngineCases.Many(300),
                null,
                new Reports(report =>
                {
                    if (report.Done == 100)
                        server.Stop();
                })
            )
        );
        Assert.Contains("could not store passages 100 to 119", half.Message);
        Assert.Contains("Start the server", half.Message);
        server.Again();
        Assert.Equal(200, index.Count); // the one before
        hasty.Index(EngineCases.Many(300));
        Assert.Equal(300, index.Count);
    }

    [ServerFact(PostgresServer.Plain)]
    [Trait("Speed", "Slow")]
    public async Task TwentyKillsOfTheIndexerLoseNothingAndStoreNothingTwice()
    {
        using var server = new PostgresServer(PostgresServer.Plain);
        using var whole = new PostgresServer(PostgresServer.Plain);
        var index = server.Open();
        index.Drop(); // it makes the table that tells of progress
        string[] Arguments(PostgresServer at) =>
            ["--engine", "postgres", "--place", at.Connection, "--name", at.Options.Name, "--batch", "50"];
        var progress = await Indexer.KillAndFinish(20, Arguments(server), () =>
        {
            var count = index.Count;
            Assert.True(count is 0 or Indexer.Passages, $"{count} passages are searched");
            return (long)
                server.Ask($"SELECT coalesce(max(passages), 0) FROM tests.cross_encoders_indexes WHERE name = '{server.Options.Name}'")!;
        });
        Assert.Equal(progress.Order(), progress); // nothing that was stored is lost
        Assert.InRange(progress.Distinct().Count(), 10, 20);
        whole.Open();
        await Indexer.End(Arguments(whole));
        Assert.Equal(Indexer.Passages, index.Count);
        Assert.Equal(whole.Contents(), server.Contents());
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=x;Database=y", "could not", "was tried for 0 s")]
    [InlineData("Host", "connection string", "Host=localhost")]
    [InlineData("Host=127.0.0.1;Frobnicate=1", "connection string", "Frobnicate")]
    public void AServerThatIsNotThereIsAClearError(string connection, params string[] expected)
    {
        var error = Assert.Throws<CrossEncoderException>(() =>
        {
            using var index = new PostgresIndex(connection, new() { Patience = TimeSpan.Zero });
            _ = index.Count;
        });
        Assert.All(expected, text => Assert.Contains(text, error.Message, StringComparison.OrdinalIgnoreCase));
    }

    [ServerFact(PostgresServer.Plain)]
    public void ADatabaseThatIsNotThereIsNamed()
    {
        using var server = new PostgresServer(PostgresServer.Plain);
        server.Open();
        using var index = new PostgresIndex(server.Connection + ";Database=nowhere", server.Options);
        var error = Assert.Throws<CrossEncoderException>(() => index.Count).Message;
        Assert.Contains("'nowhere'", error);
        Assert.Contains("Create the database", error);
    }

    [Theory]
    [InlineData("Name", "Bad Name")]
    [InlineData("Schema", "a;b")]
    [InlineData("BatchSize", 0)]
    public void OptionsOutOfRangeAreNamed(string option, object value)
    {
        var options = new PostgresIndexOptions();
        typeof(PostgresIndexOptions).GetProperty(option)!.SetValue(options, value);
        Assert.Contains($"{value}", Assert.Throws<CrossEncoderException>(() => new PostgresIndex("Host=x", options)).Message);
    }

    [Theory]
    [InlineData(1, 64, 100)]
    [InlineData(16, 20, 100)]
    [InlineData(16, 64, 0)]
    public void GraphsOutOfRangeAreRefused(int m, int construction, int search) =>
        Assert.Contains(
            "HNSW",
            Assert
                .Throws<CrossEncoderException>(() =>
                    new PostgresIndex(
                        "Host=x",
                        new()
                        {
                            Hnsw = new()
                            {
                                M = m,
                                EfConstruction = construction,
                                EfSearch = search,
                            },
                        }
                    )
                )
                .Message
        );
}
