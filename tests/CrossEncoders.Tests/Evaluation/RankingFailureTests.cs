using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>Where a search failed, and which threshold is precise enough.</summary>
public sealed class RankingFailureTests
{
    private static readonly Passage[] Passages = [.. Enumerable.Range(0, 6).Select(i => new Passage($"p{i}", $"text {i}"))];

    [Fact]
    public void TheLowestPlaceComesFirstAndWhatIsNotFoundLast()
    {
        RankingQuestion[] questions = [Asks("a", "p0"), Asks("b", "p1"), Asks("c", "p3"), Asks("d", "p5"), Asks("e", "p2")];
        var comparison = RankingComparison.Of(questions, new Always());
        var failures = comparison.WorstFailures("always", Passages);
        Assert.Equal(["c", "e", "b", "d"], failures.Select(failure => failure.Question)); // "a" is first and no failure
        Assert.Equal([4, 3, 2, null], failures.Select(failure => failure.Place));
        Assert.Equal(new RankingFailure("c", 4, "text 0", "text 3"), failures[0]);
        Assert.Equal("text 5", failures[3].Answer);
        Assert.Single(comparison.WorstFailures("always", Passages, count: 1));
        Assert.Equal(["e", "b", "d"], comparison.WorstFailures("always", Passages, depth: 3).Select(failure => failure.Question));
    }

    [Fact]
    public void AQuestionThatNothingIsFoundForIsAFailureToo()
    {
        RankingQuestion[] questions = [Asks("violet", "p5"), Asks("text", "p4")];
        var failures = RankingComparison.Of(questions, new Bm25Retriever(Passages)).WorstFailures("BM25", Passages);
        Assert.Equal([new("text", 5, "text 0", "text 4"), new("violet", null, "", "text 5")], failures);
    }

    [Fact]
    public void AnotherSearchOrCollectionIsRefused()
    {
        var comparison = RankingComparison.Of([Asks("d", "p5")], new Always());
        Assert.Throws<CrossEncoderException>(() => comparison.WorstFailures("other", Passages));
        Assert.Contains("p5", Assert.Throws<CrossEncoderException>(() => comparison.WorstFailures("always", Passages[..4])).Message);
    }

    [Theory]
    [InlineData(1, 0.9, 1, 0.5)]
    [InlineData(0.7, 0.6, 0.75, 0.75)]
    [InlineData(0.6, 0.4, 0.6667, 1)]
    public void TheThresholdFindsMostAmongThoseThatAreRightOftenEnough(double asked, double threshold, double precision, double recall)
    {
        double[] scores = [0.95, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3];
        bool[] labels = [true, true, false, true, false, true, false];
        var best = ClassificationMetrics.AtPrecision(scores, labels, asked)!;
        Assert.Equal((threshold, precision, recall), (best.Threshold, Math.Round(best.Precision, 4), best.Recall));
        Assert.Equal(best.Precision, best.Value);
    }

    [Fact]
    public void ThereMayBeNoSuchThreshold()
    {
        Assert.Null(ClassificationMetrics.AtPrecision([0.9, 0.1], [false, true], 0.9));
        Assert.Null(ClassificationMetrics.AtPrecision([0.9, 0.1], [false, false], 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassificationMetrics.AtPrecision([0.9], [true], 1.5));
    }

    private static RankingQuestion Asks(string text, string answer) => new(text, text, "en", [answer]);

    private sealed class Always : IRetriever
    {
        public string Name => "always";

        public IReadOnlyList<Hit> Search(string query, int topK) => [.. Passages.Take(4).Select((passage, i) => new Hit(passage, -i))];
    }
}
