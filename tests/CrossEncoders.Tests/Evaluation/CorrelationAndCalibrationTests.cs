using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Evaluation;

public sealed class CorrelationAndCalibrationTests
{
    private static IEnumerable<(double[] X, double[] Y)> Cases()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var n = random.Next(2, 20);
            yield return (
                [.. Enumerable.Range(0, n).Select(_ => seed % 2 == 0 ? random.NextDouble() : random.Next(4))],
                [.. Enumerable.Range(0, n).Select(_ => random.NextDouble())]
            );
        }
    }

    // scipy.stats.spearmanr and pearsonr.
    [Fact]
    public void TiesShareTheMeanOfTheirRanks()
    {
        Assert.Equal(0.9486832980505138, CorrelationMetrics.Spearman([1, 2, 2, 3], [1, 2, 3, 4]), 1e-12);
        Assert.Equal(0.8207826816681233, CorrelationMetrics.Spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), 1e-12);
        Assert.Equal(0.8320502943378436, CorrelationMetrics.Pearson([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), 1e-12);
    }

    [Fact]
    public void KendallsTauCountsPairsInOrder()
    {
        Assert.Equal((4 - 2) / 6.0, CorrelationMetrics.Kendall([1, 2, 3, 4], [1, 4, 2, 3]), 1e-12);
        Assert.Equal(5 / Math.Sqrt(5 * 6), CorrelationMetrics.Kendall([1, 2, 2, 3], [1, 2, 3, 4]), 1e-12); // one tie, the rest in order
        Assert.Equal(0, CorrelationMetrics.Kendall([1, 1, 1], [0, 1, 2]));
    }

    [Fact]
    public void CorrelationsAreSymmetricBoundedAndFreeOfScale() => Assert.All(Cases(), test =>
        {
            var (x, y) = test;
            foreach (
                var measure in (Func<double[], double[], double>[])
                    [CorrelationMetrics.Pearson, CorrelationMetrics.Spearman, CorrelationMetrics.Kendall]
            )
            {
                Assert.InRange(measure(x, y), -1 - 1e-12, 1 + 1e-12);
                Assert.Equal(measure(x, y), measure(y, x), 1e-12);
                Assert.Equal(measure(x, y), measure([.. x.Select(value => 3 * value + 2)], y), 1e-9);
                Assert.Equal(measure(x, y), -measure([.. x.Select(value => -value)], y), 1e-9);
            }
            Assert.Equal(1, CorrelationMetrics.Pearson(y, y), 1e-12);
            Assert.Equal(CorrelationMetrics.Spearman(x, y), CorrelationMetrics.Spearman([.. x.Select(Math.Exp)], y), 1e-12);
        });

    [Fact]
    public void BinsHoldEveryExampleOnce() => Assert.All(Cases(), test =>
        {
            double[] labels = [.. test.X.Select(value => value > 0.5 ? 1.0 : 0)];
            foreach (var bins in (int[])[1, 3, 10])
            {
                var diagram = CalibrationMetrics.ReliabilityBins(test.Y, labels, bins);
                Assert.Equal(bins, diagram.Count);
                Assert.Equal(test.Y.Length, diagram.Sum(bin => bin.Count));
                Assert.All(diagram.Where(bin => bin.Count > 0), bin => Assert.InRange(bin.MeanProbability, bin.From, bin.To));
                Assert.All(diagram.Where(bin => bin.Count == 0), bin => Assert.True(double.IsNaN(bin.MeanLabel)));
                Assert.Equal(
                    labels.Average(),
                    diagram.Where(bin => bin.Count > 0).Sum(bin => bin.Count * bin.MeanLabel) / labels.Length,
                    1e-12
                );
            }
        });

    [Fact]
    public void BoundsBelongToTheBinAboveAnd1ToTheLast()
    {
        var bins = CalibrationMetrics.ReliabilityBins([0, 0.5, 0.999, 1], [0, 1, 1, 1], 2);
        Assert.Equal([1, 3], bins.Select(bin => bin.Count));
        Assert.Equal((0.5, 1.0), (bins[1].From, bins[1].To));
    }

    [Fact]
    public void ErrorsAre0ForWhatIsTrueAnd1ForTheOpposite()
    {
        Assert.Equal(0, CalibrationMetrics.ExpectedCalibrationError([0, 1, 1], [0, 1, 1]));
        Assert.Equal(1, CalibrationMetrics.ExpectedCalibrationError([0, 1], [1, 0]));
        Assert.Equal(0, CalibrationMetrics.ExpectedCalibrationError([0.75, 0.75, 0.75, 0.75], [1, 1, 1, 0]), 1e-12);
        Assert.Equal(
            (0, 1, 0.25),
            (CalibrationMetrics.Brier([1], [1]), CalibrationMetrics.Brier([1], [0]), CalibrationMetrics.Brier([0.5], [0]))
        );
    }

    [Fact]
    public void OneBinSeesTheMeanAloneAndMoreBinsNeverLess() => Assert.All(Cases(), test =>
        {
            double[] labels = [.. test.X.Select(value => value > 0.5 ? 1.0 : 0)];
            var one = CalibrationMetrics.ExpectedCalibrationError(test.Y, labels, 1);
            Assert.Equal(Math.Abs(test.Y.Average() - labels.Average()), one, 1e-12);
            Assert.True(CalibrationMetrics.ExpectedCalibrationError(test.Y, labels, 10) >= one - 1e-12);
            Assert.True(
                CalibrationMetrics.ExpectedCalibrationError(test.Y, labels, 20)
                    >= CalibrationMetrics.ExpectedCalibrationError(test.Y, labels, 10) - 1e-12
            );
        });

    [Fact]
    public void TheTemperatureHasTheLeastCrossEntropy()
    {
        var random = new Random(3);
        double[] logits = [.. Enumerable.Range(0, 300).Select(_ => 8 * random.NextDouble() - 4)];
        double[] labels = [.. logits.Select(logit => random.NextDouble() < 1 / (1 + Math.Exp(-logit / 2.5)) ? 1.0 : 0)];
        double Loss(double temperature) =>
            logits
                .Zip(labels, (logit, label) => Math.Log(1 + Math.Exp(-logit / temperature)) + (1 - label) * logit / temperature)
                .Average();
        var best = CalibrationMetrics.Temperature(logits, labels);
        Assert.InRange(best, 1.8, 3.5);
        foreach (var factor in (double[])[0.5, 0.9, 0.99, 1.01, 1.1, 2])
            Assert.True(Loss(best) <= Loss(best * factor));
        Assert.Equal(2 * best, CalibrationMetrics.Temperature([.. logits.Select(logit => 2 * logit)], labels), 1e-6);
    }

    [Fact]
    public void WhatCannotBeMeasuredIsRefused()
    {
        Assert.Throws<CrossEncoderException>(() => CorrelationMetrics.Pearson([1], [1, 2]));
        Assert.Throws<CrossEncoderException>(() => CalibrationMetrics.Brier([], []));
        Assert.Throws<CrossEncoderException>(() => CalibrationMetrics.Temperature([1], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibrationMetrics.ReliabilityBins([1], [1], 0));
    }
}
