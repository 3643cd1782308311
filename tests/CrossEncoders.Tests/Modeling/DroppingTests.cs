using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Dropout of our own: its edges, its types, its randomness.</summary>
[Collection(Alone.Name)]
public sealed class DroppingTests : TensorTest
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void EveryElementOfEveryLengthIsDroppedOrScaled(ScalarType type)
    {
        for (var length = 0; length <= 50; length++) // sixteen at a time, and a rest
        {
            var dropped = Numbers(Dropping.Apply(ones(length, type), 0.5));
            Assert.Equal(length, dropped.Length);
            Assert.All(dropped, value => Assert.True(value is 0 or 2, $"{value} of {length}"));
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0.1, 1.1111111f)]
    [InlineData(ScalarType.BFloat16, 0.1, 1.109375f)] // the nearest of its steps of 1/128
    [InlineData(ScalarType.Float32, 0.75, 4f)]
    [InlineData(ScalarType.BFloat16, 0.75, 4f)]
    public void WhatIsKeptIsScaledSoThatTheMeanStays(ScalarType type, double probability, float scale)
    {
        var kept = Numbers(Dropping.Apply(ones(1000, type), probability)).Where(value => value != 0).Distinct();
        Assert.Equal(scale, Assert.Single(kept), 1e-4);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)] // by libtorch
    [InlineData(ScalarType.BFloat16)]
    public void TypeAndShapeStayAndTheInputIsNotTouched(ScalarType type)
    {
        var states = ones([3, 1, 7], type);
        var dropped = Dropping.Apply(states, 0.5);
        Assert.Equal((type, 3L, 7L), (dropped.dtype, dropped.size(0), dropped.size(2)));
        Assert.Equal(21, states.sum().to_type(ScalarType.Float32).item<float>());
    }

    [Fact]
    public void WithoutProbabilityNothingIsDropped() =>
        Assert.All(Numbers(Dropping.Apply(full(1000, 3f), 0)), value => Assert.Equal(3, value));

    [Fact]
    public void ViewsAreDroppedByTheirOwnOrder()
    {
        random.manual_seed(5);
        var straight = Numbers(Dropping.Apply(ones(4, 8), 0.5));
        random.manual_seed(5);
        var view = ones(8, 4).t();
        Assert.False(view.is_contiguous());
        Assert.Equal(straight, Numbers(Dropping.Apply(view, 0.5)));
    }

    [Fact]
    public void RowsAndDrawsAreIndependent()
    {
        random.manual_seed(11);
        var dropped = Dropping.Apply(ones(2000, 64), 0.5).eq(0).to_type(ScalarType.Float32);
        // Neighbours in a row, in a column, and in steps of the generator's lanes agree half of the time.
        foreach (var (dimension, step) in ((int, int)[])[(1, 1), (1, 4), (1, 16), (0, 1)])
        {
            var count = dropped.size(dimension) - step;
            var same = dropped.narrow(dimension, 0, count).eq(dropped.narrow(dimension, step, count));
            Assert.Equal(0.5, same.to_type(ScalarType.Float32).mean().item<float>(), 0.01);
        }

        var again = Dropping.Apply(ones(2000, 64), 0.5).eq(0).to_type(ScalarType.Float32);
        Assert.Equal(0.5, dropped.eq(again).to_type(ScalarType.Float32).mean().item<float>(), 0.01);
    }

    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(7UL, 8UL)]
    [InlineData(ulong.MaxValue, 0UL)]
    public void NeighbouringSeedsGiveUnlikeBits(ulong one, ulong two)
    {
        var (first, second) = (Bits(one), Bits(two));
        Assert.Equal(first, Bits(one));
        var equal = first.Zip(second, (x, y) => 16 - System.Numerics.BitOperations.PopCount((uint)(x ^ y))).Average();
        Assert.Equal(8, equal, 0.2);
    }

    [Fact]
    public void EachOfTheSixteenBitsIsSetHalfOfTheTime()
    {
        var bits = Bits(2026);
        for (var bit = 0; bit < 16; bit++)
            Assert.Equal(0.5, bits.Average(value => (value >> bit) & 1), 0.02);
    }

    [Fact]
    public void WithoutDropoutAModelDrawsNothing()
    {
        var folder = Shared.Path("golden/models/bert");
        using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
        var ids = arange(10, 18, ScalarType.Int64).unsqueeze(0);
        random.manual_seed(3);
        var next = rand(1).item<float>();
        random.manual_seed(3);
        var plain = Numbers(model.Forward(ids, zeros_like(ids), null));
        Assert.Equal(plain, Numbers(model.Forward(ids, zeros_like(ids), null, new(0, 0, 0))));
        Assert.Equal(next, rand(1).item<float>());
    }

    [Theory]
    [InlineData(0.5, 0, 0)]
    [InlineData(0, 0.5, 0)]
    [InlineData(0, 0, 0.5)]
    public void EachOfTheThreeRatesAloneChangesLogitsAndFollowsTheSeed(double hidden, double attention, double classifier)
    {
        foreach (var architecture in CheckpointParityTests.Architectures.Select(row => row.Data))
        {
            var folder = Shared.Path($"golden/models/{architecture}");
            using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
            var ids = arange(10, 18, ScalarType.Int64).unsqueeze(0);
            float[] Logits(long seed)
            {
                random.manual_seed(seed);
                return Numbers(model.Forward(ids, zeros_like(ids), null, new(hidden, attention, classifier)));
            }

            Assert.NotEqual(Numbers(model.Forward(ids, zeros_like(ids), null)), Logits(1));
            Assert.Equal(Logits(1), Logits(1));
            Assert.NotEqual(Logits(1), Logits(2));
        }
    }

    private static ushort[] Bits(ulong seed)
    {
        var bits = new RandomBits(seed);
        var drawn = new List<ushort>();
        for (var i = 0; i < 500; i++)
        {
            var next = bits.Next();
            for (var lane = 0; lane < 16; lane++)
                drawn.Add(next[lane]);
        }

        return [.. drawn];
    }
}
