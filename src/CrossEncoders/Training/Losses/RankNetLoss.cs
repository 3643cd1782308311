namespace CrossEncoders.Training.Losses;

/// <summary>
/// The chance that of two passages of a query the one with the higher label scores higher, as a binary logarithm, over all such pairs.
/// Source: Burges et al. 2005, "Learning to Rank using Gradient Descent"; sentence-transformers <c>RankNetLoss</c>.
/// </summary>
/// <param name="k">Only pairs with a passage in the first k places of the present ranking count; null for all.</param>
/// <param name="sigma">Steepness of the sigmoid of a score difference.</param>
/// <remarks>Needs groups; labels may be anything that can be ordered, such as grades or a teacher's logits.</remarks>
/// <example><code>new CrossEncoderTrainer(model, arguments, new RankNetLoss())</code></example>
public sealed class RankNetLoss(int? k = null, double sigma = 1) : LambdaLoss(new NoWeightingScheme(), k, sigma)
{
    /// <inheritdoc/>
    public override string Name => "RankNet" + Settings;
}
