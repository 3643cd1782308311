using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public sealed class FusionTests
{
    private static readonly TextPair[] Pairs = [new("q", "a"), new("q", "bb"), new("q", "cccc"), new("r", "a"), new("r", "dddddd")];
    private static readonly ScriptedScorer ByLength = new(pair => pair.Passage.Length, "length");

    [Fact]
    public void ZScoresAreTakenWithinTheCandidatesOfAQuery()
    {
        var scores = Fusion.Of((ByLength, 1)).Score(Pairs);

        var deviation = Math.Sqrt((16.0 / 9 + 1.0 / 9 + 25.0 / 9) / 3); // 1, 2, 4 around 7/3; divided by 3, not by 2
        Assert.Equal(
            new[] { -4 / 3.0 / deviation, -1 / 3.0 / deviation, 5 / 3.0 / deviation, -1, 1 },
            scores.Select(score => (double)score),
            (a, b) => Math.Abs(a - b) < 1e-6
        );
    }

    [Fact]
    public void WeightsMultiplyAndAdd()
    {
        var backwards = new ScriptedScorer(pair => -100 * pair.Passage.Length, "backwards");

        var single = Fusion.Of((ByLength, 1)).Score(Pairs);
        var mixed = Fusion.Of((ByLength, 2), (backwards, 0.5)).Score(Pairs);

        Assert.Equal(single.Select(score => 1.5f * score), mixed, (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void RanksCountInReciprocalRank()
    {
        var scorer = new ScriptedScorer(pair => pair.Passage.Length > 1 ? 5 : 0);

        var scores = Fusion.Of(FusionScale.ReciprocalRank, (scorer, 1), (ByLength, 1)).Score(Pairs[..3]);

        Assert.Equal(1 / 63.0 + 1 / 63.0, scores[0], 1e-7);
        Assert.Equal(1 / 61.0 + 1 / 62.0, scores[1], 1e-7); // equal scores share the better rank
        Assert.Equal(1 / 61.0 + 1 / 61.0, scores[2], 1e-7);
    }

    [Fact]
    public void AScorerWithoutAnOpinionAddsNothing()
    {
        var constant = new ScriptedScorer(_ => 0.1f, "constant");

        Assert.Equal(Fusion.Of((ByLength, 1)).Score(Pairs), Fusion.Of((ByLength, 1), (constant, 9)).Score(Pairs));
        Assert.Equal([0, 0, 0, 0, 0], Fusion.Of((constant, 1)).Score(Pairs));
        Assert.Equal([0], Fusion.Of((ByLength, 1)).Score([new("alone", "candidate")]));
    }

    [Fact]
    public void EachPairIsScoredOnceAndUnusedScorersNever()
    {
        var (used, unused) = (new ScriptedScorer(pair => pair.Passage.Length), new ScriptedScorer(_ => float.NaN));
        TextPair[] twice = [.. Pairs, .. Pairs];

        var scores = Fusion.Of((used, 1), (unused, 0)).Score(twice);

        Assert.Equal(Pairs, Assert.Single(used.Calls));
        Assert.Empty(unused.Calls);
        Assert.Equal(scores[..5], scores[5..]);
        Assert.Empty(Fusion.Of((used, 1)).Score([]));
    }

    [Theory]
    [InlineData(float.NaN, "not a number")]
    [InlineData(float.PositiveInfinity, "infinite")]
    [InlineData(float.NegativeInfinity, "infinite")]
    public void ScoresThatAreNotFiniteAreRefusedByName(float score, string message)
    {
        var broken = new ScriptedScorer(pair => pair.Passage == "cccc" ? score : 1, "broken");

        var error = Assert.Throws<CrossEncoderException>(() => Fusion.Of((ByLength, 1), (broken, 1)).Score(Pairs));

        Assert.Contains("'broken'", error.Message);
        Assert.Contains(message, error.Message);
        Assert.Contains("pair 3 of 5", error.Message);
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void WeightsMustMakeSense(double weight) =>
        Assert.Contains("weights", Assert.Throws<CrossEncoderException>(() => Fusion.Of((ByLength, weight))).Message);

    [Fact]
    public void TheLargestWeightGivesFiniteScores() =>
        Assert.All(Fusion.Of((ByLength, 1e6), (ByLength, 1e6)).Score(Pairs), score => Assert.True(float.IsFinite(score)));

    [Fact]
    public void AFusionNeedsScorersAndOneWeightForEach()
    {
        Assert.Contains("0 scorers", Assert.Throws<CrossEncoderException>(() => Fusion.Of()).Message);
        Assert.Contains("2 weights", Assert.Throws<CrossEncoderException>(() => Fusion.Of((ByLength, 1)).Weighted(1, 2)).Message);
    }

    [Fact]
    public void ItsNameSaysItsParts()
    {
        var fusion = Fusion.Of((ByLength, 1), (new ScriptedScorer(_ => 0, "model"), 0.25));

        Assert.Equal("length + 0.25·model", fusion.Name);
        Assert.Equal("2·length + model", fusion.Weighted(2, 1).Name);
        Assert.Equal("F", fusion.Named("F").Name);
        Assert.Equal([1, 0.25], fusion.Named("F").Weights);
    }

    [Fact]
    public void AWeakModelDoesNotRuinAGoodFirstStage()
    {
        // 200 queries whose right passage a good search puts first of ten, with another close behind; the model knows nothing.
        var random = new Random(3);
        var noise = Enumerable.Range(0, 2000).ToDictionary(i => $"{i}", _ => (float)random.NextDouble());
        var model = new ScriptedScorer(pair => noise[pair.Passage], "weak");
        var (cosine, words) = (
            new ScriptedScorer(pair => -int.Parse(pair.Passage) % 10),
            new ScriptedScorer(pair => int.Parse(pair.Passage) % 10 == 0 ? 5 : 0)
        );
        TextPair[] pairs = [.. Enumerable.Range(0, 2000).Select(i => new TextPair($"q{i / 10}", $"{i}"))];

        double First(IPassageScorer scorer) =>
            scorer.Score(pairs).Chunk(10).Average(scores => scores.Index().MaxBy(score => score.Item).Index == 0 ? 1.0 : 0);

        Assert.InRange(First(model), 0, 0.2);
        Assert.InRange(First(Fusion.Of((cosine, 1), (words, 1), (model, 1))), 0.99, 1);
    }

    [Fact]
    public void ItReadsWellBehindARetriever()
    {
        Passage[] passages = [new("1", "aab"), new("2", "bbb abc"), new("3", "aaa"), new("4", "abc")];
        var bm25 = new Bm25Retriever(passages);
        var dense = new DenseRetriever(passages, new LetterEmbedder());
        var hybrid = new HybridRetriever([bm25, dense]);
        using var late = new LateInteraction(new ScriptedTokens(), null, passages);

        var reranked = hybrid.RerankedBy(Fusion.Of((dense, 1), (late, 1), (bm25, 1)), depth: 20);

        Assert.Equal("BM25 | letters + letters + MaxSim + BM25", reranked.Name);
        Assert.Equal(["4", "2"], reranked.Search("abc", 2).Select(hit => hit.Passage.Id));
    }
}
