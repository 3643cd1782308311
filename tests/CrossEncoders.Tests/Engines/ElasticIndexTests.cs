using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CrossEncoders.Benchmarks.Engines;
using CrossEncoders.Elasticsearch;
using CrossEncoders.Retrieval;
using Microsoft.AspNetCore.Hosting;

namespace CrossEncoders.Tests.Engines;

/// <summary>On the wire, against a stand-in that answers as the published API does. No real server was asked.</summary>
public sealed class ElasticIndexTests
{
    private static readonly string[] Queries = [.. Enumerable.Range(0, 120).Select(i => $"Which pump {1000 + i} stops?")];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WordsVectorsAndBothAreSearched(bool isOpenSearch)
    {
        await using var server = await ElasticStandIn.Start(app => ElasticStandIn.Make(app, isOpenSearch: isOpenSearch));
        using var index = new ElasticIndex(server.Address, new() { BatchSize = 50 });
        Passage[] passages = [.. EngineCases.Many(200), .. EngineCases.Mixed];
        var embedder = new HashEmbedder();
        index.Index(passages, embedder);
        Assert.Equal(206, index.Count);
        Assert.Equal(isOpenSearch ? "OpenSearch 2.19.0-stand-in" : "Elasticsearch 9.1.0-stand-in", index.Server);
        var words = index.FullText().SearchAll(Queries, 3);
        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"{i}"), words.Select(hits => hits[0].Passage.Id));
        Assert.Equal(["泵"], index.FullText().Search("超过九巴", 5).Select(hit => hit.Passage.Id));
        Assert.Equal(EngineCases.Mixed[1], index.FullText().Search("manual", 1)[0].Passage); // its text came through as it was
        Assert.Empty(index.FullText().Search("of the", 3));
        var here = new DenseRetriever(passages, embedder).SearchAll(Queries, 10).SelectMany(hits => hits).ToList();
        foreach (var exact in (bool[])[true, false])
        {
            var there = index.Nearest(embedder, exact).SearchAll(Queries, 10).SelectMany(hits => hits).ToList();
            Assert.Equal(here.Select(hit => hit.Passage), there.Select(hit => hit.Passage));
            Assert.All(here.Zip(there), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
        }

        var fused = new HybridRetriever([index.FullText(), index.Nearest(embedder)], k: 20, depth: 30).SearchAll(Queries, 10);
        var sent = server.Requests.Count;
        var hybrid = index.Hybrid(embedder, k: 20, depth: 30);
        Assert.Equal(fused[7], hybrid.SearchAll(Queries, 10)[7]);
        Assert.Equal(10, hybrid.Search("of the", 10).Count); // no term: the vectors answer alone
        Assert.Equal(sent + 2 + 3 + 1, server.Requests.Count); // the alias and the mapping, 120 queries by 50, one query
        var vector = server.Indexes["passages-1"].Mappings["properties"]!["vector"]!;
        Assert.Equal(isOpenSearch ? "knn_vector" : "dense_vector", (string)vector["type"]!);
    }

    [Fact]
    public async Task TheSamePassagesAreIndexedOnceAndOthersReplaceThem()
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address);
        index.Index(EngineCases.Many(50));
        var bulks = Bulks(server);
        index.Index(EngineCases.Many(50));
        Assert.Equal(bulks, Bulks(server));
        index.Index(EngineCases.Many(60));
        Assert.Equal(60, index.Count);
        Assert.Equal(["passages-2"], server.Indexes.Keys);
        Assert.Equal("1.2", $"{server.Indexes["passages-2"].Creation["settings"]!["index"]!["similarity"]!["kit"]!["k1"]}");
    }

    [Fact]
    public async Task AHalfIsNeverAnsweredFromAndIsGoneOnWith()
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address, new() { BatchSize = 10, Patience = TimeSpan.Zero });
        index.Index(EngineCases.Many(30));
        var done = 0;
        server.Before = (what, _) => what.EndsWith("_bulk", StringComparison.Ordinal) && ++done > 5 ? Fault.Of(503) : null;
        var error = Assert.Throws<CrossEncoderException>(() => index.Index(EngineCases.Many(100))).Message;
        Assert.Contains("too busy", error);
        Assert.Equal(30, index.Count);
        Assert.Equal(50, server.Indexes["passages-2"].Count);
        server.Before = (_, _) => null;
        var bulks = Bulks(server);
        index.Index(EngineCases.Many(100));
        Assert.Equal(bulks + 5, Bulks(server));
        Assert.Equal(100, index.Count);
        Assert.Equal(100, server.Indexes["passages-2"].Count);
    }

    [Fact]
    public async Task AProgramThatIsKilledAtTheSwitchLeavesNoIndexBehind()
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address, new() { Patience = TimeSpan.Zero });
        index.Index(EngineCases.Many(30));
        var switched = false;
        server.Before = (what, _) =>
            switched ? Fault.Of(503)
            : (switched = what == "POST _aliases") ? Fault.Unanswered
            : null;
        Assert.Throws<CrossEncoderException>(() => index.Index(EngineCases.Many(50))); // it hears nothing more
        server.Before = (_, _) => null;
        Assert.Equal(["passages-2"], server.Indexes.Keys);
        Assert.Equal(50, index.Count);
    }

    [Theory]
    [InlineData("twice", "2 passages were sent, but 1 are stored")]
    [InlineData("empty", "at least one passage")]
    public async Task WhatCannotBeIndexedIsOneClearError(string what, string expected)
    {
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address);
        Passage[] passages = what == "empty" ? [] : [new("a", "one"), new("a", "two")];
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => index.Index(passages)).Message);
        Assert.Contains("no whole index", Assert.Throws<CrossEncoderException>(() => index.FullText()).Message);
        Assert.Empty(server.Aliases);
    }

    [Theory]
    [InlineData("key", null, "ApiKey key")]
    [InlineData(null, "user", "Basic dXNlcjpwYXNz")]
    public async Task CredentialsAreSentAndNotShown(string? key, string? user, string header)
    {
        await using var server = await ElasticStandIn.Start(app => ElasticStandIn.Make(app, header));
        var options = new ElasticIndexOptions
        {
            ApiKey = key,
            Username = user,
            Password = "pass",
        };
        using var index = new ElasticIndex(server.Address, options);
        index.Index(EngineCases.Many(5));
        Assert.Equal(5, index.Count);
        Assert.DoesNotContain("pass\"", options.ToString());
        Assert.DoesNotContain("key", options.ToString());
        using var stranger = new ElasticIndex(server.Address);
        Assert.Contains("Check the API key", Assert.Throws<CrossEncoderException>(() => stranger.Count).Message);
    }

    [Fact]
    public async Task ACertificateIsTrustedByItsFingerprintAlone()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var server = await ElasticStandIn.Start(listen => listen.UseHttps(certificate));
        Assert.Equal("https", server.Address.Scheme);
        var fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        using var index = new ElasticIndex(server.Address, new() { CertificateFingerprint = fingerprint.Insert(2, ":") });
        index.Index(EngineCases.Many(5));
        Assert.Equal(5, index.Count);
        foreach (var other in new[] { null, new string('0', 64) })
        {
            using var stranger = new ElasticIndex(server.Address, new() { CertificateFingerprint = other });
            Assert.Contains("CertificateFingerprint", Assert.Throws<CrossEncoderException>(() => stranger.Count).Message);
        }
    }

    [Fact]
    public async Task AServerThatIsNotThereAndOptionsOutOfRangeAreClearErrors()
    {
        using var index = new ElasticIndex(new("http://127.0.0.1:1"), new() { Patience = TimeSpan.Zero });
        Assert.Contains("Check the address", Assert.Throws<CrossEncoderException>(() => index.Count).Message);
        Assert.Contains("'ftp://x/'", Assert.Throws<CrossEncoderException>(() => new ElasticIndex(new("ftp://x"))).Message);
        foreach (
            var options in new ElasticIndexOptions[]
            {
                new() { Name = "A" },
                new() { BatchSize = 0 },
                new() { Candidates = 0 },
                new() { CertificateFingerprint = "SHA256" },
                new() { CertificateFingerprint = new string('0', 63) },
            }
        )
            Assert.Throws<CrossEncoderException>(() => new ElasticIndex(new("http://x"), options));
        await using var server = await ElasticStandIn.Start();
        using var other = new ElasticIndex(server.Address);
        other.Index(EngineCases.Mixed, new HashEmbedder());
        Assert.Contains(
            "vectors of 'hash'",
            Assert.Throws<CrossEncoderException>(() => other.Nearest(new HashEmbedder(name: "b"))).Message
        );
    }

    private static int Bulks(ElasticStandIn server) =>
        server.Requests.Count(request => request.What.EndsWith("_bulk", StringComparison.Ordinal));
}
