using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public class RerankingRetrieverTests
{
    private static readonly Passage[] Passages =
    [
        new("long", "dome dome and many other words here"),
        new("short", "dome"),
        new("twice", "dome dome"),
        new("other", "gate"),
    ];

    private static readonly Bm25Retriever Bm25 = new(Passages);

    [Fact]
    public void PutsTheFirstCandidatesInANewOrderAndLeavesTheOthers()
    {
        Assert.Equal(["twice", "short", "long"], Bm25.Search("dome", 9).Select(h => h.Passage.Id));
        var reranked = Bm25.RerankedBy(new ScriptedScorer(p => p.Passage.Length), depth: 2);

        Assert.Equal("BM25 + scripted", reranked.Name);
        Assert.Equal(["twice", "short", "long"], reranked.Search("dome", 9).Select(h => h.Passage.Id));
        var up = Bm25.RerankedBy(new ScriptedScorer(p => -p.Passage.Length), depth: 2).Search("dome", 9);
        Assert.Equal(["short", "twice", "long"], up.Select(h => h.Passage.Id));
        Assert.Equal([-4, -9, -10], up.Select(h => h.Score));
        var one = Bm25.RerankedBy(new ScriptedScorer(p => -p.Passage.Length), depth: 2).Search("dome", 1);
        Assert.Equal(["short"], one.Select(h => h.Passage.Id));
    }

    [Fact]
    public void ScoresTheCandidatesOfAllQueriesInOneCall()
    {
        var scorer = new ScriptedScorer(p => p.Passage.Length);

        var reranked = Bm25.RerankedBy(scorer);
        var results = reranked.SearchAll(["dome", "nothing", "gate"], 2, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(4, Assert.Single(scorer.Calls).Count);
        Assert.Equal(["long,twice", "", "other"], results.Select(hits => string.Join(',', hits.Select(h => h.Passage.Id))));
    }

    [Fact]
    public void KeepsTheOrderOfTheFirstStageForEqualScores() =>
        Assert.Equal(["twice", "short", "long"], Bm25.RerankedBy(new ScriptedScorer(_ => 1)).Search("dome", 9).Select(h => h.Passage.Id));

    [Fact]
    public void RefusesScoresThatAreNoNumbers() =>
        Assert.Contains(
            "not a number",
            Assert.Throws<CrossEncoderException>(() => Bm25.RerankedBy(new ScriptedScorer(_ => float.NaN)).Search("dome", 3)).Message
        );

    [Fact]
    public void HybridAddsReciprocalRanks()
    {
        var byLength = new DenseRetriever(Passages, new LetterEmbedder("gdw"));
        var hybrid = new HybridRetriever([Bm25, byLength], depth: 10);

        var hits = hybrid.Search("gate", 9);

        Assert.Equal("other", hits[0].Passage.Id);
        Assert.Equal(2.0 / 61, hits[0].Score, 1e-12);
        Assert.Equal(4, hits.Count);
        Assert.Equal(hits, hybrid.SearchAll(["x", "gate"], 9, cancellation: TestContext.Current.CancellationToken)[1]);
        Assert.Throws<CrossEncoderException>(() => new HybridRetriever([Bm25]));
    }
}
