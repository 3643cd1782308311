using CrossEncoders.Postgres;
using CrossEncoders.Scoring;
using CrossEncoders.Tests.Scoring;

namespace CrossEncoders.Tests.Engines;

/// <summary>A queue that workers share: nothing is lost, nothing stored twice, and the scores are those of one process.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresScoringTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly PostgresServer _server = new(PostgresServer.Plain);
    private readonly PostgresScoringOptions _options;

    public PostgresScoringTests() =>
        _options = new()
        {
            Schema = "tests",
            Name = $"s{Guid.NewGuid():N}"[..20],
            Lease = TimeSpan.FromMinutes(2), // a worker of a busy machine is not given up
        };

    public void Dispose()
    {
        using (var queue = Open())
            queue.Drop();
        _server.Dispose();
        _scratch.Dispose();
    }

    private string Blocks => $"tests.{_options.Name}__blocks";

    private PostgresScoring Open(string suffix = "") => new(_server.Connection + suffix, _options);

    private ScoringJob Job(IPassageScorer scorer, ScoringInput input, string machine = "one", string fingerprint = "f") =>
        new(scorer, BatchScorer.Identity(fingerprint, machine: machine), input, _scratch["parts"], 4);

    private IReadOnlyList<float> OfOneProcess(ScoringInput input)
    {
        Job(new BatchScorer(), input).Score(Shard.Whole);
        return MergedScores.Of(_scratch["parts"]).Scores;
    }

    [ServerFact(PostgresServer.Plain)]
    public async Task WorkersShareTheBlocksAndGiveTheScoresOfOneProcess()
    {
        var input = Pairs.Of(_scratch, 203);
        var scorers = Enumerable.Range(0, 4).Select(_ => new BatchScorer()).ToList();
        using var queue = Open();
        Assert.Contains("no scoring", Assert.Throws<CrossEncoderException>(queue.Collect).Message);
        var counts = await Task.WhenAll(
            scorers.Select(scorer =>
                Task.Run(() =>
                {
                    using var own = Open();
                    return own.Work(Job(scorer, input));
                })
            )
        );
        Assert.Equal(51, counts.Sum());
        Assert.Equal(203, scorers.Sum(scorer => scorer.Calls.Sum(call => call.Count))); // none twice
        Assert.Equal(OfOneProcess(input), queue.Collect().Scores);
        Assert.Equal(0, queue.Work(Job(new BatchScorer(), input)));
    }

    [ServerFact(PostgresServer.Plain)]
    public void AWorkerThatIsGivenUpGivesItsBlockBackAtOnce()
    {
        var input = Pairs.Of(_scratch, 40);
        using var queue = Open();
        using var stop = new CancellationTokenSource();
        var told = 0;
        Assert.Throws<OperationCanceledException>(() =>
            queue.Work(Job(new Cancels(stop, after: 3), input), new Reports(_ => told++), stop.Token)
        );
        Assert.Equal(3, told);
        Assert.Contains("7 of 10 blocks", Assert.Throws<CrossEncoderException>(queue.Collect).Message);
        Assert.Equal(0L, _server.Ask($"SELECT count(*) FROM {Blocks} WHERE scores IS NULL AND lease > now()"));
        Assert.Equal(7, queue.Work(Job(new BatchScorer(), input, machine: "two")));
        Assert.Equal(OfOneProcess(input), queue.Collect().Scores);
        Assert.Contains("(one; two)", Assert.Single(queue.Collect().Notes));
    }

    [ServerFact(PostgresServer.Plain)]
    public void AWorkerThatSleepsLosesItsBlockAndStoresNothing()
    {
        var input = Pairs.Of(_scratch, 8);
        var header = Job(new BatchScorer(), input).HeaderOf(Shard.Whole);
        using var source = PostgresCalls.Source(_server.Connection);
        var table = new ScoringTable(new(source, new() { Schema = "tests", Name = _options.Name }), "tests", _options.Name);
        table.Begin(header);
        var brief = TimeSpan.FromMilliseconds(50);
        Assert.Equal(0, table.Take("sleeper", 0, TimeSpan.FromMinutes(1), default));
        Assert.Equal(1, table.Take("other", 0, TimeSpan.FromMinutes(1), default));
        table.Renew("sleeper", 0, brief);
        Thread.Sleep(100);
        Assert.Equal(0, table.Take("heir", 1, TimeSpan.FromMinutes(1), default));
        Assert.Null(table.Take("late", 0, brief, default));
        table.Renew("sleeper", 0, TimeSpan.Zero); // too late to give it back
        Assert.Null(table.Take("late", 0, brief, default));
        Assert.False(table.Store("sleeper", 0, [9, 9, 9, 9], "m"));
        Assert.True(table.Store("heir", 0, [1, 2, 3, 4], "m"));
        Assert.True(table.Store("heir", 0, [1, 2, 3, 4], "m")); // said twice, stored once
        Assert.True(table.Store("other", 1, [5, 6, 7, 8], "m"));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], table.Collect().Scores);
    }

    [ServerFact(PostgresServer.Plain)]
    public void ALeaseIsRenewedWhileItsWorkerScores()
    {
        var input = Pairs.Of(_scratch, 4);
        using var queue = new PostgresScoring(_server.Connection, _options with { Lease = TimeSpan.FromSeconds(1) });
        var renewed = 0;
        object Lease() => _server.Ask($"SELECT lease FROM {Blocks}")!;
        queue.Work(
            Job(
                new Slow(() =>
                {
                    for (var lease = Lease(); renewed < 3; renewed++)
                    {
                        Assert.True(SpinWait.SpinUntil(() => !Lease().Equals(lease), TimeSpan.FromMinutes(1)), "the lease ends");
                        lease = Lease();
                    }
                }),
                input
            )
        );
        Assert.Equal(3, renewed);
        Assert.Equal(OfOneProcess(input), queue.Collect().Scores);
    }

    [ServerFact(PostgresServer.Plain)]
    public void AQueueOfAnotherScoringIsRefused()
    {
        using var queue = Open();
        queue.Work(Job(new BatchScorer(), Pairs.Of(_scratch, 8)));
        void Refuses(string expected, ScoringJob job) =>
            Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => queue.Work(job)).Message);
        Refuses("fingerprint is 'g' and not 'f'", Job(new BatchScorer(), Pairs.Of(_scratch, 8), fingerprint: "g"));
        Refuses("the number of pairs is '9' and not '8'", Job(new BatchScorer(), Pairs.Of(_scratch, 9, "more.jsonl")));
        Assert.Throws<CrossEncoderException>(() => new PostgresScoring("Host=x", new() { Name = "a b" }));
        Assert.Throws<CrossEncoderException>(() => new PostgresScoring("Host=x", new() { Lease = TimeSpan.Zero }));
    }

    [ServerFact(PostgresServer.Plain)]
    public void ConnectionsThatAreCutChangeNothing()
    {
        var input = Pairs.Of(_scratch, 200);
        using var queue = Open(";Application Name=cut");
        var cuts = 0L;
        const string Cut =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'cut'";
        queue.Work(Job(new BatchScorer(), input), new Reports(_ => cuts += (long)_server.Ask(Cut)!));
        Assert.InRange(cuts, 10, 1000);
        Assert.Equal(OfOneProcess(input), queue.Collect().Scores);
    }

    private sealed class Cancels(CancellationTokenSource stop, int after) : IPassageScorer
    {
        private readonly BatchScorer _inner = new();

        public string Name => _inner.Name;

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            if (_inner.Calls.Count == after)
                stop.Cancel();
            return _inner.Score(pairs, progress, cancellation);
        }
    }

    private sealed class Slow(Action wait) : IPassageScorer
    {
        public string Name => "batches";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            wait();
            return new BatchScorer().Score(pairs, progress, cancellation);
        }
    }
}
