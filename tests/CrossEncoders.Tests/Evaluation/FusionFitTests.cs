using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

public sealed class FusionFitTests
{
    // Ten passages; the first stage knows nothing. A question names the number of its passage.
    private static readonly Passage[] Passages = [.. Enumerable.Range(0, 10).Select(i => new Passage($"{i}", $"p{i}"))];
    private static readonly OverlapRetriever First = new(Passages);
    private static readonly ScriptedScorer Good = new(pair => Right(pair) ? 1 : Noise(pair, 1), "good");
    private static readonly ScriptedScorer Bad = new(pair => Noise(pair, 2), "bad");

    [Fact]
    public void TheBetterScorerGetsTheWeight()
    {
        var fit = Fusion.Of((Good, 1), (Bad, 4)).FittedOn(First, Questions(100));

        Assert.True(fit.Paid);
        Assert.InRange(fit.Interval.Lower, 0.01, fit.Interval.Difference);
        Assert.Equal(fit.Fitted - fit.Given, fit.Interval.Difference, 1e-9);
        Assert.Equal(fit.Weights, fit.Fusion.Weights);
        Assert.True(fit.Weights[0] > fit.Weights[1]);
        Assert.Equal("NDCG@10", fit.Metric);
    }

    [Fact]
    public void WeightsThatCannotBeBetteredStay()
    {
        var given = Fusion.Of((Good, 1), (Bad, 0));

        var fit = given.FittedOn(First, Questions(60));

        Assert.False(fit.Paid);
        Assert.Same(given, fit.Fusion);
        Assert.Equal((0, 0, 0), (fit.Interval.Difference, fit.Interval.Lower, fit.Interval.Upper));
        Assert.Equal(given.Weights, fit.Weights);
    }

    [Fact]
    public void FittingToNoiseDoesNotPay()
    {
        // Both scorers know nothing: some weights look best by chance, and questions held out see through it.
        var other = new ScriptedScorer(pair => Noise(pair, 3), "other");
        var given = Fusion.Of((Bad, 1), (other, 1));

        var fit = given.FittedOn(First, Questions(80), new() { Metric = RankingMetric.Mrr(10) });

        Assert.False(fit.Paid);
        Assert.Same(given, fit.Fusion);
        Assert.Equal("MRR@10", fit.Metric);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void FewerThanSixQuestionsNeverPay(int count, bool pays)
    {
        var given = Fusion.Of((new ScriptedScorer(pair => Right(pair) ? 1 : 0), 1), (new ScriptedScorer(pair => Right(pair) ? 0 : 1), 4));

        var fit = given.FittedOn(First, Questions(count));

        Assert.True(fit.Interval.Lower > 0);
        Assert.Equal((pays, !pays), (fit.Paid, ReferenceEquals(given, fit.Fusion)));
    }

    [Fact]
    public void EachScorerReadsThePairsOnceWithinTheDepth()
    {
        var scorer = new ScriptedScorer(pair => pair.Passage.Length, "counting");

        Fusion.Of((Good, 1), (scorer, 1)).FittedOn(First, Questions(7), new() { Depth = 4 });

        Assert.Equal(7 * 4, Assert.Single(scorer.Calls).Count);
    }

    [Fact]
    public void TheMeasureIsThatOfTheRerankedSearch()
    {
        var fusion = Fusion.Of((Good, 1), (Bad, 1));
        var questions = Questions(40);

        var fit = fusion.FittedOn(First, questions, new() { Depth = 6 });

        var comparison = RankingComparison.Of(questions, First.RerankedBy(fusion, 6, "fused"));
        Assert.Equal(comparison.Mean("fused", "NDCG@10"), fit.Given, 1e-9);
    }

    [Fact]
    public void TooFewQuestionsAreRefused() =>
        Assert.Contains(
            "4 questions",
            Assert.Throws<CrossEncoderException>(() => Fusion.Of((Good, 1)).FittedOn(First, Questions(4))).Message
        );

    [Fact]
    public void AQuestionThatNothingAnswersIsRefused()
    {
        RankingQuestion[] questions = [.. Questions(5), new("none", "q", "en", [])];
        Assert.Contains("'none'", Assert.Throws<CrossEncoderException>(() => Fusion.Of((Good, 1)).FittedOn(First, questions)).Message);
    }

    [Fact]
    public void AGridOrDepthThatMakesNoSenseIsRefusedBeforeAnythingIsScored()
    {
        var scorer = new ScriptedScorer(_ => 0);
        FusionFit Fit(FusionFitOptions options) => Fusion.Of((scorer, 1)).FittedOn(First, Questions(6), options);
        foreach (
            var grid in (double[][])
                [
                    [-1, 1],
                    [1, double.NaN],
                    [1e300],
                    [],
                ]
        )
            Assert.Contains("weights", Assert.Throws<CrossEncoderException>(() => Fit(new() { Grid = grid })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Fit(new() { Depth = 0 }));
        Assert.Empty(scorer.Calls);
    }

    private static RankingQuestion[] Questions(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new RankingQuestion($"{i}", $"q{i} p{i % 10}", "en", [$"{i % 10}"]))];

    private static bool Right(TextPair pair) => pair.Query.EndsWith(pair.Passage, StringComparison.Ordinal);

    private static float Noise(TextPair pair, int seed) =>
        (float)new Random((pair.Query + pair.Passage).Aggregate(seed, (hash, letter) => hash * 31 + letter)).NextDouble();
}
