using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// Arithmetic with numbers that holds them while libtorch reads them. TorchSharp 0.107 makes an object of each number, the factor 1 of a
/// plain sum included, and lets go of it before libtorch is done: a collection of garbage at that moment, as other threads cause it, leaves
/// libtorch with freed memory.
/// </summary>
internal static class Arithmetic
{
    private static readonly TorchSharp.Scalar One = 1;
    private static readonly TorchSharp.Scalar NegativeInfinity = float.NegativeInfinity;

    /// <summary>The sum of two tensors.</summary>
    public static Tensor Plus(this Tensor one, Tensor other) => one.add(other, One);

    /// <summary>The sum in the place of the first, which nothing else reads.</summary>
    public static Tensor PlusInPlace(this Tensor one, Tensor other) => one.add_(other, One);

    /// <summary>A whole number added to each element.</summary>
    public static Tensor Plus(this Tensor tensor, long number) => Held(number, scalar => tensor.add(scalar, One));

    /// <summary>A number added to each element.</summary>
    public static Tensor Plus(this Tensor tensor, double number) => With(number, scalar => tensor.add(scalar, One));

    /// <summary>Each element times a number.</summary>
    public static Tensor Times(this Tensor tensor, double number) => With(number, scalar => tensor.mul(scalar));

    /// <summary>The same in its place.</summary>
    public static Tensor TimesInPlace(this Tensor tensor, double number) => With(number, scalar => tensor.mul_(scalar));

    /// <summary>Each element divided by a number.</summary>
    public static Tensor Over(this Tensor tensor, double number) => With(number, scalar => tensor.div(scalar));

    /// <summary>Minus infinity where a mask says so.</summary>
    public static Tensor Without(this Tensor tensor, Tensor mask) => tensor.masked_fill(mask, NegativeInfinity);

    /// <summary>A number where a mask says so.</summary>
    public static Tensor Masked(this Tensor tensor, Tensor mask, double number) => With(number, scalar => tensor.masked_fill(mask, scalar));

    /// <summary>Each element, or a number where that is larger.</summary>
    public static Tensor AtLeast(this Tensor tensor, double number) => With(number, scalar => tensor.clamp_min(scalar));

    /// <summary>Whole numbers from a first one on, (count).</summary>
    public static Tensor Range(long first, long count, ScalarType type, Device device, long step = 1)
    {
        var numbers = new long[count];
        for (var i = 0; i < count; i++)
            numbers[i] = first + i * step;
        return tensor(numbers, dtype: type, device: device);
    }

    /// <summary>What is computed with a number, which is there until that is done; for what has no method here.</summary>
    public static Tensor With(double number, Func<TorchSharp.Scalar, Tensor> compute) => Held(number, compute);

    private static Tensor Held(TorchSharp.Scalar number, Func<TorchSharp.Scalar, Tensor> compute)
    {
        var result = compute(number);
        GC.KeepAlive(number);
        return result;
    }
}
