using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>Softmax of attention scores in bfloat16, in their place, on a CPU.</summary>
/// <remarks>
/// libtorch's own takes more than half of the time of a text's attention: unless a row is a multiple of its registers long, it computes the
/// row's last numbers one by one, and it returns a copy of a matrix that fills a core's cache alone.
/// </remarks>
internal static class RowSoftmax
{
    internal const int Register = 16; // numbers of fp32 in a register
    internal const int Block = 2 * Register; // numbers of bfloat16 in one
    private const int WorthDividing = 1 << 16; // numbers: some ten microseconds

    /// <summary>False to go without, for comparisons.</summary>
    public static bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether attention in bfloat16 on a CPU is trained by <see cref="SoftmaxGradient"/>: by a thread alone, which is done with a text
    /// before its scores have left the cache.
    /// </summary>
    public static bool Trains => Enabled && Vector512.IsHardwareAccelerated && get_num_threads() == 1;

    /// <summary>Whether <see cref="InPlace"/> takes scores of these queries: bfloat16 on a CPU, without gradients.</summary>
    public static bool Fits(Tensor queries, long keys) =>
        Enabled
        && Vector512.IsHardwareAccelerated
        && queries.dtype == ScalarType.BFloat16
        && queries.device.type == DeviceType.CPU
        && keys >= Block
        && !is_grad_enabled();

    /// <summary>Replaces each row of scores by the softmax of the row times a factor; sums and exponentials are in fp32.</summary>
    /// <param name="scores">(…, keys), contiguous, bfloat16, on the CPU.</param>
    /// <param name="scale">The factor, above 0.</param>
    public static unsafe void InPlace(Tensor scores, double scale)
    {
        var keys = (int)scores.size(-1);
        var factor = (float)(scale / Math.Log(2));
        fixed (byte* bytes = scores.bytes)
        {
            var first = (nint)bytes;
            Divided((int)(scores.numel() / keys), keys, (from, to) => Rows(first, from, to, keys, factor));
        }

        GC.KeepAlive(scores);
    }

    /// <summary>Divides rows between the threads, where there is enough to do for more than one.</summary>
    internal static void Divided(int rows, int width, Action<int, int> compute)
    {
        var threads = (long)rows * width < WorthDividing ? 1 : Math.Min(get_num_threads(), rows);
        int Begin(int thread) => (int)((long)rows * thread / threads);
        if (threads <= 1)
            compute(0, rows);
        else
            Parallel.For(0, threads, thread => compute(Begin(thread), Begin(thread + 1)));
    }

    /// <summary>Where a row's block is: the last one first; it ends with the row and begins within the block before it.</summary>
    internal static nuint At(int i, int keys) => (nuint)(i == 0 ? keys - Block : i - Block);

    /// <summary>bfloat16 to fp32.</summary>
    internal static (Vector512<float> Low, Vector512<float> High) Wide(Vector512<ushort> numbers)
    {
        var (low, high) = Vector512.Widen(numbers);
        return ((low << 16).AsSingle(), (high << 16).AsSingle());
    }

    private static unsafe void Rows(nint first, int from, int to, int keys, float factor)
    {
        var row = new float[(keys + Register - 1) / Register * Register];
        row.AsSpan(keys).Fill(float.NegativeInfinity);
        if (keys < Block)
        {
            ShortRows(first, from, to, keys, factor);
            return;
        }

        for (var i = from; i < to; i++)
            Row(ref *((ushort*)first + (long)i * keys), keys, row, factor);
    }

    /// <summary>Rows of less than a block, each in a block of its own.</summary>
    private static unsafe void ShortRows(nint first, int from, int to, int keys, float factor)
    {
        var (block, row) = (new ushort[Block], new float[Block]);
        for (var i = from; i < to; i++)
        {
            var numbers = new Span<ushort>((ushort*)first + (long)i * keys, keys);
            numbers.CopyTo(block);
            block.AsSpan(keys).Fill(0xFF80); // minus infinity
            Row(ref block[0], Block, row, factor);
            block.AsSpan(0, keys).CopyTo(numbers);
        }
    }

    /// <summary>One row.</summary>
    private static void Row(ref ushort score, int keys, float[] row, float factor)
    {
        ref var number = ref MemoryMarshal.GetArrayDataReference(row);
        var highest = Vector512.Create(float.NegativeInfinity);
        for (var i = 0; i < keys; i += Block)
        {
            var at = At(i, keys);
            var (left, right) = Wide(Vector512.LoadUnsafe(ref score, at));
            left.StoreUnsafe(ref number, at);
            right.StoreUnsafe(ref number, at + Register);
            highest = Vector512.MaxNative(highest, Vector512.MaxNative(left, right));
        }

        var times = Vector512.Create(factor);
        var most = Vector512.Create(-factor * Highest(highest));
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < row.Length; i += Register)
        {
            var power = PowerOfTwo(Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref number, (nuint)i), times, most));
            power.StoreUnsafe(ref number, (nuint)i);
            sum += power;
        }

        for (var i = keys; i < row.Length; i++)
            row[i] = float.NegativeInfinity;
        var share = Vector512.Create(1 / Vector512.Sum(sum));
        for (var i = 0; i < keys; i += Block)
        {
            var at = At(i, keys);
            var left = Vector512.LoadUnsafe(ref number, at) * share;
            var right = Vector512.LoadUnsafe(ref number, at + Register) * share;
            Narrow(left, right).StoreUnsafe(ref score, at);
        }
    }

    internal static float Highest(Vector512<float> numbers)
    {
        var four = Vector256.MaxNative(numbers.GetLower(), numbers.GetUpper());
        var two = Vector128.MaxNative(four.GetLower(), four.GetUpper());
        return MathF.Max(MathF.Max(two[0], two[1]), MathF.Max(two[2], two[3]));
    }

    /// <summary>2 to the power of numbers of at most 0; 0 below the smallest normal number.</summary>
    internal static Vector512<float> PowerOfTwo(Vector512<float> x)
    {
        var nearest = Vector512.Round(x);
        var rest = x - nearest; // from −1/2 to 1/2, where the series of exp(rest × ln 2) is exact to 4e-5
        var power = Vector512.Create(0.009618129f);
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512.Create(0.05550411f));
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512.Create(0.2402265f));
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512.Create(0.6931472f));
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512<float>.One);
        var exponent = (Vector512.ConvertToInt32Native(nearest) + Vector512.Create(127)) << 23;
        var isTiny = Vector512.LessThan(x, Vector512.Create(-126f));
        return Vector512.ConditionalSelect(isTiny, Vector512<float>.Zero, power * exponent.AsSingle());
    }

    /// <summary>fp32 to bfloat16.</summary>
    internal static Vector512<ushort> Narrow(Vector512<float> low, Vector512<float> high) => Vector512.Narrow(Rounded(low), Rounded(high));

    /// <summary>The upper halves, rounded to the nearest, ties to even.</summary>
    internal static Vector512<uint> Rounded(Vector512<float> numbers)
    {
        var bits = numbers.AsUInt32();
        return (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
    }
}
