using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>What a training makes small: a function of logits and labels that knows nothing of the model.</summary>
public abstract class Loss
{
    /// <summary>A short name for logs and model cards.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the passages of one query have to be in one batch, one after the other, because they are compared.</summary>
    public virtual bool ComparesGroups => false;

    /// <summary>Whether labels have to lie in 0..1.</summary>
    public virtual bool LabelsAreProbabilities => false;

    /// <summary>Whether the loss teaches sigmoid(logit) to mean something on the labels' scale 0..1, as MSEEval and fixed thresholds suppose.</summary>
    public virtual bool ScoresAreProbabilities => false;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="logits">The model's raw scores, fp32 (batch, labels).</param>
    /// <param name="labels">Labels, fp32 (batch).</param>
    /// <param name="groups">Sizes of the batch's groups in their order; for losses that do not compare groups it may be empty.</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups);
}
