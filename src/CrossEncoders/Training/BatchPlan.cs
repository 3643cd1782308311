using CrossEncoders.Chunking;
using CrossEncoders.Examples;

namespace CrossEncoders.Training;

/// <summary>
/// Which examples share a micro-batch in an epoch: a pure function of seed and epoch, so that a resumed training sees the same.
/// </summary>
internal static class BatchPlan
{
    private const int BatchesSortedTogether = 32;

    /// <summary>The micro-batches of an epoch; groups stay whole and together where they are compared.</summary>
    /// <param name="units">Examples that must share a batch: single ones, or groups.</param>
    /// <param name="lengths">Tokens of each example.</param>
    /// <param name="arguments">Batch size, shuffling, seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public static IReadOnlyList<MicroBatch> ForEpoch(
        IReadOnlyList<int[]> units,
        IReadOnlyList<int> lengths,
        TrainingArguments arguments,
        int epoch
    )
    {
        var order = units.ToArray();
        var random = new Random(unchecked(arguments.Seed * 1_000_003 + epoch));
        if (arguments.Shuffle)
            random.Shuffle(order);
        if (!arguments.GroupByLength)
            return Cut(order, lengths, arguments);
        var batches = new List<MicroBatch>();
        var perBatch = arguments.TokenBudget is { } budget ? (int)Math.Max(1, budget / lengths.Average()) : arguments.BatchSize;
        var window = Math.Clamp((long)perBatch * BatchesSortedTogether / order[0].Length, 1, order.Length);
        foreach (var near in order.Chunk((int)window))
            batches.AddRange(Cut([.. near.OrderBy(unit => unit.Max(row => lengths[row]))], lengths, arguments));
        var mixed = batches.ToArray();
        if (arguments.Shuffle)
            random.Shuffle(mixed);
        return mixed;
    }

    /// <summary>The units of a training: the examples of each group, or each example alone.</summary>
    public static IReadOnlyList<int[]> Units(IReadOnlyList<InputExample> examples, bool byGroup) =>
        byGroup
            ?
            [
                .. Enumerable
                    .Range(0, examples.Count)
                    .GroupBy(row => (examples[row].Group, Alone: examples[row].Group is null ? row : -1))
                    .Select(group => group.ToArray()),
            ]
            : [.. Enumerable.Range(0, examples.Count).Select(row => new[] { row })];

    /// <summary>
    /// Units in their order into batches of at most a number of examples, or of tokens; a unit larger than that is a batch of its own.
    /// </summary>
    private static List<MicroBatch> Cut(IReadOnlyList<int[]> units, IReadOnlyList<int> lengths, TrainingArguments arguments)
    {
        var batches = new List<MicroBatch>();
        var batch = new List<int[]>();
        var (size, width) = (0L, 0);
        foreach (var unit in units)
        {
            var wider = Math.Max(width, unit.Max(row => lengths[row]));
            var fits = arguments.TokenBudget is { } budget
                ? (size + unit.Length) * wider <= budget
                : size + unit.Length <= arguments.BatchSize;
            if (batch.Count > 0 && !fits)
            {
                batches.Add(MicroBatch.Of(batch));
                batch.Clear();
                (size, wider) = (0, unit.Max(row => lengths[row]));
            }

            batch.Add(unit);
            (size, width) = (size + unit.Length, wider);
        }

        if (batch.Count > 0)
            batches.Add(MicroBatch.Of(batch));
        return batches;
    }
}
