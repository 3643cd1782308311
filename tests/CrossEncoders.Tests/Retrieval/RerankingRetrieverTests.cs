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
        Assert.Equal(["twice", "short", "long"], Bm25.Search("dome", 9).Select(hit => hit.Passage.Id));
        var reranked = Bm25.RerankedBy(new ScriptedScorer(pair => pair.Passage.Length), depth: 2);

        Assert.Equal("BM25 + scripted", reranked.Name);
        Assert.Equal(["twice", "short", "long"], reranked.Search("dome", 9).Select(hit => hit.Passage.Id));
        var up = Bm25.RerankedBy(new ScriptedScorer(pair => -pair.Passage.Length), depth: 2).Search("dome", 9);
        Assert.Equal(["short", "twice", "long"], up.Select(hit => hit.Passage.Id));
        Assert.Equal([-4, -9, -10], up.Select(hit => hit.Score));
        var one = Bm25.RerankedBy(new ScriptedScorer(pair => -pair.Passage.Length), depth: 2).Search("dome", 1);
        Assert.Equal(["short"], one.Select(hit => hit.Passage.Id));
    }

    [Fact]
    public void ScoresTheCandidatesOfAllQueriesInOneCall()
    {
        var scorer = new ScriptedScorer(pair => pair.Passage.Length);

        var reranked = Bm25.RerankedBy(scorer);
        var results = reranked.SearchAll(["dome", "nothing", "gate"], 2, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(4, Assert.Single(scorer.Calls).Count);
        Assert.Equal(["long,twice", "", "other"], results.Select(hits => string.Join(',', hits.Select(hit => hit.Passage.Id))));
    }

    [Fact]
    public void AQueryThatComesTwiceIsScoredOnce()
    {
        var scorer = new ScriptedScorer(pair => pair.Passage.Length);

        var results = Bm25.RerankedBy(scorer).SearchAll(["dome", "gate", "dome"], 9);

        Assert.Equal(4, Assert.Single(scorer.Calls).Count);
        Assert.Equal(results[0], results[2]);
    }

    [Fact]
    public void PassagesOfTheSameTextScoreTheSame()
    {
        Passage[] passages = [.. Passages, new("copy", "dome")];
        var scorer = new ScriptedScorer(pair => -pair.Passage.Length);

        var hits = new Bm25Retriever(passages).RerankedBy(scorer).Search("dome", 3);

        Assert.Equal(["short", "copy", "twice"], hits.Select(hit => hit.Passage.Id));
        Assert.Equal(3, Assert.Single(scorer.Calls).Count);
    }

    [Fact]
    public void ADepthOfNoneAndScoresTooFewAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Bm25.RerankedBy(new ScriptedScorer(_ => 1), depth: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bm25.RerankedBy(new ScriptedScorer(_ => 1)).Search("dome", -1));
        Assert.Contains("0 for 3", Assert.Throws<CrossEncoderException>(() => Bm25.RerankedBy(new Silent()).Search("dome", 1)).Message);
    }

    [Fact]
    public void NothingFoundIsNothingScored()
    {
        var scorer = new ScriptedScorer(_ => 1);

        Assert.Empty(Bm25.RerankedBy(scorer).Search("violet", 3));
        Assert.Empty(scorer.Calls);
    }

    [Fact]
    public void KeepsTheOrderOfTheFirstStageForEqualScores() =>
        Assert.Equal(
            ["twice", "short", "long"],
            Bm25.RerankedBy(new ScriptedScorer(_ => 1)).Search("dome", 9).Select(hit => hit.Passage.Id)
        );

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

    private sealed class Silent : IPassageScorer
    {
        public string Name => "silent";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => [];
    }
}
