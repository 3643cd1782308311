using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CrossEncoders.Benchmarks.Engines;
using CrossEncoders.Elasticsearch;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Engines;

/// <summary>That the stand-in's figures are those of the formulas that Elasticsearch ranks by.</summary>
public sealed class ElasticStandInTests
{
    // What tests/servers/LuceneScores.java prints.
    [Theory]
    [InlineData("w3: 115=1.355853 32=1.3509351 50=1.3509351 54=1.3509351 129=1.3509351")]
    [InlineData("w1 w2 w40: 153=4.0365696 259=4.001932 82=3.9910793 157=3.9910793 263=3.9910793")]
    [InlineData("w5 w5 w9 w5: 48=5.178502 179=5.1547165 249=5.1547165 25=5.140732 93=5.140732")]
    [InlineData("w11 none w0 w7 w52 w33: 170=6.4872737 117=6.4303546 223=6.3876214 11=6.3578243 64=6.2986937")]
    public void KeywordsAreScoredAsByLucene(string printed)
    {
        string Terms(int i) => string.Join(' ', Enumerable.Range(0, i * i % 211).Select(j => $"w{(i * 7 + j * j) % 53}"));
        JsonObject Document(int i) => JsonNode.Parse($$"""{"ordinal":{{i}},"terms":"{{Terms(i)}}"}""")!.AsObject();
        var ranking = new ElasticStandInRanking(Enumerable.Range(0, 300).Select(Document), JsonNode.Parse("""{"k1":1.2,"b":0.75}"""));
        var (query, expected) = (printed.Split(": ")[0], printed.Split(": ")[1].Split(' ').Select(hit => hit.Split('=')).ToList());
        var found = ranking.Best(Body(query, 5)).ToList();
        Assert.Equal(expected.Select(hit => hit[0]), found.Select(hit => $"{hit.Document["ordinal"]}"));
        foreach (var (hit, score) in expected.Zip(found, (hit, other) => (hit, other.Score)))
            Assert.Equal(float.Parse(hit[1], CultureInfo.InvariantCulture), score, 1e-6f);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(39, 39)]
    [InlineData(40, 40)]
    [InlineData(41, 40)]
    [InlineData(59, 56)]
    [InlineData(60, 60)]
    [InlineData(1000, 984)]
    public void ALengthIsKeptInOneByte(int length, int kept) => Assert.Equal(kept, ElasticStandInRanking.InOneByte(length));

    [Theory]
    [InlineData("en")]
    [InlineData("zh")]
    public async Task OnXQuADItsFiguresAreWithinAHundredthOfThoseInMemory(string language)
    {
        var xquad = XQuAD.Load(language);
        await using var server = await ElasticStandIn.Start();
        using var index = new ElasticIndex(server.Address);
        index.Index(xquad.Passages);
        var (here, there) = (Mrr(xquad, new Bm25Retriever(xquad.Passages)), Mrr(xquad, index.FullText()));
        Assert.InRange(Math.Abs(here - there), 1e-5, 0.01); // not the same: a passage is longer than a byte tells
    }

    [Fact]
    public void WhatIsNotRefreshedIsNotFound()
    {
        var index = new ElasticStandInIndex(new() { ["mappings"] = new JsonObject { ["properties"] = new JsonObject() } });
        index.Bulk(["""{"index":{"_id":"a"}}""", """{"id":"a","ordinal":0,"text":"A pump","terms":"pump"}"""], "i", _ => 201);
        string Found() => index.Search(["{}", Body("pump", 3).ToJsonString()], "i").Item2;
        Assert.DoesNotContain("A pump", Found());
        index.Refresh();
        Assert.Contains("A pump", Found());
    }

    [Fact]
    public async Task OneCommandStartsItAndItsNameSaysWhatItIs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs bash");
        using var folder = new ScratchFolder();
        var script = Path.Combine(Shared.Repository, "tests", "servers", "elasticsearch-stand-in.sh");
        using var process = Process.Start(new ProcessStartInfo("bash", [script, folder.Path]) { RedirectStandardOutput = true })!;
        var address = await process.StandardOutput.ReadLineAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        using var server = Process.GetProcessById(
            int.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "pid")), CultureInfo.InvariantCulture)
        );
        try
        {
            using var index = new ElasticIndex(new(address!));
            Assert.Equal("Elasticsearch 9.1.0-stand-in", index.Server);
            index.Index(EngineCases.Many(50));
            Assert.Equal("7", index.FullText().Search("1007", 1)[0].Passage.Id);
        }
        finally
        {
            server.Kill();
        }
    }

    private static JsonObject Body(string query, int size) =>
        new()
        {
            ["size"] = size,
            ["query"] = new JsonObject { ["match"] = new JsonObject { ["terms"] = new JsonObject { ["query"] = query } } },
        };

    private static double Mrr(XQuAD xquad, IRetriever retriever) =>
        retriever
            .SearchAll(xquad.Questions, 10)
            .Zip(xquad.Gold, (hits, gold) => hits.Index().FirstOrDefault(hit => hit.Item.Passage.Id == gold))
            .Average(first => first.Item is null ? 0 : 1.0 / (first.Index + 1));
}
