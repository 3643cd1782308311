using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Runtime;

/// <summary>Attention's weights in the place of its scores, against libtorch's softmax in fp32.</summary>
[Collection(Alone.Name)]
public sealed class RowSoftmaxTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _guard = no_grad();
    private readonly int _threads = get_num_threads();

    public RowSoftmaxTests() => manual_seed(2024);

    public void Dispose()
    {
        set_num_threads(_threads);
        RowSoftmax.Enabled = true;
        _guard.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void EveryLengthOfRowIsLibtorchsToTheRoundingOfBFloat16()
    {
        for (var keys = 32; keys <= 200; keys++)
            AssertLikeLibtorch(randn(3, 5, keys) * 4, 0.3);
        AssertLikeLibtorch(randn(2, 12, 512) * 10, 1 / Math.Sqrt(32));
    }

    [Theory]
    [InlineData(1e4, 1)] // far apart: one key takes all
    [InlineData(1e-3, 1)] // alike: all take the same
    [InlineData(300, 0.5)]
    public void LargeAndSmallScoresAreRight(double spread, double scale) => AssertLikeLibtorch(randn(4, 77) * spread, scale);

    [Fact]
    public void WhatIsMaskedHasNoWeight()
    {
        var scores = randn(4, 70);
        var masked = arange(70).ge(41).unsqueeze(0).expand(4, 70);
        scores = scores.masked_fill(masked, double.NegativeInfinity);
        AssertLikeLibtorch(scores, 0.7);
        var weights = scores.bfloat16();
        RowSoftmax.InPlace(weights, 0.7);
        Assert.Equal(0, weights.narrow(1, 41, 29).abs().max().item<BFloat16>().ToSingle());
    }

    [Fact]
    public void ARowOfNothingAndARowWithNaNAreNaNAndTheOthersAreNot()
    {
        var scores = randn(3, 50).bfloat16();
        scores[0].fill_(double.NegativeInfinity);
        scores[1][49] = double.NaN;
        RowSoftmax.InPlace(scores, 1);
        Assert.Equal([50L, 50, 0], scores.isnan().sum(1).data<long>().ToArray());
    }

    [Fact]
    public void ThreadsShareTheRowsAndChangeNoBit()
    {
        var scores = randn(7, 3, 61).bfloat16();
        var (one, three) = (scores.clone(), scores.clone());
        set_num_threads(1);
        RowSoftmax.InPlace(one, 0.2);
        set_num_threads(3);
        RowSoftmax.InPlace(three, 0.2);
        Assert.True(one.Equals(three));
        Assert.False(one.Equals(scores));
    }

    [Theory]
    [InlineData(false, 1)] // one mask for all queries
    [InlineData(true, 1)] // one for each
    [InlineData(false, 0)]
    public void QueriesInPartsAttendAsAllAtOnce(bool maskForEach, int masks)
    {
        const int length = 1500; // 2 × 1500 × 1500 scores are more than a part has
        var (query, key, value) = (randn(1, 2, length, 8), randn(1, 2, length, 8), randn(1, 2, length, 8));
        var attendable =
            masks == 0 ? null
            : maskForEach ? (arange(length).view(-1, 1) - arange(length)).abs().le(300).view(1, 1, length, length)
            : arange(length).lt(1100).view(1, 1, 1, length);
        var exact = nn.functional.scaled_dot_product_attention(query, key, value, attendable);
        Assert.True(RowSoftmax.Fits(query.bfloat16(), length) || !System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated);
        var context = Attention.Of(query.bfloat16(), key.bfloat16(), value.bfloat16(), attendable, dropout: null);
        Assert.Equal(exact.shape, context.shape);
        Assert.InRange((context.to_type(ScalarType.Float32) - exact).abs().max().item<float>(), 0, 0.02f);
    }

    [Fact]
    public void OnlyBFloat16WithoutGradientsIsTaken()
    {
        var queries = randn(1, 1, 4, 8);
        Assert.False(RowSoftmax.Fits(queries, 64));
        Assert.False(RowSoftmax.Fits(queries.bfloat16(), 31)); // shorter than a register
        using (enable_grad())
            Assert.False(RowSoftmax.Fits(queries.bfloat16(), 64));
        RowSoftmax.Enabled = false;
        Assert.False(RowSoftmax.Fits(queries.bfloat16(), 64));
    }

    /// <summary>The weights differ from those of the same scores in fp32 by the rounding to bfloat16 and a little.</summary>
    private static void AssertLikeLibtorch(Tensor scores, double scale)
    {
        var rounded = scores.bfloat16().contiguous();
        var expected = (rounded.to_type(ScalarType.Float32) * scale).softmax(-1);
        RowSoftmax.InPlace(rounded, scale);
        // Rounding changes a number by at most 2^-8 of its size.
        var apart = (rounded.to_type(ScalarType.Float32) - expected).abs() - expected * 0.0041;
        Assert.True(apart.max().item<float>() <= 1e-30, $"{scores.size(-1)} keys: {apart.max().item<float>()} more than rounding");
    }
}
