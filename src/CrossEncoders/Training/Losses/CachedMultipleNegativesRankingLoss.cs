namespace CrossEncoders.Training.Losses;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> for large batches in small memory: pairs are read in mini-batches, and the gradient is the
/// same. Source: Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup"; sentence-transformers
/// <c>CachedMultipleNegativesRankingLoss</c>.
/// </summary>
/// <remarks>
/// Needs what <see cref="MultipleNegativesRankingLoss"/> needs, and a large <see cref="TrainingArguments.BatchSize"/> to be of use.
/// </remarks>
/// <example><code>
/// new CrossEncoderTrainer(model, arguments with { BatchSize = 256 }, new CachedMultipleNegativesRankingLoss(miniBatchSize: 32))
/// </code></example>
public sealed class CachedMultipleNegativesRankingLoss : MultipleNegativesRankingLoss
{
    /// <summary>Sets up the loss.</summary>
    /// <param name="negatives">Passages of other queries to draw for each query; null for all.</param>
    /// <param name="scale">What scores are multiplied by before the softmax.</param>
    /// <param name="onSigmoid">Whether scores are sigmoids of the logits; otherwise the logits.</param>
    /// <param name="miniBatchSize">The most pairs in memory at a time.</param>
    public CachedMultipleNegativesRankingLoss(int? negatives = 4, double scale = 10, bool onSigmoid = true, int miniBatchSize = 32)
        : base(negatives, scale, onSigmoid) => MiniBatchSize = miniBatchSize;

    /// <inheritdoc/>
    public override string Name => "cached " + base.Name;
}
