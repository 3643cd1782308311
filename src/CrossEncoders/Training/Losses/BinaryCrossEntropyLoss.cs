using System.Globalization;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Binary cross-entropy on logits: the default of sentence-transformers for one label. Takes soft labels in 0..1.
/// Source: sentence-transformers <c>BinaryCrossEntropyLoss</c>, PyTorch <c>BCEWithLogitsLoss</c>.
/// </summary>
/// <param name="positiveWeight">
/// Weight of the positive part, for data with few positives: about negatives divided by positives; null for 1.
/// </param>
/// <example><code>new CrossEncoderTrainer(model, arguments, new BinaryCrossEntropyLoss())</code></example>
public sealed class BinaryCrossEntropyLoss(double? positiveWeight = null) : Loss
{
    /// <inheritdoc/>
    public override string Name =>
        positiveWeight is { } weight
            ? string.Create(CultureInfo.InvariantCulture, $"binary cross-entropy (positive weight {weight})")
            : "binary cross-entropy";

    /// <summary>Weight of the positive part; null for 1.</summary>
    public double? PositiveWeight => positiveWeight;

    /// <inheritdoc/>
    public override bool LabelsAreProbabilities => true;

    /// <inheritdoc/>
    public override bool ScoresAreProbabilities => true;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        using var weight = positiveWeight is { } value ? tensor((float)value, device: logits.device) : null;
        return nn.functional.binary_cross_entropy_with_logits(logits.view(-1), labels, pos_weights: weight);
    }
}
