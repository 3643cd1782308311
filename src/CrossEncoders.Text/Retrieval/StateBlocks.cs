using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CrossEncoders.Retrieval;

/// <summary>
/// The token states of a passage as bytes: blocks of 16 tokens, each dimension by dimension, (blocks, width, 16), so that one query token
/// meets 16 passage tokens at once. The last token is repeated to fill the last block: a copy never changes a maximum, so no padding
/// counts.
/// </summary>
/// <param name="Width">Numbers a token.</param>
/// <param name="Storage">
/// The form of a number; with <see cref="StateStorage.Bits8"/> the 16 scales of a block stand before its numbers.
/// </param>
internal readonly record struct StateBlocks(int Width, StateStorage Storage)
{
    /// <summary>Tokens a block.</summary>
    public const int Tokens = 16;

    private const float SmallestNormal = 6.1035156e-5f; // 2^-14: below it halves lose digits and are slow to read

    /// <summary>Numbers a block.</summary>
    public int Numbers => Width * Tokens;

    /// <summary>Bytes a block.</summary>
    public int Bytes => Storage == StateStorage.Bits16 ? Numbers * 2 : Numbers + Tokens * sizeof(float);

    /// <summary>Bytes of a passage of a number of tokens.</summary>
    public int BytesOf(int tokens) => (tokens + Tokens - 1) / Tokens * Bytes;

    /// <summary>Some tokens of a text as blocks.</summary>
    public byte[] Pack(TokenStates states, int start, int count)
    {
        var bytes = new byte[BytesOf(count)];
        var numbers = new float[Numbers];
        for (var block = 0; block * Tokens < count; block++)
        {
            for (var lane = 0; lane < Tokens; lane++)
            {
                var token = states[start + Math.Min(block * Tokens + lane, count - 1)];
                for (var k = 0; k < Width; k++)
                    numbers[k * Tokens + lane] = token[k];
            }

            Write(numbers, bytes.AsSpan(block * Bytes, Bytes));
        }

        return bytes;
    }

    /// <summary>One block as 32-bit numbers, (width, 16).</summary>
    public void Unpack(ReadOnlySpan<byte> block, Span<float> numbers)
    {
        if (Storage == StateStorage.Bits16)
            ReadHalves(MemoryMarshal.Cast<byte, short>(block), numbers);
        else
            ReadBytes(MemoryMarshal.Cast<byte, float>(block[..(Tokens * sizeof(float))]), block[(Tokens * sizeof(float))..], numbers);
    }

    private void Write(ReadOnlySpan<float> numbers, Span<byte> block)
    {
        if (Storage == StateStorage.Bits16)
        {
            for (var i = 0; i < Numbers; i++)
                BinaryPrimitives.WriteHalfLittleEndian(block[(i * 2)..], (Half)(MathF.Abs(numbers[i]) < SmallestNormal ? 0 : numbers[i]));
            return;
        }

        for (var lane = 0; lane < Tokens; lane++)
        {
            var largest = 0f;
            for (var i = lane; i < Numbers; i += Tokens)
                largest = MathF.Max(largest, MathF.Abs(numbers[i]));
            var scale = largest == 0 ? 1 : largest / sbyte.MaxValue;
            BinaryPrimitives.WriteSingleLittleEndian(block[(lane * sizeof(float))..], scale);
            for (var i = lane; i < Numbers; i += Tokens)
                block[Tokens * sizeof(float) + i] = (byte)(sbyte)MathF.Round(numbers[i] / scale);
        }
    }

    /// <summary>Halves to floats by moving their bits; none is subnormal.</summary>
    private static void ReadHalves(ReadOnlySpan<short> halves, Span<float> numbers)
    {
        var signAndNumber = Vector256.Create(unchecked((int)0x8FFFE000)); // of a half that was widened and moved to a float's place
        var rebias = Vector256.Create(BitConverter.Int32BitsToSingle(0x77800000)); // 2^112 between the two exponents' biases
        ref var from = ref MemoryMarshal.GetReference(halves);
        ref var to = ref MemoryMarshal.GetReference(numbers);
        for (nuint i = 0; i < (nuint)halves.Length; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, i));
            (Vector256.AsSingle((low << 13) & signAndNumber) * rebias).StoreUnsafe(ref to, i);
            (Vector256.AsSingle((high << 13) & signAndNumber) * rebias).StoreUnsafe(ref to, i + 8);
        }
    }

    private static void ReadBytes(ReadOnlySpan<float> scales, ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        ref var from = ref MemoryMarshal.GetReference(bytes);
        ref var to = ref MemoryMarshal.GetReference(numbers);
        var (low, high) = (Vector256.Create(scales[..8]), Vector256.Create(scales[8..]));
        for (nuint i = 0; i < (nuint)bytes.Length; i += 16)
        {
            var (first, second) = Vector128.Widen(Vector128.LoadUnsafe(ref from, i).AsSByte());
            (Vector256.ConvertToSingle(Wide(first)) * low).StoreUnsafe(ref to, i);
            (Vector256.ConvertToSingle(Wide(second)) * high).StoreUnsafe(ref to, i + 8);
        }

        static Vector256<int> Wide(Vector128<short> numbers)
        {
            var (lower, upper) = Vector128.Widen(numbers);
            return Vector256.Create(lower, upper);
        }
    }
}
