using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CrossEncoders.Runtime;
using CrossEncoders.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Dropout as libtorch has it, but fast on a CPU, where libtorch draws every element for itself from a Mersenne twister.</summary>
/// <remarks>
/// Srivastava et al. 2014, "Dropout". Sixteen bits decide an element, so that the probability is met to 1/65536; the generator is
/// xorshift128+ (Vigna 2017) in four lanes, seeded from libtorch's, so that <c>manual_seed</c> governs it.
/// </remarks>
internal static class Dropping
{
    /// <summary>Zeroes elements with a probability and scales up the rest; the gradient likewise.</summary>
    public static Tensor Apply(Tensor states, double probability)
    {
        if (states.device.type != DeviceType.CPU || states.dtype is not (ScalarType.Float32 or ScalarType.BFloat16))
            return nn.functional.dropout(states, probability, training: true);
        using var noise = Noise(states.shape, states.dtype, probability);
        return states * noise;
    }

    /// <summary>
    /// Where this thread's seeds come from; null, the default, for libtorch's generator, which threads that compute side by side would
    /// draw from in turns that change.
    /// </summary>
    [ThreadStatic]
    public static Random? Draws;

    /// <summary>The next seed.</summary>
    public static ulong Seed()
    {
        if (Draws is { } draws)
            return (ulong)draws.NextInt64();
        using var drawn = randint(long.MaxValue, [1L]);
        return (ulong)drawn.item<long>();
    }

    /// <summary>Zeroes weights with a probability and scales up the rest.</summary>
    /// <param name="weights">Contiguous, bfloat16, on the CPU.</param>
    /// <param name="dropped">Where the result goes: of the same shape, or the weights themselves.</param>
    /// <param name="probability">The probability.</param>
    /// <param name="seed">Decides which are zeroed.</param>
    public static void Weights(Tensor weights, Tensor dropped, double probability, ulong seed)
    {
        if (probability == 0)
            return;
        var threshold = (ushort)Math.Round(probability * 65536);
        Fill(
            MemoryMarshal.Cast<byte, ushort>(weights.bytes),
            MemoryMarshal.Cast<byte, ushort>(dropped.bytes),
            threshold,
            (float)(1 / (1 - threshold / 65536.0)),
            new RandomBits(seed)
        );
        GC.KeepAlive((weights, dropped));
    }

    private static void Fill(ReadOnlySpan<ushort> weights, Span<ushort> dropped, ushort threshold, float scale, RandomBits bits)
    {
        var (limit, times) = (Vector256.Create(threshold), Vector512.Create(scale));
        var i = 0;
        for (; i + RowSoftmax.Block <= weights.Length; i += RowSoftmax.Block)
        {
            var kept = Vector512.Create(Vector256.GreaterThanOrEqual(bits.Next(), limit), Vector256.GreaterThanOrEqual(bits.Next(), limit));
            var (low, high) = RowSoftmax.Wide(Vector512.LoadUnsafe(in weights[i]));
            (Vector512.Narrow(RowSoftmax.Rounded(low * times), RowSoftmax.Rounded(high * times)) & kept).StoreUnsafe(ref dropped[i]);
        }

        for (Vector256<ushort> rest = default; i < weights.Length; i++)
        {
            if (i % 16 == 0)
                rest = bits.Next();
            var value = BitConverter.UInt32BitsToSingle((uint)weights[i] << 16) * scale;
            dropped[i] = rest[i % 16] >= threshold ? (ushort)RowSoftmax.Rounded(Vector512.CreateScalar(value))[0] : (ushort)0;
        }
    }

    /// <summary>0 with a probability, else what keeps the mean.</summary>
    private static Tensor Noise(long[] shape, ScalarType type, double probability)
    {
        var (noise, seed) = (empty(shape, type), Seed());
        var threshold = (ushort)Math.Round(probability * 65536);
        var scale = (float)(1 / (1 - threshold / 65536.0));
        TensorMemory.Visit(noise, (memory, offset) =>
        {
            var bits = new RandomBits(seed + (ulong)offset);
            if (type == ScalarType.Float32)
                Fill(MemoryMarshal.Cast<byte, uint>(memory), ref bits, threshold, BitConverter.SingleToUInt32Bits(scale));
            else
                Fill(MemoryMarshal.Cast<byte, ushort>(memory), ref bits, threshold, Rounded(scale));
        });
        return noise;
    }

    private static void Fill(Span<uint> noise, ref RandomBits bits, ushort threshold, uint scale)
    {
        var (limit, value) = (Vector256.Create((uint)threshold), Vector256.Create(scale));
        for (; noise.Length >= 16; noise = noise[16..])
        {
            var (lower, upper) = Vector256.Widen(bits.Next());
            (Vector256.GreaterThanOrEqual(lower, limit) & value).CopyTo(noise);
            (Vector256.GreaterThanOrEqual(upper, limit) & value).CopyTo(noise[8..]);
        }

        var rest = bits.Next();
        for (var i = 0; i < noise.Length; i++)
            noise[i] = rest[i] >= threshold ? scale : 0;
    }

    private static void Fill(Span<ushort> noise, ref RandomBits bits, ushort threshold, ushort scale)
    {
        var (limit, value) = (Vector256.Create(threshold), Vector256.Create(scale));
        for (; noise.Length >= 16; noise = noise[16..])
            (Vector256.GreaterThanOrEqual(bits.Next(), limit) & value).CopyTo(noise);
        var rest = bits.Next();
        for (var i = 0; i < noise.Length; i++)
            noise[i] = rest[i] >= threshold ? scale : (ushort)0;
    }

    /// <summary>The nearest bfloat16.</summary>
    private static ushort Rounded(float value) => (ushort)((BitConverter.SingleToUInt32Bits(value) + 0x8000) >> 16);
}
