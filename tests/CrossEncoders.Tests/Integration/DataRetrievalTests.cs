using CrossEncoders.Integration;
using CrossEncoders.Integration.DataRetrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Integration;

/// <summary>The kit in the shapes of a retrieval pipeline.</summary>
public sealed class DataRetrievalTests
{
    [Fact]
    public async Task ChunksComeBackByLogitWithTheirRecords()
    {
        var scorer = new ScriptedScorer(pair => pair.Passage.Length - 10 * pair.Query.Length);
        RetrievalChunk[] chunks = [new("b", 0.9), new("ccc", 0.5), new("a", 0.1)];
        chunks[1].Record["page"] = 7;
        var ranked = await scorer.AsReranker(logit => logit + 100).RerankAsync("q", chunks);
        Assert.Equal([("ccc", 93.0), ("b", 91), ("a", 91)], ranked.Select(chunk => (chunk.Content, chunk.Score))); // ties stay
        Assert.Equal(7, ranked[0].Record["page"]);
        Assert.Equal(0.5, chunks[1].Score); // what was given stays as it was
        Assert.Equal(-7, (await scorer.AsReranker().RerankAsync("q", chunks))[0].Score);
    }

    [Fact]
    public async Task TheOrderIsThatOfLogitsWhereScoresAreEqual()
    {
        var reranker = new ScriptedScorer(pair => pair.Passage.Length).AsReranker(_ => 1);
        var ranked = await reranker.RerankAsync("q", [new("a", 0), new("bb", 0)]);
        Assert.Equal(["bb", "a"], ranked.Select(chunk => chunk.Content));
    }

    [Fact]
    public async Task NoChunksNeedNoModelAndAGivenUpCallEnds()
    {
        var scorer = new ScriptedScorer(_ => throw new InvalidOperationException("it was called"));
        Assert.Empty(await scorer.AsReranker().RerankAsync("q", []));
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scorer.AsReranker().RerankAsync("q", [new("a", 0)], source.Token));
    }

    [Fact]
    public async Task ARetrieverGivesChunksWithTheirIds()
    {
        var retriever = new OverlapRetriever([new("one", "abc"), new("two", "ab"), new("three", "xyz")]).AsDataRetriever();
        var found = await retriever.RetrieveAsync("ab", topK: 2);
        Assert.Equal(["ab", "abc"], found.Chunks.Select(chunk => chunk.Content));
        Assert.Equal([1.0, 2.0 / 3], found.Chunks.Select(chunk => chunk.Score));
        Assert.Equal("two", found.Chunks[0].Record["id"]);
        Assert.Equal(3, (await retriever.RetrieveAsync("ab")).Chunks.Count); // the proposal's default is 5
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => retriever.RetrieveAsync("ab", 2, source.Token));
    }
}
