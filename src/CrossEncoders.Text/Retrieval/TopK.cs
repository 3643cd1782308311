using System.Numerics;

namespace CrossEncoders.Retrieval;

/// <summary>Picks the best of many scores without sorting them all.</summary>
internal static class TopK
{
    /// <summary>
    /// The positions of the at most <paramref name="count"/> highest scores above a floor, best first; ties in their order.
    /// </summary>
    public static int[] Select(ReadOnlySpan<float> scores, int count, float floor = float.NegativeInfinity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0)
            return [];
        var kept = new PriorityQueue<int, long>(); // the worst of the kept is on top
        var threshold = floor; // what a score must exceed: the floor, later the worst of the kept
        for (var start = 0; start < scores.Length; start += Vector<float>.Count)
        {
            var length = Math.Min(Vector<float>.Count, scores.Length - start);
            if (length == Vector<float>.Count && !Vector.GreaterThanAny(new Vector<float>(scores[start..]), new Vector<float>(threshold)))
                continue;
            for (var i = start; i < start + length; i++)
            {
                if (!(scores[i] > threshold))
                    continue;
                if (kept.Count < count)
                    kept.Enqueue(i, Order(scores[i], i));
                else
                    kept.EnqueueDequeue(i, Order(scores[i], i));
                if (kept.Count == count)
                    threshold = scores[kept.Peek()];
            }
        }

        var best = new int[kept.Count];
        for (var i = best.Length - 1; i >= 0; i--)
            best[i] = kept.Dequeue();
        return best;
    }

    /// <summary>A number that orders first by the score and then against the position.</summary>
    private static long Order(float score, int position)
    {
        var bits = BitConverter.SingleToInt32Bits(score + 0f); // -0 becomes 0
        var ascending = bits < 0 ? int.MinValue - bits : bits; // as floats are ordered, as integers are
        return ((long)ascending << 32) | (uint)~position;
    }
}
