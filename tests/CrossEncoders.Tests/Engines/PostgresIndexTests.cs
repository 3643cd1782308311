using CrossEncoders.Postgres;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Engines;

/// <summary>Full text and the life of an index, on PostgreSQL itself and on PGlite.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresIndexTests
{
    [ServerTheory]
    [InlineData(PostgresServer.Plain)]
    [InlineData(PostgresServer.Extended)]
    public void WordsOfBothLanguagesFindTheirPassages(string variable)
    {
        using var server = new PostgresServer(variable);
        var index = server.Open();
        index.Index(EngineCases.Mixed);
        Assert.Equal(6, index.Count);
        var search = index.FullText(PostgresRanking.Frequency);

        Assert.Equal(["bridge", "rain"], Ids(search.Search("bridges over harbours", 5))); // by its stems; three occurrences against one
        Assert.Equal(["泵"], Ids(search.Search("水泵什么时候停机？", 5)));
        Assert.Equal(["雨"], Ids(search.Search("下雨", 5)));
        Assert.Equal(EngineCases.Mixed[1], search.Search("manual", 1)[0].Passage); // its text came through as it was
        Assert.Empty(search.Search("the of", 5));
        Assert.Empty(search.Search("harbour", 0));
        Assert.Equal("PostgreSQL full text", search.Name);
    }

    [ServerTheory]
    [InlineData(PostgresServer.Plain)]
    [InlineData(PostgresServer.Extended)]
    public void TheRankIsTheServersAndTiesAreInOrder(string variable)
    {
        using var server = new PostgresServer(variable);
        var index = server.Open();
        index.Index([new("a", "wolf fox"), new("b", "fox fox wolf"), new("c", "wolf fox"), new("d", "fox fox bear")]);
        var hits = index.FullText(PostgresRanking.Frequency).Search("fox wolf", 9);
        Assert.Equal(["b", "a", "c", "d"], Ids(hits));
        var expected = (float)server.Ask("SELECT ts_rank(to_tsvector('simple', 'fox fox wolf'), 'fox | wolf')")!;
        Assert.Equal(expected, hits[0].Score, 1e-6);
    }

    [ServerFact(PostgresServer.Plain)]
    public void ManyQueriesAreAnsweredInOrderAndAtOnce()
    {
        using var server = new PostgresServer(PostgresServer.Plain);
        var index = server.Open();
        index.Index(EngineCases.Many(500));
        var search = index.FullText();
        string[] queries = [.. Enumerable.Range(0, 150).Select(i => $"pump {1000 + i * 3}")];
        var together = search.SearchAll(queries, 3);
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"{i * 3}"), together.Select(hits => hits[0].Passage.Id));
        Parallel.For(0, queries.Length, i => Assert.Equal(Ids(together[i]), Ids(search.Search(queries[i], 3))));
    }

    [ServerTheory]
    [InlineData(PostgresServer.Plain)]
    [InlineData(PostgresServer.Extended)]
    public void TheSamePassagesAreIndexedOnceAndOthersReplaceThem(string variable)
    {
        using var server = new PostgresServer(variable, new() { BatchSize = 10 });
        var stored = new List<long>();
        void Index(int count) => server.Open().Index(EngineCases.Many(count), null, new Reports(report => stored.Add(report.Done)));

        Index(35);
        Assert.Equal([10, 20, 30, 35], stored.Distinct());
        stored.Clear();
        Index(35);
        Assert.Empty(stored);
        Index(36);
        Assert.Equal([10, 20, 30, 36], stored.Distinct());
        var index = server.Open();
        Assert.Equal(36, index.Count);
        Assert.Equal("35", index.FullText().Search("1035", 1)[0].Passage.Id);
    }

    [ServerTheory]
    [InlineData(PostgresServer.Plain)]
    [InlineData(PostgresServer.Extended)]
    public void AHalfIsNeverAnsweredFromAndIsGoneOnWith(string variable)
    {
        using var server = new PostgresServer(variable, new() { BatchSize = 10 });
        void Index(int count, int stop, List<long> stored)
        {
            using var cancellation = new CancellationTokenSource();
            var reports = new Reports(report =>
            {
                stored.Add(report.Done);
                if (report.Done >= stop)
                    cancellation.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() =>
                server.Open().Index(EngineCases.Many(count), null, reports, cancellation.Token)
            );
        }

        Index(100, 50, []);
        var index = server.Open();
        Assert.Equal(0, index.Count);
        Assert.Contains("no whole index", Assert.Throws<CrossEncoderException>(() => index.FullText()).Message);
        var stored = new List<long>();
        index.Index(EngineCases.Many(100), null, new Reports(report => stored.Add(report.Done)));
        Assert.Equal(60, stored[0]);
        Assert.Equal(100, index.Count);

        Index(200, 150, []); // a longer one is begun: the old one answers
        Assert.Equal(100, index.Count);
        var search = index.FullText();
        Assert.Equal("99", search.Search("1099", 1)[0].Passage.Id);
        Assert.Empty(search.Search("1120", 1));
        stored.Clear();
        Passage[] others = [.. EngineCases.Many(200).Select(passage => passage.Id == "7" ? passage with { Text = "other" } : passage)];
        index.Index(others, null, new Reports(report => stored.Add(report.Done)));
        Assert.Equal(10, stored[0]); // the half was of another collection
        Assert.Equal("7", search.Search("other", 1)[0].Passage.Id);
        Assert.Equal("120", search.Search("1120", 1)[0].Passage.Id);
    }

    [ServerFact(PostgresServer.Plain)]
    public void TwoAtATimeMakeOneIndex()
    {
        using var server = new PostgresServer(PostgresServer.Plain, new() { BatchSize = 7 });
        PostgresIndex[] two = [server.Open(), server.Open()];
        Parallel.ForEach(two, index => index.Index(EngineCases.Many(400)));
        Assert.Equal(400, two[0].Count);
        Assert.Equal(400L, server.Ask($"SELECT count(DISTINCT id) + 0 * count(*) FROM {server.Table} HAVING count(*) = 400"));
    }

    [ServerFact(PostgresServer.Plain)]
    public void AnotherBuildIsNoticed()
    {
        using var server = new PostgresServer(PostgresServer.Plain, new() { BatchSize = 10 });
        var other = server.Open();
        var error = Assert.Throws<CrossEncoderException>(() =>
            server
                .Open()
                .Index(
                    EngineCases.Many(50),
                    null,
                    new Reports(report =>
                    {
                        if (report.Done == 20)
                            other.Index(EngineCases.Many(15));
                    })
                )
        );
        Assert.Contains("was changed by another program", error.Message);
        Assert.Equal(15, other.Count);
    }

    [ServerTheory(PostgresServer.Plain)]
    [InlineData("twice", "unique", "23505")]
    [InlineData("empty", "at least one passage", "empty")]
    [InlineData("zero", "U+0000", "'z'")]
    [InlineData("half", "lone surrogate", "'h'")]
    public void WhatCannotBeIndexedIsOneClearError(string what, string expected, string found)
    {
        Passage[] passages = what switch
        {
            "twice" => [.. EngineCases.Mixed, EngineCases.Mixed[0]],
            "empty" => [],
            "zero" => [new("z", "a\0b")],
            _ => [new("h", "a\uD83D b")],
        };
        using var server = new PostgresServer(PostgresServer.Plain);
        var index = server.Open();
        var error = Assert.Throws<CrossEncoderException>(() => index.Index(passages)).Message;
        Assert.Contains(expected, error);
        Assert.Contains(found, error);
        Assert.Equal(0, index.Count);
        index.Index(EngineCases.Mixed); // what the failure left is no hindrance
        Assert.Equal(6, index.Count);
    }

    [ServerFact(PostgresServer.Plain)]
    public void TermsOfAnySizeAreStored()
    {
        var text = new string('q', 5000) + " " + string.Join(' ', Enumerable.Repeat("fox", 20_000)) + " " + new string('\u0E01', 3000);
        using var server = new PostgresServer(PostgresServer.Plain);
        var index = server.Open();
        index.Index([new("long", text), new("short", "fox")]);
        Assert.Equal("long", index.FullText().Search("fox", 1)[0].Passage.Id);
        Assert.Equal(["long"], Ids(index.FullText().Search(new string('q', 5000), 2)));
    }

    private static IEnumerable<string> Ids(IEnumerable<Hit> hits) => hits.Select(hit => hit.Passage.Id);
}
