namespace CrossEncoders.Tests.Foundation;

public sealed class NumberTests
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    [Theory]
    [InlineData(3, 9817491932198370423)]
    [InlineData(4, 4593380528125082431)]
    [InlineData(5, 16408922859458223821)]
    public void SplitMixGoesOnAsItsAuthorsProgramDoes(int draw, ulong expected) =>
        Assert.Equal(expected, SplitMix64.Mix(unchecked(1234567UL + (ulong)draw * Golden)));

    [Fact]
    public void ADrawIsTheUpperPartOfThePublishedNumber()
    {
        var random = new SplitMix64(1234567);
        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(published.Select(number => (int)(number / (ulong.MaxValue / 1000.0))), published.Select(_ => random.Below(1000)));
    }

    [Theory]
    [InlineData(0.12345, "+0.123")]
    [InlineData(-1234.5, "-1234.500")]
    [InlineData(0.0004, "+0.000")]
    [InlineData(-0.0004, "-0.000")]
    [InlineData(0, "+0.000")]
    public void ADifferenceHasOneSign(double value, string written) => Assert.Equal(written, SignedNumber.Of(value, "0.000"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void ADrawIsAtLeastNoughtAndBelowItsLimit(int limit)
    {
        var random = new SplitMix64(ulong.MaxValue);
        for (var draw = 0; draw < 2000; draw++)
            Assert.InRange(random.Below(limit), 0, limit - 1);
    }

    [Fact]
    public void NeighbouringSeedsGiveUnlikeNumbers()
    {
        var first = Enumerable.Range(0, 1000).Select(seed => new SplitMix64((ulong)seed).Below(1_000_000)).ToList();
        Assert.InRange(first.Distinct().Count(), 995, 1000);
        Assert.InRange(first.Average(), 450_000, 550_000);
        // Half of the bits change with a change of one.
        var changed = Enumerable.Range(0, 64).Select(bit => BitsOf(SplitMix64.Mix(12345) ^ SplitMix64.Mix(12345UL ^ (1UL << bit))));
        Assert.InRange(changed.Average(), 28, 36);
    }

    [Fact]
    public void ACopyGoesOnByItself()
    {
        var random = new SplitMix64(5);
        random.Below(10);
        var copy = random;
        List<int> rest = [.. Enumerable.Range(0, 20).Select(_ => random.Below(1000))];
        Assert.Equal(rest, Enumerable.Range(0, 20).Select(_ => copy.Below(1000)));
    }

    [Fact]
    public void TheSigmoidOfALogitAndOfItsNegativeAreOneTogether()
    {
        for (var logit = -40.0; logit <= 40; logit += 0.37)
        {
            Assert.Equal(1, Logistic.Sigmoid(logit) + Logistic.Sigmoid(-logit), 15);
            Assert.Equal(Logistic.Sigmoid((float)logit), Logistic.SigmoidSingle((float)logit), 1e-6);
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity, 1)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.MaxValue, 1)]
    [InlineData(float.MinValue, 0)]
    [InlineData(-89f, 0)] // e^89 is beyond single precision
    [InlineData(float.NaN, float.NaN)]
    public void TheSigmoidIsWithinItsBoundsAtTheEnds(float logit, float expected)
    {
        Assert.Equal(expected, Logistic.SigmoidSingle(logit));
        Assert.Equal(expected, Logistic.Sigmoid(logit), 1e-38);
    }

    private static int BitsOf(ulong value) => System.Numerics.BitOperations.PopCount(value);
}
