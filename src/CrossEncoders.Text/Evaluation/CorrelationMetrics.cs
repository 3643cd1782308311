namespace CrossEncoders.Evaluation;

/// <summary>Correlation of two lists of numbers, from -1 to 1; 0 where one of them is constant (where scipy gives NaN).</summary>
public static class CorrelationMetrics
{
    /// <summary>Pearson's coefficient: how close the points lie to a line.</summary>
    public static double Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        RequirePairs(x.Count, y.Count);
        var (meanX, meanY) = (x.Average(), y.Average());
        var (xy, xx, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Count; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xy += dx * dy;
            xx += dx * dx;
            yy += dy * dy;
        }
        return xx == 0 || yy == 0 ? 0 : xy / Math.Sqrt(xx * yy);
    }

    /// <summary>Spearman's coefficient: Pearson's of the ranks, where equal values share the mean of their ranks.</summary>
    public static double Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>
    /// Kendall's τ-b: of all pairs of places, the share that both lists put in the same order less the share that they put in opposite
    /// ones, corrected for ties.
    /// </summary>
    public static double Kendall(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        RequirePairs(x.Count, y.Count);
        var (agreement, inX, inY) = (0L, 0L, 0L);
        for (var i = 1; i < x.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (signX, signY) = (x[i].CompareTo(x[j]), y[i].CompareTo(y[j]));
                agreement += signX * signY;
                inX += signX * signX;
                inY += signY * signY;
            }
        }

        return inX == 0 || inY == 0 ? 0 : agreement / Math.Sqrt((double)inX * inY);
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Count];
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && values[order[to]] == values[order[from]]; )
                to++;
            for (var i = from; i < to; i++)
                ranks[order[i]] = (from + to + 1) / 2.0;
        }
        return ranks;
    }

    internal static void RequirePairs(int first, int second)
    {
        if (first != second || first == 0)
            throw new CrossEncoderException($"A score and a label are needed for every example, but got {first} and {second}.");
    }
}
