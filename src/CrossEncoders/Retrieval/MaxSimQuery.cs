using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CrossEncoders.Retrieval;

/// <summary>
/// A query that is compared with passages: its token states in tiles of four, each dimension by dimension, (tiles, width, 4). The last token
/// is repeated to fill the last tile, and the copies are not counted.
/// </summary>
internal sealed class MaxSimQuery
{
    private const int Tile = 4;

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
    public int Scratch => StateBlocks.Tokens * _width + 8 * Tile * Tiles;

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
        var best = MemoryMarshal.Cast<float, Vector256<float>>(scratch.Slice(layout.Numbers, 8 * Tile * Tiles));
        best.Fill(Vector256.Create(passage.IsEmpty ? -1f : float.NegativeInfinity));
        for (; !passage.IsEmpty; passage = passage[layout.Bytes..])
        {
            layout.Unpack(passage[..layout.Bytes], block);
            for (var tile = 0; tile < Tiles; tile++)
                Raise(
                    ref MemoryMarshal.GetReference(block),
                    ref _tiles[tile * Tile * _width],
                    (nuint)_width,
                    best.Slice(tile * Tile, Tile)
                );
        }

        var sum = 0f;
        foreach (var lanes in best[.._count])
        {
            var largest = lanes[0];
            for (var lane = 1; lane < 8; lane++)
                largest = MathF.Max(largest, lanes[lane]);
            sum += largest;
        }

        return _score == MaxSim.MeanOfOwnTokens ? sum / _count : sum;
    }

    /// <summary>Raises the best of four query tokens, eight lanes each, to their inner products with the 16 tokens of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Raise(ref float block, ref float tile, nuint width, Span<Vector256<float>> best)
    {
        var (a0, a1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (b0, b1) = (a0, a1);
        var (c0, c1) = (a0, a1);
        var (d0, d1) = (a0, a1);
        for (nuint k = 0; k < width; k++)
        {
            var first = Vector256.LoadUnsafe(ref block, k * 16);
            var second = Vector256.LoadUnsafe(ref block, k * 16 + 8);
            var token = Vector256.Create(Unsafe.Add(ref tile, k * Tile));
            a0 = Vector256.MultiplyAddEstimate(first, token, a0);
            a1 = Vector256.MultiplyAddEstimate(second, token, a1);
            token = Vector256.Create(Unsafe.Add(ref tile, k * Tile + 1));
            b0 = Vector256.MultiplyAddEstimate(first, token, b0);
            b1 = Vector256.MultiplyAddEstimate(second, token, b1);
            token = Vector256.Create(Unsafe.Add(ref tile, k * Tile + 2));
            c0 = Vector256.MultiplyAddEstimate(first, token, c0);
            c1 = Vector256.MultiplyAddEstimate(second, token, c1);
            token = Vector256.Create(Unsafe.Add(ref tile, k * Tile + 3));
            d0 = Vector256.MultiplyAddEstimate(first, token, d0);
            d1 = Vector256.MultiplyAddEstimate(second, token, d1);
        }

        best[0] = Vector256.Max(best[0], Vector256.Max(a0, a1));
        best[1] = Vector256.Max(best[1], Vector256.Max(b0, b1));
        best[2] = Vector256.Max(best[2], Vector256.Max(c0, c1));
        best[3] = Vector256.Max(best[3], Vector256.Max(d0, d1));
    }
}
