using CrossEncoders.Chunking;
using CrossEncoders.Examples;

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
        if (arguments.Shuffle)
            random.Shuffle(order);
        if (!arguments.GroupByLength)
            return Cut(order, lengths, arguments);
        var batches = new List<int[][]>();
        var perBatch = arguments.TokenBudget is { } budget ? (int)Math.Max(1, budget / lengths.Average()) : arguments.BatchSize;
        foreach (var window in order.Chunk(Math.Max(1, perBatch * BatchesSortedTogether / order[0].Length)))
            batches.AddRange(Cut([.. window.OrderBy(unit => unit.Max(i => lengths[i]))], lengths, arguments));
        var mixed = batches.ToArray();
        if (arguments.Shuffle)
            random.Shuffle(mixed);
        return [.. mixed];
    }

    /// <summary>The units of a training: the examples of each group, or each example alone.</summary>
    public static IReadOnlyList<int[]> Units(IReadOnlyList<InputExample> examples, bool byGroup) =>
        byGroup
            ?
            [
                .. Enumerable
                    .Range(0, examples.Count)
                    .GroupBy(i => (examples[i].Group, Alone: examples[i].Group is null ? i : -1))
                    .Select(group => group.ToArray()),
            ]
            : [.. Enumerable.Range(0, examples.Count).Select(i => new[] { i })];

    /// <summary>Units in their order into batches of at most so many examples, or so many tokens; a unit larger than that is a batch of its own.</summary>
    private static List<int[][]> Cut(IReadOnlyList<int[]> units, IReadOnlyList<int> lengths, TrainingArguments arguments)
    {
        var batches = new List<int[][]>();
        var batch = new List<int[]>();
        var (size, width) = (0, 0);
        foreach (var unit in units)
        {
            var wider = Math.Max(width, unit.Max(i => lengths[i]));
            var fits = arguments.TokenBudget is { } budget
                ? (size + unit.Length) * wider <= budget
                : size + unit.Length <= arguments.BatchSize;
            if (batch.Count > 0 && !fits)
            {
                batches.Add([.. batch]);
                batch.Clear();
                (size, wider) = (0, unit.Max(i => lengths[i]));
            }

            batch.Add(unit);
            (size, width) = (size + unit.Length, wider);
        }

        if (batch.Count > 0)
            batches.Add([.. batch]);
        return batches;
    }
}
