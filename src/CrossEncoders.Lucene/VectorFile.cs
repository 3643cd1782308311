using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CrossEncoders.Files;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Lucene;

/// <summary>
/// Vectors in a file, one after another as 32-bit floats, mapped into memory: what a search reads stays in the system's cache as long as
/// there is room, and nothing of it is the program's.
/// </summary>
internal sealed class VectorFile(string path, int dimensions, long count) : IDisposable
{
    private const int BlockBytes = 4 << 20;

    private readonly MappedFile _file = new(path);
    private readonly int _rows = Math.Max(1, BlockBytes / (dimensions * sizeof(float))); // of a block

    /// <summary>
    /// The nearest vectors for each query by inner product, best first, ties in their order: every vector is compared, block by block, and
    /// each block with all queries while it is at hand.
    /// </summary>
    /// <param name="queries">Vectors of the same length.</param>
    /// <param name="topK">How many for each.</param>
    /// <param name="range">How many of the first vectors to compare with; null for all.</param>
    /// <param name="cancellation">Stops the search.</param>
    public (long Row, float Score)[][] Nearest(float[][] queries, int topK, long? range = null, CancellationToken cancellation = default)
    {
        var rows = Math.Min(range ?? count, count);
        var blocks = (int)((rows + _rows - 1) / _rows);
        var best = new (long Row, float Score)[queries.Length][];
        var gate = new Lock();
        Array.Fill(best, []);
        Parallel.For(0, blocks, new ParallelOptions { CancellationToken = cancellation }, block =>
        {
            var first = (long)block * _rows;
            var found = Best(queries, first, (int)Math.Min(_rows, rows - first), topK);
            lock (gate)
                for (var i = 0; i < queries.Length; i++)
                    best[i] = [.. best[i].Concat(found[i]).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row).Take(topK)];
        });
        return best;
    }

    /// <summary>Copies a vector.</summary>
    public float[] Row(long row)
    {
        var vector = new float[dimensions];
        _file.CopyTo(row * dimensions * sizeof(float), MemoryMarshal.AsBytes(vector.AsSpan()));
        return vector;
    }

    /// <summary>The inner product of a vector with a query.</summary>
    public float Score(float[] query, long row) =>
        _file.Read(row * dimensions * sizeof(float), dimensions * sizeof(float), bytes =>
            TensorPrimitives.Dot(query, MemoryMarshal.Cast<byte, float>(bytes))
        );

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private (long Row, float Score)[][] Best(float[][] queries, long first, int rows, int topK) =>
        _file.Read(first * dimensions * sizeof(float), rows * dimensions * sizeof(float), bytes =>
        {
            var block = MemoryMarshal.Cast<byte, float>(bytes);
            var best = new (long Row, float Score)[queries.Length][];
            var scores = new float[rows];
            for (var i = 0; i < queries.Length; i++)
            {
                for (var row = 0; row < rows; row++)
                    scores[row] = TensorPrimitives.Dot(queries[i], block.Slice(row * dimensions, dimensions));
                best[i] = Array.ConvertAll(TopK.Select(scores, topK), row => (first + row, scores[row]));
            }

            return best;
        });
}
