using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CrossEncoders.Retrieval;

/// <summary>
/// A query that is compared with passages: its token states in tiles of eight, each dimension by dimension, (tiles, width, 8). The last
/// token is repeated to fill the last tile, and the copies are not counted.
/// </summary>
internal sealed class MaxSimQuery
{
    private const int Tile = 8;
    private const int Lanes = StateBlocks.Tokens;

    private readonly float[] _tiles;
    private readonly int _width;
    private readonly int _count;
    private readonly MaxSim _score;

    /// <summary>Takes the tokens of a query that count.</summary>
    public MaxSimQuery(TokenStates states, MaxSim score)
    {
        var (start, count) = score == MaxSim.MeanOfOwnTokens ? (states.OwnStart, states.OwnCount) : (0, states.Count);
        (_width, _count, _score) = (states.Width, count, score);
        _tiles = new float[Tiles * Tile * _width];
        for (var token = 0; token < Tiles * Tile; token++)
        {
            var state = states[start + Math.Min(token, count - 1)];
            var tile = _tiles.AsSpan(token / Tile * Tile * _width);
            for (var k = 0; k < _width; k++)
                tile[k * Tile + token % Tile] = state[k];
        }
    }

    /// <summary>Numbers of working memory that <see cref="Score"/> needs.</summary>
    public int Scratch => Lanes * (_width + Tile * Tiles);

    private int Tiles => (_count + Tile - 1) / Tile;

    /// <summary>
    /// The score of a passage of one token or more. A passage without any counts as if all its similarities were -1, the lowest there is; a
    /// query without any gives 0 throughout.
    /// </summary>
    /// <param name="passage">Its blocks; empty where it has no token.</param>
    /// <param name="layout">The form of the blocks.</param>
    /// <param name="scratch">At least <see cref="Scratch"/> numbers, overwritten.</param>
    public float Score(ReadOnlySpan<byte> passage, StateBlocks layout, Span<float> scratch)
    {
        if (_count == 0)
            return 0;
        var block = scratch[..layout.Numbers];
        var best = scratch.Slice(layout.Numbers, Lanes * Tile * Tiles); // (query tokens, 16)
        best.Fill(passage.IsEmpty ? -1 : float.NegativeInfinity);
        for (; !passage.IsEmpty; passage = passage[layout.Bytes..])
        {
            layout.Unpack(passage[..layout.Bytes], block);
            for (var tile = 0; tile < Tiles; tile++)
                Raise(
                    ref MemoryMarshal.GetReference(block),
                    ref _tiles[tile * Tile * _width],
                    (nuint)_width,
                    ref best[tile * Tile * Lanes]
                );
        }

        var sum = 0f;
        for (var token = 0; token < _count; token++)
            sum += TensorPrimitives.Max<float>(best.Slice(token * Lanes, Lanes));
        return _score == MaxSim.SumOfAllTokens ? sum : sum / _count;
    }

    /// <summary>Raises the best of eight query tokens, 16 lanes each, to their inner products with the 16 tokens of a block.</summary>
    private static void Raise(ref float block, ref float tile, nuint width, ref float best)
    {
        if (Vector512.IsHardwareAccelerated)
            RaiseAtOnce(ref block, ref tile, width, ref best);
        else
            for (nuint half = 0; half < Tile; half += 4)
                RaiseFour(ref block, ref Unsafe.Add(ref tile, half), width, ref Unsafe.Add(ref best, half * Lanes));
    }

    private static void RaiseAtOnce(ref float block, ref float tile, nuint width, ref float best)
    {
        var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (e, f, g, h) = (a, b, c, d);
        for (nuint k = 0; k < width; k++)
        {
            var lanes = Vector512.LoadUnsafe(ref block, k * Lanes);
            ref var token = ref Unsafe.Add(ref tile, k * Tile);
            a = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(token), a);
            b = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(Unsafe.Add(ref token, 1)), b);
            c = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(Unsafe.Add(ref token, 2)), c);
            d = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(Unsafe.Add(ref token, 3)), d);
            e = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(Unsafe.Add(ref token, 4)), e);
            f = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(Unsafe.Add(ref token, 5)), f);
            g = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(Unsafe.Add(ref token, 6)), g);
            h = Vector512.MultiplyAddEstimate(lanes, Vector512.Create(Unsafe.Add(ref token, 7)), h);
        }

        Keep(ref best, 0, a);
        Keep(ref best, 1, b);
        Keep(ref best, 2, c);
        Keep(ref best, 3, d);
        Keep(ref best, 4, e);
        Keep(ref best, 5, f);
        Keep(ref best, 6, g);
        Keep(ref best, 7, h);

        static void Keep(ref float best, nuint token, Vector512<float> products) =>
            Vector512.Max(Vector512.LoadUnsafe(ref best, token * Lanes), products).StoreUnsafe(ref best, token * Lanes);
    }

    /// <summary>The same for four query tokens, with the registers that every processor has.</summary>
    private static void RaiseFour(ref float block, ref float tile, nuint width, ref float best)
    {
        var (a0, a1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (b0, b1) = (a0, a1);
        var (c0, c1) = (a0, a1);
        var (d0, d1) = (a0, a1);
        for (nuint k = 0; k < width; k++)
        {
            var first = Vector256.LoadUnsafe(ref block, k * Lanes);
            var second = Vector256.LoadUnsafe(ref block, k * Lanes + 8);
            ref var token = ref Unsafe.Add(ref tile, k * Tile);
            var number = Vector256.Create(token);
            a0 = Vector256.MultiplyAddEstimate(first, number, a0);
            a1 = Vector256.MultiplyAddEstimate(second, number, a1);
            number = Vector256.Create(Unsafe.Add(ref token, 1));
            b0 = Vector256.MultiplyAddEstimate(first, number, b0);
            b1 = Vector256.MultiplyAddEstimate(second, number, b1);
            number = Vector256.Create(Unsafe.Add(ref token, 2));
            c0 = Vector256.MultiplyAddEstimate(first, number, c0);
            c1 = Vector256.MultiplyAddEstimate(second, number, c1);
            number = Vector256.Create(Unsafe.Add(ref token, 3));
            d0 = Vector256.MultiplyAddEstimate(first, number, d0);
            d1 = Vector256.MultiplyAddEstimate(second, number, d1);
        }

        Keep(ref best, 0, a0, a1);
        Keep(ref best, 1, b0, b1);
        Keep(ref best, 2, c0, c1);
        Keep(ref best, 3, d0, d1);

        static void Keep(ref float best, nuint token, Vector256<float> first, Vector256<float> second)
        {
            Vector256.Max(Vector256.LoadUnsafe(ref best, token * Lanes), first).StoreUnsafe(ref best, token * Lanes);
            Vector256.Max(Vector256.LoadUnsafe(ref best, token * Lanes + 8), second).StoreUnsafe(ref best, token * Lanes + 8);
        }
    }
}
