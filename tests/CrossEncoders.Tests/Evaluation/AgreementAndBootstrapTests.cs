using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Evaluation;

public sealed class AgreementAndBootstrapTests
{
    private static readonly int[] One = [0, 1, 2, 0, 1, 2, 3, 3, 1, 0];
    private static readonly int[] Two = [0, 2, 1, 0, 0, 2, 3, 2, 1, 1];

    // The definition, with all pairs counted out.
    [Fact]
    public void KappaIsAgreementBeyondChance()
    {
        Assert.Equal(0.5, AgreementMetrics.Observed(One, Two));
        Assert.Equal(0.32432432432432434, AgreementMetrics.Kappa(One, Two), 1e-12);
        Assert.Equal(0.7706422018348624, AgreementMetrics.QuadraticKappa(One, Two), 1e-12);
    }

    [Fact]
    public void FullAgreementIs1TheOppositeMinus1AndOneGradeAloneNothing()
    {
        Assert.Equal(1, AgreementMetrics.Kappa(One, One));
        Assert.Equal(-1, AgreementMetrics.Kappa([0, 1, 0, 1], [1, 0, 1, 0]), 1e-12);
        Assert.Equal(0, AgreementMetrics.Kappa([0, 0, 1, 1], [0, 1, 0, 1]), 1e-12);
        Assert.True(double.IsNaN(AgreementMetrics.Kappa([2, 2], [2, 2])));
        Assert.Throws<CrossEncoderException>(() => AgreementMetrics.Kappa([], []));
        Assert.Throws<CrossEncoderException>(() => AgreementMetrics.Observed([1], [1, 2]));
    }

    [Fact]
    public void WhoIsFirstDoesNotMatterAndTwoGradesHaveOneKappa()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            int[] one = [.. Enumerable.Range(0, 12).Select(_ => random.Next(4))];
            int[] two = [.. Enumerable.Range(0, 12).Select(_ => random.Next(4))];
            Assert.Equal(AgreementMetrics.Kappa(one, two), AgreementMetrics.Kappa(two, one), 1e-12);
            Assert.Equal(AgreementMetrics.QuadraticKappa(one, two), AgreementMetrics.QuadraticKappa(two, one), 1e-12);
            // Other names for the grades change nothing without weights; a shift changes nothing with them.
            Assert.Equal(
                AgreementMetrics.Kappa(one, two),
                AgreementMetrics.Kappa([.. one.Select(grade => grade ^ 3)], [.. two.Select(grade => grade ^ 3)]),
                1e-12
            );
            Assert.Equal(
                AgreementMetrics.QuadraticKappa(one, two),
                AgreementMetrics.QuadraticKappa([.. one.Select(grade => grade + 5)], [.. two.Select(grade => grade + 5)]),
                1e-9
            );
            int[] binary = [.. one.Select(grade => grade / 2)],
                other = [.. two.Select(grade => grade / 2)];
            Assert.Equal(AgreementMetrics.Kappa(binary, other), AgreementMetrics.QuadraticKappa(binary, other), 1e-12);
        }
    }

    private static (double[] Baseline, double[] Candidate) Values(int count, int seed)
    {
        var random = new Random(seed);
        return (
            [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())],
            [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())]
        );
    }

    [Fact]
    public void TheOtherWayRoundEverythingTurnsRound()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (baseline, candidate) = Values(30, seed);
            var (up, down) = (
                PairedBootstrap.Compare(baseline, candidate, resamples: 500),
                PairedBootstrap.Compare(candidate, baseline, resamples: 500)
            );
            Assert.Equal(-up.Difference, down.Difference, 1e-12);
            Assert.Equal(-up.Lower, down.Upper, 1e-12);
            Assert.Equal(-up.Upper, down.Lower, 1e-12);
            Assert.Equal(1 - up.ShareNotPositive, down.ShareNotPositive, 1e-12);
            Assert.Equal(up.ExcludesZero, down.ExcludesZero);
            Assert.True(up.Lower <= up.Difference && up.Difference <= up.Upper);
        }
    }

    [Fact]
    public void MoreConfidenceWidensAndAShiftMovesTheInterval()
    {
        var (baseline, candidate) = Values(40, 1);
        BootstrapInterval Of(double confidence, double shift = 0) =>
            PairedBootstrap.Compare(baseline, [.. candidate.Select(value => value + shift)], 1000, confidence);
        Assert.True(Of(0.99).Lower <= Of(0.9).Lower && Of(0.9).Lower <= Of(0.5).Lower);
        Assert.True(Of(0.99).Upper >= Of(0.9).Upper && Of(0.9).Upper >= Of(0.5).Upper);
        Assert.Equal(Of(0.95).Lower + 2, Of(0.95, 2).Lower, 1e-9);
        Assert.Equal((0, true), (Of(0.95, 2).ShareNotPositive, Of(0.95, 2).ExcludesZero));
        Assert.Equal((40, 0.9), (Of(0.9).Count, Of(0.9).Confidence));
    }

    [Fact]
    public void OnePairHasNoSpread()
    {
        var interval = PairedBootstrap.Compare([0.25], [0.75], resamples: 10);
        Assert.Equal((0.5, 0.5, 0.5), (interval.Difference, interval.Lower, interval.Upper));
    }

    [Theory]
    [InlineData(0, 0.95)]
    [InlineData(100, 0)]
    [InlineData(100, 1)]
    public void SettingsWithoutAMeaningAreRefused(int resamples, double confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedBootstrap.Compare([1], [1], resamples, confidence));

    [Fact]
    public void NumbersReadBackAsTheyWere()
    {
        var random = new Random(2);
        for (var i = 0; i < 2000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (!double.IsFinite(value))
                continue;
            var text = PythonFloat.Repr(value);
            Assert.Equal(value, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Matches("^-?[0-9]+(\\.[0-9]+)?(e[+-][0-9]{2,3})?$", text);
        }
    }
}
