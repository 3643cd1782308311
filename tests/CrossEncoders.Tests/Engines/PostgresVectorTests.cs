using CrossEncoders.Postgres;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Engines;

/// <summary>Vectors, BM25 and both together, on PGlite with pgvector and pg_textsearch.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresVectorTests
{
    private static readonly Passage[] Passages = [.. EngineCases.Many(300)];
    private static readonly string[] Queries = [.. Enumerable.Range(0, 30).Select(i => $"Which pump {1000 + i * 7} stops above {i} bar?")];

    [ServerFact(PostgresServer.Extended)]
    public void ExactSearchIsThatOfMemory()
    {
        using var server = new PostgresServer(PostgresServer.Extended, new() { Hnsw = null });
        var (index, embedder) = (server.Open(), new HashEmbedder());
        index.Index(Passages, embedder);
        var here = new DenseRetriever(Passages, embedder).SearchAll(Queries, 20);
        var there = index.Nearest(embedder).SearchAll(Queries, 20);
        Assert.Equal(here.SelectMany(hits => hits).Select(hit => hit.Passage), there.SelectMany(hits => hits).Select(hit => hit.Passage));
        foreach (var (one, other) in here.SelectMany(hits => hits).Zip(there.SelectMany(hits => hits)))
            Assert.Equal(one.Score, other.Score, 1e-5);
    }

    [ServerFact(PostgresServer.Extended)]
    public void TheGraphFindsNearlyAllAndExactIsOneArgumentAway()
    {
        using var server = new PostgresServer(
            PostgresServer.Extended,
            new()
            {
                Hnsw = new()
                {
                    M = 8,
                    EfConstruction = 32,
                    EfSearch = 40,
                },
            }
        );
        var (index, embedder) = (server.Open(), new HashEmbedder(32));
        index.Index(Passages, embedder);
        var exact = index.Nearest(embedder, exact: true).SearchAll(Queries, 10);
        var graph = index.Nearest(embedder);
        var found = graph.SearchAll(Queries, 10);
        var recall = exact.Zip(found, (one, other) => one.Intersect(other).Count()).Sum() / 300.0;
        Assert.InRange(recall, 0.9, 1);
        Assert.Equal(60, graph.Search(Queries[0], 60).Count); // more than the graph was to look at
        Assert.Contains("hnsw", (string)server.Ask($"SELECT indexdef FROM pg_indexes WHERE indexname = '{server.Options.Name}__hnsw'")!);
        using var wider = new PostgresIndex(server.Connection, server.Options with { Hnsw = server.Options.Hnsw! with { EfSearch = 60 } });
        var made = embedder.Passages;
        wider.Index(Passages, embedder); // how many candidates a search looks at is no matter of the index
        Assert.Equal(made + 1, embedder.Passages);
        Assert.Equal("40", server.Ask("SELECT set_config('hnsw.ef_search', '40', false)")); // the setting of a search ended with it
    }

    [Theory]
    [InlineData(2001, true, true)]
    [InlineData(2001, false, false)]
    [InlineData(2000, true, false)]
    [InlineData(null, true, false)]
    public void VectorsTooLongForTheGraphAreRefused(int? dimensions, bool graph, bool refused)
    {
        var tables = new PostgresTables(new() { Hnsw = graph ? new() : null });
        var error = Record.Exception(() => tables.RequireGraphFor(dimensions));
        Assert.Equal(refused, error is CrossEncoderException && error.Message.Contains("Set Hnsw = null"));
    }

    [ServerFact(PostgresServer.Extended)]
    public void TheyAreRefusedBeforeTheWholeCorpusIsEmbedded()
    {
        using var server = new PostgresServer(PostgresServer.Extended, new() { BatchSize = 10 });
        var embedder = new HashEmbedder(2001);
        Assert.Contains("2001", Assert.Throws<CrossEncoderException>(() => server.Open().Index(Passages, embedder)).Message);
        Assert.Equal(10, embedder.Passages);
    }

    [ServerFact(PostgresServer.Extended)]
    public void FusionIsThatOfTheTwoLists()
    {
        using var server = new PostgresServer(PostgresServer.Extended);
        var (index, embedder) = (server.Open(), new HashEmbedder());
        index.Index(Passages, embedder);
        foreach (var ranking in Enum.GetValues<PostgresRanking>())
        {
            var here = new HybridRetriever([index.FullText(ranking), index.Nearest(embedder, exact: true)], k: 20, depth: 40);
            var there = index.Hybrid(embedder, ranking, exact: true, k: 20, depth: 40);
            foreach (var (one, other) in here.SearchAll(Queries, 15).Zip(there.SearchAll(Queries, 15)))
            {
                Assert.Equal(one.Select(hit => hit.Passage.Id), other.Select(hit => hit.Passage.Id));
                Assert.All(one.Zip(other), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-12));
            }
        }

        Assert.Equal(5, index.Hybrid(embedder).Search("of the", 5).Count); // no term: the vectors answer alone
    }

    [ServerFact(PostgresServer.Extended)]
    public void Bm25IsNearlyThatOfMemory()
    {
        using var server = new PostgresServer(PostgresServer.Extended);
        var index = server.Open();
        Passage[] passages = [.. EngineCases.Mixed, new("code", "Zürich_42 and 3号 of the harbour")];
        index.Index(passages);
        var (here, there) = (new Bm25Retriever(passages), index.FullText());
        Assert.Equal("PostgreSQL BM25", there.Name);
        foreach (var query in (string[])["harbour", "bridges over harbours", "水泵停机", "下雨", "zürich_42", "pump 9 manual"])
        {
            var (one, other) = (here.Search(query, 9), there.Search(query, 9));
            Assert.Equal(one.Select(hit => hit.Passage.Id).Order(), other.Select(hit => hit.Passage.Id).Order()); // none with a score of 0
            foreach (var hit in other)
                Assert.InRange(hit.Score / 2.2 / one.First(found => found.Passage == hit.Passage).Score, 0.94, 1.06);
        }
    }

    [ServerFact(PostgresServer.Extended)]
    public void WhatIsEmbeddedIsNotEmbeddedAgain()
    {
        using var server = new PostgresServer(PostgresServer.Extended, new() { BatchSize = 50, Hnsw = null });
        var broken = new HashEmbedder();
        broken.Before = done => _ = done < 150 ? 0 : throw new IOException("the model's file is gone");
        Assert.Throws<IOException>(() => server.Open().Index(Passages, broken));
        var embedder = new HashEmbedder();
        server.Open().Index(Passages, embedder);
        Assert.Equal(150 + 1, embedder.Passages); // the second half, and one to see that the weights are the same
        var others = new HashEmbedder(seed: 1); // the same name
        server.Open().Index(Passages, others);
        Assert.Equal(300 + 1, others.Passages);
        Assert.Equal("17", server.Open().Nearest(others).Search(Passages[17].Text, 1)[0].Passage.Id);
    }

    [ServerFact(PostgresServer.Extended)]
    public void AnotherEmbedderIsRefused()
    {
        using var server = new PostgresServer(PostgresServer.Extended);
        var index = server.Open();
        index.Index(EngineCases.Mixed);
        Assert.Contains("made with no vectors", Assert.Throws<CrossEncoderException>(() => index.Nearest(new HashEmbedder())).Message);
        index.Index(EngineCases.Mixed, new HashEmbedder());
        var error = Assert.Throws<CrossEncoderException>(() => index.Hybrid(new HashEmbedder(name: "other"))).Message;
        Assert.Contains("vectors of 'hash'", error);
        Assert.Contains("'other'", error);
        var length = Assert.Throws<CrossEncoderException>(() => index.Nearest(new HashEmbedder(9)).Search("q", 1)).Message;
        Assert.Contains("different vector dimensions", length);
    }

    [ServerFact(PostgresServer.Plain)]
    public void WithoutTheExtensionsTheErrorNamesThem()
    {
        using var server = new PostgresServer(PostgresServer.Plain);
        var index = server.Open();
        Assert.Contains("vector", Assert.Throws<CrossEncoderException>(() => index.Index(Passages, new HashEmbedder())).Message);
        index.Index(Passages);
        Assert.Contains("pg_textsearch", Assert.Throws<CrossEncoderException>(() => index.FullText(PostgresRanking.Bm25)).Message);
    }
}
