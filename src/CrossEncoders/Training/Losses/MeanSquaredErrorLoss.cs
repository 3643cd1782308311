using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Mean squared error between labels and scores: of sigmoid(logit), the very measure of MSEEval, or of the logit itself, for labels that
/// are a teacher's logits. Source: sentence-transformers <c>MSELoss</c>; ITRF's re-ranker training for the sigmoid.
/// </summary>
/// <param name="onSigmoid">Whether the sigmoid of a logit is compared (labels in 0..1), or the logit.</param>
/// <example><code>new CrossEncoderTrainer(model, arguments, new MeanSquaredErrorLoss())</code></example>
public sealed class MeanSquaredErrorLoss(bool onSigmoid = true) : Loss
{
    /// <inheritdoc/>
    public override string Name => onSigmoid ? "mean squared error of sigmoid scores" : "mean squared error of logits";

    /// <inheritdoc/>
    public override bool LabelsAreProbabilities => onSigmoid;

    /// <inheritdoc/>
    public override bool ScoresAreProbabilities => onSigmoid;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups) =>
        nn.functional.mse_loss(onSigmoid ? logits.view(-1).sigmoid() : logits.view(-1), labels);
}
