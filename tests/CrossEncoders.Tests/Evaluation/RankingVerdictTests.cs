using CrossEncoders.Display;
using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>What a comparison is allowed to say.</summary>
public sealed class RankingVerdictTests
{
    [Theory]
    [InlineData(0.05, 0.01, 0.09, RankingOutcome.Helps)]
    [InlineData(0.0001, 0.00001, 0.0002, RankingOutcome.Helps)]
    [InlineData(-0.05, -0.09, -0.01, RankingOutcome.Harms)]
    [InlineData(0.002, -0.004, 0.008, RankingOutcome.DoesNotHelp)]
    [InlineData(-0.03, -0.07, 0.009, RankingOutcome.DoesNotHelp)]
    [InlineData(0, 0, 0, RankingOutcome.DoesNotHelp)]
    [InlineData(0.03, -0.01, 0.07, RankingOutcome.TooFewQuestions)]
    [InlineData(0, -0.01, 0.01, RankingOutcome.TooFewQuestions)]
    public void TheIntervalDecides(double difference, double low, double high, RankingOutcome outcome) =>
        Assert.Equal(outcome, Verdict((difference, low, high, 300)).Outcome);

    [Theory]
    // The interval reaches 0.04 to either side at 100 questions: a deviation of the mean of 0.0204; 0.03 wants (0.0204 · 2.8 / 0.03)²
    // times as many.
    [InlineData(0.03, -0.01, 0.07, 100, 370)]
    [InlineData(-0.03, -0.07, 0.01, 100, 370)]
    // A difference of nothing cannot be shown; one that matters could be.
    [InlineData(0, -0.04, 0.04, 100, 3300)]
    // Where it nearly was certain, at least one question more.
    [InlineData(0.5, -0.0001, 1, 20, 41)]
    public void TheQuestionsNeededFollowFromTheWidthOfTheInterval(double difference, double low, double high, int count, int needed) =>
        Assert.Equal(needed, Verdict((difference, low, high, count)).QuestionsNeeded);

    [Theory]
    [InlineData(0.8, 490)]
    [InlineData(0.99, 320)]
    public void AnIntervalOfAnotherConfidenceIsReadAsSuch(double confidence, int needed)
    {
        var comparison = Comparison((0.03, -0.01, 0.07, 100));
        var interval = comparison.Differences[0].Interval with { Confidence = confidence };
        comparison = comparison with { Differences = [comparison.Differences[0] with { Interval = interval }] };
        // As above; the points of the normal distribution are 1.2816 and 2.5758 instead of 1.9600.
        Assert.Equal(needed, comparison.Verdict("old", "new").QuestionsNeeded);
    }

    [Theory]
    [InlineData(1, 0.5, RankingOutcome.TooFewQuestions)]
    [InlineData(5, 0.5, RankingOutcome.TooFewQuestions)]
    [InlineData(5, -0.5, RankingOutcome.TooFewQuestions)]
    [InlineData(5, 0, RankingOutcome.TooFewQuestions)]
    [InlineData(6, 0.5, RankingOutcome.Helps)]
    [InlineData(6, -0.5, RankingOutcome.Harms)]
    [InlineData(6, 0, RankingOutcome.DoesNotHelp)]
    public void FewerThanSixQuestionsSayNothing(int count, double difference, RankingOutcome outcome)
    {
        var verdict = Verdict((difference, difference, difference, count));
        Assert.Equal((outcome, 6), (verdict.Outcome, verdict.QuestionsNeeded));
    }

    [Fact]
    public void ACertainVerdictNeedsNoMoreQuestionsThanThereWere() => Assert.Equal(300, Verdict((0.05, 0.01, 0.09, 300)).QuestionsNeeded);

    [Fact]
    public void TheSentenceSaysWhereAndHowMuch()
    {
        var verdict = Verdict((0.081, 0.053, 0.11, 300), ("en", 0.09, 0.05, 0.13, 246), ("zh", 0.03, -0.05, 0.11, 54));
        Assert.Equal(
            "It helps: new against old, MRR@10 +0.081 [+0.053, +0.110] over 300 questions. By slice: en +0.090 [+0.050, +0.130], helps; "
                + "zh +0.030 [-0.050, +0.110], too few questions (54 of about 790).",
            verdict.ToString()
        );
    }

    [Fact]
    public void TooFewQuestionsSayHowManyAreNeeded() =>
        Assert.StartsWith("Too few questions to tell; about 370 are needed: new against old", Verdict((0.03, -0.01, 0.07, 100)).ToString());

    [Fact]
    public void ATableOfVerdictsSaysTheSame()
    {
        var table = new[] { Verdict((0.03, -0.01, 0.07, 100)), Verdict((-0.05, -0.09, -0.01, 100)) }.ToTable();
        Assert.Equal(["too few questions: about 370 needed", "harms"], table.Rows.Select(row => row[^1]));
    }

    [Fact]
    public void AnUnknownRetrieverOrTheWrongOrderIsNamed()
    {
        var comparison = Comparison((0.03, -0.01, 0.07, 100));
        Assert.Contains("Its retrievers: old, new", Assert.Throws<CrossEncoderException>(() => comparison.Verdict("old", "newer")).Message);
        Assert.Throws<CrossEncoderException>(() => comparison.Verdict("new", "old"));
        Assert.Throws<CrossEncoderException>(() => comparison.Verdict("old", "new", "MAP"));
    }

    private static RankingVerdict Verdict(
        (double Difference, double Low, double High, int Count) all,
        params (string Slice, double Difference, double Low, double High, int Count)[] slices
    ) => Comparison(all, slices).Verdict("old", "new");

    private static RankingComparison Comparison(
        (double Difference, double Low, double High, int Count) all,
        params (string Slice, double Difference, double Low, double High, int Count)[] slices
    ) =>
        new(
            ["old", "new"],
            ["MRR@10"],
            [RankingComparison.All, .. slices.Select(slice => slice.Slice)],
            [],
            [],
            [
                .. slices
                    .Prepend((RankingComparison.All, all.Difference, all.Low, all.High, all.Count))
                    .Select(slice => new RankingDifference(
                        slice.Item1,
                        "old",
                        "new",
                        "MRR@10",
                        new BootstrapInterval(slice.Item2, slice.Item3, slice.Item4, 0.5, 0.95, slice.Item5)
                    )),
            ]
        );
}
