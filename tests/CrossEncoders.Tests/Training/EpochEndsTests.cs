using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>Where epochs begin and end.</summary>
public sealed class EpochEndsTests
{
    private static readonly int[] Unlike = [3, 1, 4, 1, 5, 9, 2, 6];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryStepHasItsPlace(bool alike)
    {
        var ends = new EpochEnds(epoch => alike ? 4 : Unlike[epoch], alike, default);
        var step = 0;
        for (var epoch = 0; epoch < Unlike.Length; epoch++)
        {
            Assert.Equal(step, ends.After(epoch));
            for (var within = 0; within < (alike ? 4 : Unlike[epoch]); within++)
                Assert.Equal((epoch, within), ends.Position(step++));
        }
        Assert.Equal(step, ends.After(Unlike.Length));
        Assert.Equal((0, 0), ends.Position(0)); // and back again
    }

    [Fact]
    public void NoMoreEpochsArePlannedThanAreAskedFor()
    {
        var planned = new List<int>();
        var ends = new EpochEnds(
            epoch =>
            {
                planned.Add(epoch);
                return Unlike[epoch];
            },
            alike: false,
            default
        );
        Assert.Equal(3, ends.First);
        Assert.Equal([0], planned);
        Assert.Equal((1, 0), ends.Position(3));
        Assert.Equal([0, 1], planned);
        Assert.Equal(8, ends.After(3));
        Assert.Equal([0, 1, 2], planned);
    }

    [Fact]
    public void EpochsAlikeAreNeverCounted()
    {
        var ends = new EpochEnds(epoch => epoch == 0 ? 1000 : throw new InvalidOperationException("planned"), alike: true, default);
        Assert.Equal(5_000_000_000, ends.After(5_000_000));
        Assert.Equal((2_147_483, 646), ends.Position(int.MaxValue - 1));
    }

    [Fact]
    public void CountingStopsWhenItIsCancelled()
    {
        using var source = new CancellationTokenSource();
        var ends = new EpochEnds(
            epoch =>
            {
                if (epoch == 5)
                    source.Cancel();
                return 1;
            },
            alike: false,
            source.Token
        );
        Assert.Equal(6, ends.After(6));
        Assert.Throws<OperationCanceledException>(() => ends.After(7));
    }
}
