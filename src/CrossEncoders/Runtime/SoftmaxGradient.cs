using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>The way back through <see cref="RowSoftmax"/>, in the place of the gradient.</summary>
internal static class SoftmaxGradient
{
    /// <summary>Gradients of the weights become those of the scores, in their place.</summary>
    /// <param name="weights">The softmax, (…, keys), contiguous, bfloat16, on the CPU.</param>
    /// <param name="dropped">The weights after dropout, of the same shape; the weights themselves without it.</param>
    /// <param name="gradient">The gradient by the weights after dropout, of the same shape.</param>
    /// <param name="scale">The factor of the scores.</param>
    public static unsafe void InPlace(Tensor weights, Tensor dropped, Tensor gradient, double scale)
    {
        var keys = (int)weights.size(-1);
        fixed (
            byte* one = weights.bytes,
                two = dropped.bytes,
                three = gradient.bytes
        )
        {
            var (first, second, third) = ((nint)one, (nint)two, (nint)three);
            RowSoftmax.Divided((int)(weights.numel() / keys), keys, (from, to) =>
                BackRows(first, second, third, from, to, keys, (float)scale)
            );
        }

        GC.KeepAlive((weights, dropped, gradient));
    }

    private static unsafe void BackRows(nint weights, nint dropped, nint gradient, int from, int to, int keys, float scale)
    {
        var row = new float[(Math.Max(keys, RowSoftmax.Block) + RowSoftmax.Register - 1) / RowSoftmax.Register * RowSoftmax.Register];
        var blocks = new ushort[3 * RowSoftmax.Block];
        for (var i = from; i < to; i++)
        {
            var at = (long)i * keys;
            if (keys < RowSoftmax.Block)
            {
                var result = new Span<ushort>((ushort*)gradient + at, keys);
                new Span<ushort>((ushort*)weights + at, keys).CopyTo(blocks);
                new Span<ushort>((ushort*)dropped + at, keys).CopyTo(blocks.AsSpan(RowSoftmax.Block));
                result.CopyTo(blocks.AsSpan(2 * RowSoftmax.Block));
                BackRow(ref blocks[0], ref blocks[RowSoftmax.Block], ref blocks[2 * RowSoftmax.Block], RowSoftmax.Block, row, scale);
                blocks.AsSpan(2 * RowSoftmax.Block, keys).CopyTo(result);
                continue;
            }

            BackRow(ref *((ushort*)weights + at), ref *((ushort*)dropped + at), ref *((ushort*)gradient + at), keys, row, scale);
        }
    }

    private static void BackRow(ref ushort weight, ref ushort dropped, ref ushort gradient, int keys, float[] row, float scale)
    {
        ref var number = ref MemoryMarshal.GetArrayDataReference(row);
        for (var i = 0; i < keys; i += RowSoftmax.Block)
        {
            var at = RowSoftmax.At(i, keys);
            var (low, high) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref dropped, at));
            var (left, right) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref gradient, at));
            (low * left).StoreUnsafe(ref number, at);
            (high * right).StoreUnsafe(ref number, at + RowSoftmax.Register);
        }

        var sum = Vector512<float>.Zero;
        for (var i = 0; i < row.Length; i += RowSoftmax.Register)
            sum += Vector512.LoadUnsafe(ref number, (nuint)i);
        var (mean, times) = (Vector512.Create(-Vector512.Sum(sum)), Vector512.Create(scale));
        for (var i = 0; i < keys; i += RowSoftmax.Block)
        {
            var at = RowSoftmax.At(i, keys);
            var (low, high) = RowSoftmax.Wide(Vector512.LoadUnsafe(ref weight, at));
            var left = Vector512.FusedMultiplyAdd(low, mean, Vector512.LoadUnsafe(ref number, at)) * times;
            var right = Vector512.FusedMultiplyAdd(high, mean, Vector512.LoadUnsafe(ref number, at + RowSoftmax.Register)) * times;
            Vector512.Narrow(RowSoftmax.Rounded(left), RowSoftmax.Rounded(right)).StoreUnsafe(ref gradient, at);
        }
    }
}
