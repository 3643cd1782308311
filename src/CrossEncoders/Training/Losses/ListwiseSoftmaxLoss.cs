using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Softmax cross-entropy over the passages of each query against their labels, normalized to a distribution, plus a share of binary
/// cross-entropy that keeps the scores on an absolute 0..1 scale.
/// Source: Gao et al. 2021, "Rethink Training of BERT Rerankers" (localized contrastive estimation); the second term is ours.
/// </summary>
/// <param name="binaryWeight">Weight of the binary cross-entropy; 0 trains the order only.</param>
/// <remarks>Needs groups with a positive: one query's passages in one batch (<see cref="Loss.ComparesGroups"/>).</remarks>
/// <example><code>new CrossEncoderTrainer(model, arguments, new ListwiseSoftmaxLoss())</code></example>
public sealed class ListwiseSoftmaxLoss(double binaryWeight = 0.5) : Loss
{
    /// <inheritdoc/>
    public override string Name =>
        $"listwise softmax + {binaryWeight.ToString(System.Globalization.CultureInfo.InvariantCulture)} × binary cross-entropy";

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <inheritdoc/>
    public override bool LabelsAreProbabilities => true;

    /// <inheritdoc/>
    public override bool ScoresAreProbabilities => binaryWeight > 0;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var lists = PaddedLists.Of(groups, logits.device);
        var scores = lists.Rows(logits, PaddedLists.Nothing); // (groups, width)
        var targets = lists.Rows(labels, 0);
        var distribution = targets / targets.sum(1, keepdim: true).AtLeast(1e-6);
        var listwise = -(distribution * scores.log_softmax(1)).sum(1).mean();
        return binaryWeight == 0
            ? listwise
            : listwise.Plus(nn.functional.binary_cross_entropy_with_logits(logits.view(-1), labels).Times(binaryWeight));
    }
}
