namespace CrossEncoders.Training.Losses;

/// <summary>
/// <see cref="ListMLELoss"/> that cares more about the top of the list: place r of n weighs 2^(n-r) - 1, divided by the sum over the list.
/// Source: Lan et al. 2014, "Position-Aware ListMLE"; sentence-transformers <c>PListMLELoss</c>.
/// </summary>
/// <param name="respectInputOrder">
/// Whether the order of the examples in their group is the right one, instead of that of the labels.
/// </param>
/// <remarks>Needs groups; labels may be graded. A list of two passages is judged by the first place alone.</remarks>
/// <example><code>new CrossEncoderTrainer(model, arguments, new PListMLELoss())</code></example>
public sealed class PListMLELoss(bool respectInputOrder = false) : ListMLELoss(respectInputOrder)
{
    /// <inheritdoc/>
    public override string Name => "p-ListMLE" + Order;

    private protected override float[] Weights(IReadOnlyList<int> groups, long width)
    {
        var weights = new float[groups.Count * width];
        for (var group = 0; group < groups.Count; group++)
        {
            // All divided by 2^n, so that long lists do not overflow.
            double[] row = [.. Enumerable.Range(1, groups[group]).Select(rank => Math.Pow(2, -rank) - Math.Pow(2, -groups[group]))];
            var sum = row.Sum();
            for (var i = 0; i < row.Length && sum > 0; i++)
                weights[group * width + i] = (float)(row[i] / sum);
        }

        return weights;
    }
}
