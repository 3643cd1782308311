using CrossEncoders.Benchmarks.Engines;
using CrossEncoders.Elasticsearch;

namespace CrossEncoders.Tests.Engines;

/// <summary>A server that is busy, refuses, or answers what nobody expects.</summary>
public sealed class ElasticFaultTests
{
    [Fact]
    public async Task WhatIsRefusedForNowIsSentAgainAlone()
    {
        await using var server = await ElasticStandIn.Start();
        var clock = new Clock();
        using var index = new ElasticIndex(server.Address, new() { BatchSize = 20 }, clock);
        var busy = new HashSet<string>();
        server.Document = id => id.EndsWith('7') && busy.Add(id) ? 429 : 201;
        var whole = 0;
        server.Before = (what, _) =>
            what.EndsWith("_bulk", StringComparison.Ordinal) && ++whole is 2 or 3 ? Fault.Of(429) with { RetryAfter = "9" } : null;
        index.Index(EngineCases.Many(100));
        Assert.Equal(100, index.Count);
        Assert.Equal(10, busy.Count);
        Assert.Contains(TimeSpan.FromSeconds(9), clock.Waits); // what the server asked for
        var alone = server
            .Requests.Where(request => request.What.EndsWith("_bulk", StringComparison.Ordinal))
            .Min(request => request.Body.Count(c => c == '\n'));
        Assert.Equal(2 * 2, alone); // the two of a batch that end in 7
    }

