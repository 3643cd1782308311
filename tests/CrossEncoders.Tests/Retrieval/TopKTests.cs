using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public sealed class TopKTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(8, 8)]
    [InlineData(33, 5)]
    [InlineData(1000, 100)]
    [InlineData(1000, 5000)]
    public void EqualsASortThatKeepsTies(int length, int count)
    {
        var random = new Random(length + count);
        for (var round = 0; round < 20; round++)
        {
            // Few different values, so that most tie; some below the floor; both zeros.
            float[] scores = [.. Enumerable.Range(0, length).Select(_ => (random.Next(9) - 4) * (random.Next(2) == 0 ? 0.25f : -0.5f))];
            foreach (var floor in (float[])[float.NegativeInfinity, 0, 0.5f])
            {
                var expected = Enumerable.Range(0, length).Where(i => scores[i] > floor).OrderByDescending(i => scores[i]).Take(count);

                Assert.Equal(expected, TopK.Select(scores, count, floor));
            }
        }
    }

    [Fact]
    public void BothZerosAreEqual() => Assert.Equal([0, 1, 2], TopK.Select([-0f, 0f, -0f, -1f], 3));

    [Fact]
    public void WhatIsNotANumberIsNeverAmongTheBest() =>
        Assert.Equal([1, 10], TopK.Select([float.NaN, 3, float.NaN, 0, 0, 0, 0, 0, float.NaN, float.NaN, 2], 2));

    [Fact]
    public void InfinityIsBestAndNegativeInfinityIsLeftOut() =>
        Assert.Equal([2, 1], TopK.Select([float.NegativeInfinity, 1, float.PositiveInfinity], 3));

    [Fact]
    public void NoneMayBeAskedForAndLessThanNoneMayNot()
    {
        Assert.Empty(TopK.Select([1, 2], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TopK.Select([1, 2], -1));
    }
}
