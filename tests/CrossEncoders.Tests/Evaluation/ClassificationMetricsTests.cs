using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>Answers to "relevant or not?" against a count of every threshold, and what must not change them.</summary>
public sealed class ClassificationMetricsTests
{
    private static IEnumerable<(double[] Scores, bool[] Labels, Random Random)> Cases(bool withTies)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var n = random.Next(1, 20);
            double[] scores = [.. Enumerable.Range(0, n).Select(_ => withTies ? random.Next(5) / 5.0 : random.NextDouble())];
            yield return (scores, [.. scores.Select(_ => random.Next(2) == 0)], random);
        }
    }

    private static (double Precision, double Recall, double F1, double Accuracy) At(double[] scores, bool[] labels, double threshold)
    {
        var called = scores.Count(score => score >= threshold);
        var found = scores.Where((score, i) => score >= threshold && labels[i]).Count();
        var relevant = labels.Count(label => label);
        var right = scores.Where((score, i) => score >= threshold == labels[i]).Count();
        return (
            (double)found / called,
            relevant == 0 ? 0 : (double)found / relevant,
            2.0 * found / (called + relevant),
            (double)right / labels.Length
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheBestThresholdsAreTheBestOfAll(bool withTies) => Assert.All(Cases(withTies), test =>
        {
            var (scores, labels, _) = test;
            var (f1, accuracy) = (ClassificationMetrics.BestF1(scores, labels), ClassificationMetrics.BestAccuracy(scores, labels));
            Assert.Equal(scores.Max(score => At(scores, labels, score).F1), f1.Value, 1e-12);
            var none = labels.Count(label => !label) / (double)labels.Length;
            Assert.Equal(Math.Max(none, scores.Max(score => At(scores, labels, score).Accuracy)), accuracy.Value, 1e-12);
            Assert.Equal(At(scores, labels, f1.Threshold).Precision, f1.Precision, 1e-12);
            Assert.Equal(At(scores, labels, f1.Threshold).Recall, f1.Recall, 1e-12);
            Assert.Equal(accuracy.Value, ClassificationMetrics.Accuracy(scores, labels, accuracy.Threshold), 1e-12);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AveragePrecisionIsTheSumOverThresholds(bool withTies) => Assert.All(Cases(withTies), test =>
        {
            var (scores, labels, _) = test;
            var (sum, recall) = (0.0, 0.0);
            foreach (var threshold in scores.Distinct().OrderDescending())
            {
                var at = At(scores, labels, threshold);
                sum += (at.Recall - recall) * at.Precision;
                recall = at.Recall;
            }
            Assert.Equal(sum, ClassificationMetrics.AveragePrecision(scores, labels), 1e-12);
        });

    [Fact]
    public void TheOrderOfExamplesAndTheScaleOfScoresDoNotMatter() => Assert.All(Cases(withTies: true), test =>
        {
            var (scores, labels, random) = test;
            var order = Enumerable.Range(0, scores.Length).ToArray();
            random.Shuffle(order);
            double[] moved = [.. order.Select(i => Math.Exp(3 * scores[i]) - 7)];
            bool[] same = [.. order.Select(i => labels[i])];
            Assert.Equal(
                ClassificationMetrics.AveragePrecision(scores, labels),
                ClassificationMetrics.AveragePrecision(moved, same),
                1e-12
            );
            Assert.Equal(ClassificationMetrics.BestF1(scores, labels).Value, ClassificationMetrics.BestF1(moved, same).Value, 1e-12);
            Assert.Equal(ClassificationMetrics.BestAccuracy(scores, labels).Value, ClassificationMetrics.BestAccuracy(moved, same).Value);
        });

    [Fact]
    public void AtTheSameValueTheHighestThresholdIsTaken() =>
        // One right of two at 0.9, 0.5 and 0.1 alike.
        Assert.Equal(0.9, ClassificationMetrics.BestAccuracy([0.9, 0.5, 0.1, 0.05], [true, false, true, false]).Threshold);

    [Fact]
    public void NothingIsCalledRelevantWhereThatIsRightMostOften()
    {
        double[] alike = [.. Enumerable.Repeat(0.5, 10)];
        bool[] labels = [true, .. Enumerable.Repeat(false, 9)];
        var best = ClassificationMetrics.BestAccuracy(alike, labels);
        Assert.Equal((0.9, 0, 0), (best.Value, best.Precision, best.Recall));
        Assert.Equal(0.9, ClassificationMetrics.Accuracy(alike, labels, best.Threshold));
    }

    [Fact]
    public void ScoresThatAreNotNumbersAreRefused()
    {
        foreach (
            var measure in (Func<double[], bool[], object>[])
                [
                    (scores, labels) => ClassificationMetrics.AveragePrecision(scores, labels),
                    ClassificationMetrics.BestF1,
                    ClassificationMetrics.BestAccuracy,
                    (scores, labels) => ClassificationMetrics.AtPrecision(scores, labels, 0.5)!,
                ]
        )
            Assert.Contains(
                "not a number",
                Assert.Throws<CrossEncoderException>(() => measure([double.NaN, double.NaN], [true, false])).Message
            );
    }

    [Theory]
    [InlineData(new[] { 0.9, 0.8 }, new[] { true, true }, 1)]
    [InlineData(new[] { 0.9, 0.8 }, new[] { false, false }, 0)]
    [InlineData(new[] { 0.5, 0.5 }, new[] { true, false }, 0.5)]
    [InlineData(new[] { 0.1, 0.9 }, new[] { true, false }, 0.5)]
    public void AveragePrecisionOfCornerCases(double[] scores, bool[] labels, double expected) =>
        Assert.Equal(expected, ClassificationMetrics.AveragePrecision(scores, labels), 1e-12);

    [Fact]
    public void MacroF1IsThatOfEachClass()
    {
        int[] labels = [0, 0, 1, 1, 2, 2],
            chosen = [0, 1, 1, 1, 0, 2];
        // F1 of 0: 2·1/(2+2), of 1: 2·2/(3+2), of 2: 2·1/(1+2).
        Assert.Equal((0.5 + 0.8 + 2 / 3.0) / 3, ClassificationMetrics.MacroF1(chosen, labels), 1e-12);
        Assert.Equal(1, ClassificationMetrics.MacroF1(labels, labels));
        Assert.Equal(0, ClassificationMetrics.MacroF1([1], [0]));
    }

    [Fact]
    public void ListsOfDifferentLengthsAreRefused()
    {
        foreach (
            var call in (Action[])
                [
                    () => ClassificationMetrics.AveragePrecision([1], []),
                    () => ClassificationMetrics.BestF1([], []),
                    () => ClassificationMetrics.BestAccuracy([1, 2], [true]),
                    () => ClassificationMetrics.Accuracy([], [], 0.5),
                    () => ClassificationMetrics.MacroF1([1], [1, 2]),
                ]
        )
            Assert.Contains("for every example", Assert.Throws<CrossEncoderException>(call).Message);
    }
}