    [Fact]
    public async Task WhatIsRefusedForGoodIsNamed()
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address);
        server.Document = id => id is "17" or "23" ? 400 : 201;
        var error = Assert.Throws<CrossEncoderException>(() => index.Index(EngineCases.Many(50))).Message;
        Assert.Contains("refused 2 of 50", error);
        Assert.Contains("'17' [400] document_parsing_exception", error);
        Assert.Equal(0, index.Count);
        server.Document = _ => 201;
        index.Index(EngineCases.Many(50));
        Assert.Equal(50, index.Count);
    }

    [Fact]
    public async Task TooLargeRequestsAreHalvedAndBoundedByBytes()
    {
        await using var server = await ElasticStandIn.Start();
        server.Before = (_, body) => body.Length > 3000 ? Fault.Of(413) : null;
        using var index = new ElasticIndex(server.Address);
        index.Index(EngineCases.Many(100));
        Assert.Equal(100, index.Count);
        using var small = new ElasticIndex(server.Address, new() { Name = "small", BatchBytes = 2000 });
        server.Before = (_, body) => body.Length > 2500 ? Fault.Of(400) : null;
        small.Index(EngineCases.Many(100));
        Assert.Equal(100, small.Count);
    }

    [Fact]
    public async Task CutConnectionsAndBusySearchesAreTriedAgain()
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address, new() { BatchSize = 10 }, new Clock());
        var requests = 0;
        server.Before = (_, _) =>
            ++requests % 3 == 0 ? new Fault(0, Cut: true)
            : requests % 7 == 0 ? Fault.Of(502)
            : null;
        index.Index(EngineCases.Many(100));
        Assert.Equal(100, server.Indexes["passages-1"].Count);
        var search = index.FullText();
        var asked = 0;
        const string Busy = """{"responses":[{"error":{"type":"es_rejected_execution_exception","reason":"full"},"status":429}]}""";
        const string Part = """{"responses":[{"status":200,"timed_out":false,"_shards":{"failed":1},"hits":{"hits":[]}}]}""";
        server.Before = (_, _) =>
            ++asked switch
            {
                1 => new Fault(200, Busy),
                2 => new Fault(200, Part), // not the whole ranking
                _ => null,
            };
        Assert.Equal("5", search.Search("1005", 1)[0].Passage.Id);
        Assert.Equal(3, asked);
        server.Before = (_, _) => new Fault(200, Busy.Replace("429", "400"));
        Assert.Contains("es_rejected", Assert.Throws<CrossEncoderException>(() => search.Search("1005", 1)).Message);
    }

    [Fact]
    public async Task AnAnswerThatIsLostIsNoReasonToFail()
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address, new() { BatchSize = 10 }, new Clock());
        index.Index(EngineCases.Many(30));
        var requests = new HashSet<string>(); // the first of each kind is done, and its answer lost
        server.Before = (what, _) => requests.Add(what) ? Fault.Unanswered : null;
        index.Index(EngineCases.Many(50));
        Assert.Contains("PUT passages-2", requests);
        Assert.Contains("POST _aliases", requests);
        Assert.DoesNotContain("DELETE passages-1", requests); // it went with the alias
        Assert.Equal(50, index.Count);
        Assert.Equal(["passages-2"], server.Indexes.Keys);
        Assert.Equal(50, server.Indexes["passages-2"].Count);
        Assert.Equal("44", index.FullText().Search("1044", 1)[0].Passage.Id);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task AServerThatComesBackIsWaitedForAndOneThatDoesNotIsAnError()
    {
        await using var server = await ElasticStandIn.Start();
        var (address, back) = (server.Address, Task.CompletedTask);
        var options = new ElasticIndexOptions { BatchSize = 20, Patience = TimeSpan.FromSeconds(60) };
        using var index = new ElasticIndex(address, options);
        void Restart()
        {
            back.GetAwaiter().GetResult(); // from the time before
            server.Stop().GetAwaiter().GetResult();
            back = Task.Run(async () =>
            {
                await Task.Delay(300);
                await server.Again(address);
            });
        }

        var told = 0;
        Reports At(params int[] times) =>
            new(_ =>
            {
                if (times.Contains(++told))
                    Restart();
            });
        index.Index(EngineCases.Many(200), null, At(3, 7));
        await back;
        Assert.Equal(200, index.Count);
        Assert.Equal(200, server.Indexes["passages-1"].Count);
        string[] queries = [.. Enumerable.Range(0, 200).Select(i => $"pump {1000 + i}")];
        told = 0;
        var found = index.FullText().SearchAll(queries, 1, At(1, 3));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), found.Select(hits => hits[0].Passage.Id));
        await back;

        using var hasty = new ElasticIndex(address, options with { Patience = TimeSpan.Zero });
        void StopAt(long passages, WorkProgress report)
        {
            if (report.Done == passages)
                server.Stop().GetAwaiter().GetResult();
        }

        var half = Assert.Throws<CrossEncoderException>(() => hasty.Index(EngineCases.Many(300), null, new Reports(r => StopAt(100, r))));
        Assert.Contains("could not store passages", half.Message);
        Assert.Contains("whether the server is up", half.Message);
        var search = Assert.Throws<CrossEncoderException>(() => hasty.FullText());
        Assert.Contains("whether the server is up", search.Message);
        await server.Again(address);
        Assert.Equal(200, index.Count); // the one before is searched
        var batch = Assert.Throws<CrossEncoderException>(() => hasty.FullText().SearchAll(queries, 1, new Reports(r => StopAt(100, r))));
        Assert.Contains("could not search", batch.Message);
        await server.Again(address);
        var bulks = server.Requests.Count(request => request.What == "POST passages-2/_bulk");
        hasty.Index(EngineCases.Many(300));
        Assert.Equal(10, server.Requests.Count(request => request.What == "POST passages-2/_bulk") - bulks); // goes on from 100
        Assert.Equal(300, index.Count);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task TwentyKillsOfTheIndexerLoseNothingAndStoreNothingTwice()
    {
        await using var server = await ElasticStandIn.Start();
        string[] Arguments(string name) => ["--engine", "elasticsearch", "--place", $"{server.Address}", "--name", name, "--batch", "50"];
        var progress = await Indexer.KillAndFinish(20, Arguments("killed"), () =>
        {
            var noted = server.Indexes.TryGetValue("killed-1", out var index) ? index.Noted : 0;
            Assert.True(index is null || index.Count >= noted, $"{noted} passages are noted, but {index?.Count} stored");
            Assert.True(noted == Indexer.Passages || server.Aliases.IsEmpty, "a half is searched");
            return noted;
        });
        Assert.Equal(progress.Order(), progress); // nothing that was stored is lost
        Assert.InRange(progress.Distinct().Count(), 10, 20);
        await Indexer.End(Arguments("whole"));
        Assert.Equal(Indexer.Passages, server.Indexes["killed-1"].Count);
        Assert.Equal(server.Indexes["whole-1"].Contents, server.Indexes["killed-1"].Contents);
        Assert.Equal("killed-1", server.Aliases["killed"]);
        Assert.Equal(2, server.Indexes.Count);
    }

    /// <summary>It then makes an index by itself, with fields of its own choice, for the passages that come next.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task AServerThatLosesItsDataAnswersFromNoIndexOfItsOwn(int lostAt)
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address, new() { BatchSize = 10 });
        var bulks = 0;
        server.Before = (what, _) =>
        {
            if (what.EndsWith("_bulk", StringComparison.Ordinal) && ++bulks == lostAt)
                server.Indexes.Clear();
            return null;
        };
        var error = Assert.Throws<CrossEncoderException>(() => index.Index(EngineCases.Many(10 * lostAt))).Message;
        Assert.Contains("Unknown Similarity type [kit] for field [terms] [400]. Its index 'passages-1' is not as it was made", error);
        Assert.Empty(server.Aliases);
        Assert.Equal(10, server.Indexes["passages-1"].Count); // the server's own
        index.Index(EngineCases.Many(10 * lostAt));
        Assert.Equal(10 * lostAt, index.Count);
        Assert.Equal(10 * lostAt, server.Indexes["passages-1"].Count);
        Assert.Equal("strict", (string?)server.Indexes["passages-1"].Mappings["dynamic"]);
    }

    [Theory]
    [InlineData(401, "Check the API key")]
    [InlineData(403, "lacks the right")]
    [InlineData(500, "See the server's log")]
    [InlineData(200, "expected JSON")]
    [InlineData(302, "made by the test")]
    public async Task OtherAnswersAreClearErrorsAtOnce(int status, string expected)
    {
        await using var server = await ElasticStandIn.Start();
        server.Before = (_, _) => status == 200 ? new(200, "<html>a proxy") : Fault.Of(status);
        using var index = new ElasticIndex(server.Address);
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => index.Index(EngineCases.Many(5))).Message);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("""{"ok":true}""")]
    [InlineData("[]")]
    public async Task WhatIsNoSearchServerIsAClearErrorAndIsAskedAgain(string answer)
    {
        await using var server = await ElasticStandIn.Start();
        server.Before = (_, _) => new(200, answer);
        using var index = new ElasticIndex(server.Address);
        Assert.Contains($"found '{answer}'", Assert.Throws<CrossEncoderException>(() => index.Server).Message);
        server.Before = (_, _) => null;
        Assert.StartsWith("Elasticsearch", index.Server, StringComparison.Ordinal);
    }
}
