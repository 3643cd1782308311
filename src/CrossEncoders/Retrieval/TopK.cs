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
        // The worst of the kept is on top: a lower score, and of equal scores the later position.
        var kept = new PriorityQueue<int, (float Score, int Negated)>();
        for (var i = 0; i < scores.Length; i++)
        {
            if (!(scores[i] > floor))
                continue;
            if (kept.Count < count)
                kept.Enqueue(i, (scores[i], -i));
            else if (kept.TryPeek(out _, out var worst) && scores[i] > worst.Score)
                kept.EnqueueDequeue(i, (scores[i], -i));
        }
        var best = new int[kept.Count];
        for (var i = best.Length - 1; i >= 0; i--)
            best[i] = kept.Dequeue();
        return best;
    }
}
