using CrossEncoders.Examples;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>What a training minimizes: a function of logits and labels that knows nothing of the model.</summary>
public abstract class Loss
{
    /// <summary>A short name for logs and model cards.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the passages of one query have to be in one batch, one after the other, because they are compared.</summary>
    public virtual bool ComparesGroups => false;

    /// <summary>Whether labels have to lie in 0..1.</summary>
    public virtual bool LabelsAreProbabilities => false;

    /// <summary>
    /// Whether the loss teaches sigmoid(logit) to mean something on the labels' scale 0..1, as MSEEval and fixed thresholds suppose.
    /// </summary>
    public virtual bool ScoresAreProbabilities => false;

    /// <summary>
    /// The most pairs to read at a time; null for the whole micro-batch. With it, logits are first computed without gradients, then the
    /// loss's gradient of them, and then each part again with gradients: large batches in small memory, for about a third more time.
    /// </summary>
    /// <remarks>Source: Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup" (GradCache).</remarks>
    public int? MiniBatchSize
    {
        get;
        init =>
            field = value is < 1
                ? throw new CrossEncoderException($"MiniBatchSize is {value}; expected at least 1 pair, or null for the whole batch.")
                : value;
    }

    /// <summary>Refuses, before the first step, data or a model that the loss cannot work with.</summary>
    /// <param name="examples">All examples of the training.</param>
    /// <param name="labels">Scores the model gives a pair.</param>
    /// <exception cref="CrossEncoderException">What is wrong, with an example of it, and what to do.</exception>
    public virtual void Validate(IReadOnlyList<InputExample> examples, int labels)
    {
        LossData.RequireOneLabel(this, labels);
        if (ComparesGroups)
            LossData.RequireComparableGroups(examples);
    }

    /// <summary>The pairs to score for a batch, one list for each comparison; null for the batch's own examples, group by group.</summary>
    /// <param name="batch">The examples, group by group.</param>
    /// <param name="groups">Sizes of the groups in their order.</param>
    /// <param name="random">For drawing; it gives the same draws in a resumed training.</param>
    public virtual IReadOnlyList<IReadOnlyList<LossPair>>? Pairs(
        IReadOnlyList<InputExample> batch,
        IReadOnlyList<int> groups,
        Random random
    ) => null;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="logits">The model's raw scores, fp32 (batch, labels).</param>
    /// <param name="labels">Labels, fp32 (batch).</param>
    /// <param name="groups">Sizes of the batch's groups in their order; for losses that do not compare groups it may be empty.</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups);
}

/// <summary>A pair that a loss wants scored: the query of one example with the passage of the same or another one.</summary>
/// <param name="Query">Position in the batch of the example whose query is read.</param>
/// <param name="Passage">Position in the batch of the example whose passage is read.</param>
/// <param name="Label">The label of the pair.</param>
public readonly record struct LossPair(int Query, int Passage, float Label);
