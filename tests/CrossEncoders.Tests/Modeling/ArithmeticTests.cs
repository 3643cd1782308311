using CrossEncoders.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Arithmetic with numbers gives what the operators give.</summary>
public sealed class ArithmeticTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ItIsWhatTheOperatorsGive(ScalarType type)
    {
        var (one, other) = (randn(4, 5).to_type(type), randn(4, 5).to_type(type));
        Same(one + other, one.Plus(other));
        Same(one + 0.3, one.Plus(0.3));
        Same(one + 2, one.Plus(2L));
        Same(one * 0.7, one.Times(0.7));
        Same(one / 3, one.Over(3));
        Same(one.masked_fill(other.gt(0), float.NegativeInfinity), one.Without(other.gt(0)));
        Same(one.masked_fill(other.gt(0), 0.5), one.Masked(other.gt(0), 0.5));
        Same(one.clamp_min(0.1), one.AtLeast(0.1));
        Same(one.addcdiv(other, other, 0.3), Arithmetic.With(0.3, number => one.addcdiv(other, other, number)));
        var sum = one + other;
        Same(sum, one.PlusInPlace(other));
        Same(sum * 0.5, one.TimesInPlace(0.5));
    }

    [Fact]
    public void RangesAreLibtorchsOwn()
    {
        Same(arange(3, 9, ScalarType.Int64, CPU), Arithmetic.Range(3, 6, ScalarType.Int64, CPU));
        Same(arange(0, 7, 2, ScalarType.Float32, CPU), Arithmetic.Range(0, 4, ScalarType.Float32, CPU, step: 2));
        Same(arange(1, 5, ScalarType.BFloat16, CPU), Arithmetic.Range(1, 4, ScalarType.BFloat16, CPU));
    }

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal((expected.dtype, string.Join(' ', expected.shape)), (actual.dtype, string.Join(' ', actual.shape)));
        Assert.True(expected.equal(actual).all().item<bool>(), "another value");
    }
}
