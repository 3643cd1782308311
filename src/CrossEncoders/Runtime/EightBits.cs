using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>States in bfloat16 to 8 bits, a scale for each row, and what follows their product, on a CPU.</summary>
internal static class EightBits
{
    /// <summary>What 0 is.</summary>
    public const int Middle = 128;

    /// <summary>Rows must be a multiple of these long.</summary>
    public const int Block = RowSoftmax.Block;

    /// <summary>The farthest a number is from <see cref="Middle"/>.</summary>
    public const float Most = 127;

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    /// <summary>
    /// Each row to whole numbers from 1 to 255, 128 for 0; a row is (whole − 128) × its factor, which is NaN where not all are finite.
    /// </summary>
    /// <param name="states">(…, width), contiguous, bfloat16, on the CPU.</param>
    public static unsafe (Tensor Whole, float[] Factors) Of(Tensor states)
    {
        var width = (int)states.size(-1);
        var whole = empty(states.shape, ScalarType.Byte);
        var factors = new float[states.numel() / width];
        fixed (
            byte* source = states.bytes,
                target = whole.bytes
        )
        {
            var (from, to) = ((nint)source, (nint)target);
            RowSoftmax.Divided(factors.Length, width, (first, end) =>
            {
                for (var row = first; row < end; row++)
                    factors[row] = Whole(ref *((ushort*)from + (long)row * width), ref *((byte*)to + (long)row * width), width);
            });
        }

        GC.KeepAlive(states);
        return (whole, factors);
    }

    /// <summary>Each row of a product times its factor, plus the bias, activated by GELU or plus another, in place.</summary>
    /// <param name="product">(…, width), contiguous, bfloat16, on the CPU.</param>
    /// <param name="factors">One for each row.</param>
    /// <param name="bias">(width), bfloat16, or null.</param>
    /// <param name="other">Of the product's shape, contiguous, bfloat16, or null.</param>
    /// <param name="isActivated">Whether GELU follows.</param>
    public static unsafe void Finish(Tensor product, float[] factors, Tensor? bias, Tensor? other, bool isActivated)
    {
        var width = (int)product.size(-1);
        var summand = new float[width];
        if (bias is not null)
        {
            using var wide = bias.to_type(ScalarType.Float32);
            wide.data<float>().CopyTo(summand);
        }

        fixed (
            byte* numbers = product.bytes,
                added = other is null ? default : other.bytes
        )
        {
            var (all, more) = ((nint)numbers, (nint)added);
            RowSoftmax.Divided(factors.Length, width, (first, end) =>
            {
                for (var row = first; row < end; row++)
                {
                    ref var number = ref *((ushort*)all + (long)row * width);
                    if (more != 0)
                        Plus(ref number, factors[row], summand, ref *((ushort*)more + (long)row * width));
                    else if (isActivated)
                        Activated(ref number, factors[row], summand);
                    else
                        Scaled(ref number, factors[row], summand);
                }
            });
        }

        GC.KeepAlive((product, other));
    }

    private static float Whole(ref ushort source, ref byte target, int width)
    {
        var (highest, faulty) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i < width; i += Block)
        {
            var (left, right) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref source, (nuint)i));
            highest = Vector512.MaxNative(highest, Vector512.MaxNative(Vector512.Abs(left), Vector512.Abs(right)));
            faulty += left - left + (right - right); // 0, or NaN
        }

        var most = RowSoftmax.Highest(highest) + Vector512.Sum(faulty);
        var times = Vector512.Create(most > 0 ? Most / most : 0);
        var middle = Vector512.Create(Middle);
        for (var i = 0; i < width; i += Block)
        {
            var (left, right) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref source, (nuint)i));
            var low = Vector512.ConvertToInt32Native(Vector512.Round(left * times)) + middle;
            var high = Vector512.ConvertToInt32Native(Vector512.Round(right * times)) + middle;
            var pair = Vector512.Narrow(low.AsUInt32(), high.AsUInt32());
            Vector256.Narrow(pair.GetLower(), pair.GetUpper()).StoreUnsafe(ref target, (nuint)i);
        }

        return most / Most;
    }

    private static void Scaled(ref ushort number, float factor, float[] summand)
    {
        ref var bias = ref MemoryMarshal.GetArrayDataReference(summand);
        var times = Vector512.Create(factor);
        for (nuint i = 0; i < (nuint)summand.Length; i += Block)
        {
            var (left, right) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref number, i));
            left = Vector512.FusedMultiplyAdd(left, times, Vector512.LoadUnsafe(ref bias, i));
            right = Vector512.FusedMultiplyAdd(right, times, Vector512.LoadUnsafe(ref bias, i + RowSoftmax.Register));
            RowSoftmax.Narrow(left, right).StoreUnsafe(ref number, i);
        }
    }

    private static void Plus(ref ushort number, float factor, float[] summand, ref ushort other)
    {
        ref var bias = ref MemoryMarshal.GetArrayDataReference(summand);
        var times = Vector512.Create(factor);
        for (nuint i = 0; i < (nuint)summand.Length; i += Block)
        {
            var (left, right) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref number, i));
            var (first, second) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref other, i));
            left = Vector512.FusedMultiplyAdd(left, times, first + Vector512.LoadUnsafe(ref bias, i));
            right = Vector512.FusedMultiplyAdd(right, times, second + Vector512.LoadUnsafe(ref bias, i + RowSoftmax.Register));
            RowSoftmax.Narrow(left, right).StoreUnsafe(ref number, i);
        }
    }

    private static void Activated(ref ushort number, float factor, float[] summand)
    {
        ref var bias = ref MemoryMarshal.GetArrayDataReference(summand);
        var times = Vector512.Create(factor);
        for (nuint i = 0; i < (nuint)summand.Length; i += Block)
        {
            var (left, right) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref number, i));
            left = Gelu(Vector512.FusedMultiplyAdd(left, times, Vector512.LoadUnsafe(ref bias, i)));
            right = Gelu(Vector512.FusedMultiplyAdd(right, times, Vector512.LoadUnsafe(ref bias, i + RowSoftmax.Register)));
            RowSoftmax.Narrow(left, right).StoreUnsafe(ref number, i);
        }
    }

    /// <summary>x Φ(x), with Φ's tail by formula 7.1.26 of Abramowitz and Stegun, exact to 1e-4 of the number.</summary>
    private static Vector512<float> Gelu(Vector512<float> x)
    {
        const float HalfLogE = 0.7213475f; // log2(e) / 2
        var t =
            Vector512<float>.One
            / Vector512.FusedMultiplyAdd(Vector512.Abs(x), Vector512.Create(0.3275911f * 0.70710678f), Vector512<float>.One);
        var series = Vector512.Create(1.061405429f / 2);
        series = Vector512.FusedMultiplyAdd(series, t, Vector512.Create(-1.453152027f / 2));
        series = Vector512.FusedMultiplyAdd(series, t, Vector512.Create(1.421413741f / 2));
        series = Vector512.FusedMultiplyAdd(series, t, Vector512.Create(-0.284496736f / 2));
        series = Vector512.FusedMultiplyAdd(series, t, Vector512.Create(0.254829592f / 2));
        var tail = series * t * RowSoftmax.PowerOfTwo(x * x * Vector512.Create(-HalfLogE));
        // Above 0 it is x − x × tail, below x × tail.
        return Vector512.MaxNative(x, Vector512<float>.Zero) - Vector512.Abs(x) * tail;
    }
}
