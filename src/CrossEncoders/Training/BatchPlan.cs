using CrossEncoders.Datasets;

namespace CrossEncoders.Training;

/// <summary>Which examples share a micro-batch in an epoch: a pure function of seed and epoch, so that a resumed training sees the same.</summary>
internal static class BatchPlan
{
    private const int BatchesSortedTogether = 32;

    /// <summary>The micro-batches of an epoch as indices of examples; groups stay whole and together where they are compared.</summary>
    /// <param name="units">Indices that must share a batch: single examples, or groups.</param>
    /// <param name="lengths">Tokens of each example.</param>
    /// <param name="arguments">Batch size, shuffling, seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public static List<int[][]> ForEpoch(IReadOnlyList<int[]> units, IReadOnlyList<int> lengths, TrainingArguments arguments, int epoch)
    {
        var order = units.ToArray();
        var random = new Random(unchecked(arguments.Seed * 1_000_003 + epoch));
        if (arguments.Shuffle) random.Shuffle(order);
        if (!arguments.GroupByLength) return Cut(order, arguments.BatchSize);
        var batches = new List<int[][]>();
        foreach (var window in order.Chunk(Math.Max(1, arguments.BatchSize * BatchesSortedTogether / order[0].Length)))
            batches.AddRange(Cut([.. window.OrderBy(unit => unit.Max(i => lengths[i]))], arguments.BatchSize));
        var mixed = batches.ToArray();
        if (arguments.Shuffle) random.Shuffle(mixed);
        return [.. mixed];
    }

    /// <summary>The units of a training: the examples of each group, or each example alone.</summary>
    public static IReadOnlyList<int[]> Units(IReadOnlyList<InputExample> examples, bool byGroup) => byGroup
        ? [.. Enumerable.Range(0, examples.Count).GroupBy(i => (examples[i].Group, Alone: examples[i].Group is null ? i : -1)).Select(group => group.ToArray())]
        : [.. Enumerable.Range(0, examples.Count).Select(i => new[] { i })];

    private static List<int[][]> Cut(IReadOnlyList<int[]> units, int batchSize)
    {
        var batches = new List<int[][]>();
        var batch = new List<int[]>();
        var size = 0;
        foreach (var unit in units)
        {
            if (batch.Count > 0 && size + unit.Length > batchSize)
            {
                batches.Add([.. batch]);
                batch.Clear();
                size = 0;
            }

            batch.Add(unit);
            size += unit.Length;
        }

        if (batch.Count > 0) batches.Add([.. batch]);
        return batches;
    }
}
