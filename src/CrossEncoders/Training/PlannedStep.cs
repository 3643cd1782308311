namespace CrossEncoders.Training;

/// <summary>Examples that are read together.</summary>
/// <param name="Rows">Positions of the examples in the training set, group after group.</param>
/// <param name="Groups">Sizes of the groups in their order; ones where examples are not compared.</param>
internal sealed record MicroBatch(int[] Rows, int[] Groups)
{
    /// <summary>A micro-batch of units: the examples of a group each, or single examples.</summary>
    public static MicroBatch Of(IReadOnlyCollection<int[]> units) =>
        new([.. units.SelectMany(unit => unit)], [.. units.Select(unit => unit.Length)]);
}

/// <summary>What one optimizer step reads: micro-batches whose gradients are averaged.</summary>
/// <param name="Batches">The micro-batches.</param>
/// <param name="ByExamples">Whether a micro-batch weighs as its examples; otherwise all weigh alike, as in sentence-transformers.</param>
internal sealed record PlannedStep(MicroBatch[] Batches, bool ByExamples)
{
    private readonly int _examples = Batches.Sum(batch => batch.Rows.Length);

    /// <summary>The weight of one of the micro-batches; all of them make 1.</summary>
    public double WeightOf(MicroBatch batch) => ByExamples ? (double)batch.Rows.Length / _examples : 1.0 / Batches.Length;
}
