using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public sealed class HybridRetrieverTests
{
    private static readonly Passage[] Passages = [.. "abcdef".Select(letter => new Passage($"{letter}", $"text {letter}"))];

    [Fact]
    public void EveryListAddsOneOverSixtyPlusRank()
    {
        var hybrid = new HybridRetriever([new Listed("one", "abc"), new Listed("two", "cba")]);

        var hits = hybrid.Search("q", 9);

        Assert.Equal(["a", "c", "b"], hits.Select(hit => hit.Passage.Id)); // a and c tie: a was named first
        Assert.Equal(1 / 61.0 + 1 / 63.0, hits[0].Score, 1e-12);
        Assert.Equal(2 / 62.0, hits[2].Score, 1e-12);
        Assert.Equal("one | two", hybrid.Name);
    }

    [Fact]
    public void ASmallConstantLetsFirstRanksStandOut()
    {
        IRetriever[] lists = [new Listed("one", "abc"), new Listed("two", "dbc"), new Listed("three", "ebc")];

        Assert.Equal("b", new HybridRetriever(lists[..2], k: 60).Search("q", 1)[0].Passage.Id);
        Assert.Equal(["a", "b", "d"], new HybridRetriever(lists[..2], k: 0).Search("q", 3).Select(hit => hit.Passage.Id)); // all 1
        Assert.Equal("b", new HybridRetriever(lists, k: 0).Search("q", 1)[0].Passage.Id); // 3 · 1/2
    }

    [Fact]
    public void EachListContributesToItsDepthOnly()
    {
        var hybrid = new HybridRetriever([new Listed("one", "abc"), new Listed("two", "fed")], depth: 2, name: "RRF");

        Assert.Equal(["a", "f"], hybrid.Search("q", 2).Select(hit => hit.Passage.Id));
        Assert.Equal(["a", "f", "b"], hybrid.Search("q", 3).Select(hit => hit.Passage.Id)); // every list is asked for three then
        Assert.Equal(6, hybrid.Search("q", 9).Count);
        Assert.Equal("RRF", hybrid.Name);
    }

    [Fact]
    public void OneListIsNoHybridAndConstantsMustMakeSense()
    {
        Assert.Contains("got 1", Assert.Throws<CrossEncoderException>(() => new HybridRetriever([new Listed("one", "a")])).Message);
        IRetriever[] lists = [new Listed("one", "a"), new Listed("two", "b")];
        Assert.Throws<ArgumentOutOfRangeException>(() => new HybridRetriever(lists, k: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HybridRetriever(lists, depth: 0));
    }

    [Fact]
    public void ARetrieverThatSearchesOneByOneReportsAndStops()
    {
        IRetriever listed = new Listed("one", "abc");
        var reports = new List<WorkProgress>();

        var results = listed.SearchAll(["q", "r"], 2, new Collected(reports));

        Assert.Equal([2, 2], results.Select(hits => hits.Count));
        Assert.Equal([1, 2], reports.Select(report => report.Done));
        Assert.Throws<OperationCanceledException>(() => listed.SearchAll(["q"], 2, null, new CancellationToken(canceled: true)));
    }

    /// <summary>Always the same passages.</summary>
    private sealed class Listed(string name, string ids) : IRetriever
    {
        public string Name => name;

        public IReadOnlyList<Hit> Search(string query, int topK) =>
            [.. ids.Take(topK).Select((id, i) => new Hit(Passages[id - 'a'], 10 - i))];
    }

    private sealed class Collected(List<WorkProgress> reports) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => reports.Add(value);
    }
}
