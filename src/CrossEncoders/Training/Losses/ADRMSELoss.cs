using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Squared error between the rank that a passage's label gives it and its approximate present rank, divided by log2(1 + right rank).
/// Source: Schlatt et al. 2024, "Rank-DistiLLM" (approximate discounted rank MSE); sentence-transformers <c>ADRMSELoss</c>.
/// </summary>
/// <remarks>
/// Needs groups; labels may be graded, and are best a teacher's. Passages with equal labels share the mean of their ranks.
/// </remarks>
/// <example><code>
/// new CrossEncoderTrainer(model, arguments, new ADRMSELoss()).Train(examples.LabeledBy(teacher, SoftLabels.Logits))
/// </code></example>
public sealed class ADRMSELoss : Loss
{
    /// <inheritdoc/>
    public override string Name => "ADR-MSE";

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var lists = PaddedLists.Of(groups, logits.device);
        var scores = lists.Rows(logits, PaddedLists.Nothing); // (groups, width)
        var grades = lists.Rows(labels, float.NegativeInfinity);
        // 1 and the passages above, and half of those level with it, so that they share a rank
        var above = (grades.unsqueeze(1) > grades.unsqueeze(2)).sum(2); // (groups, width)
        var level = (grades.unsqueeze(1) == grades.unsqueeze(2)).sum(2);
        var right = above.Plus(level.Plus(1).Times(0.5));
        // 1 and, for each other passage, the chance that it scores higher; a passage against itself is a half.
        var present = ((scores.unsqueeze(1) - scores.unsqueeze(2)).sigmoid() * lists.Mask.unsqueeze(1)).sum(2).Plus(0.5);
        var apart = right - present;
        var errors = apart * apart / right.Plus(1).log2() * lists.Mask;
        return errors.sum() / lists.Mask.sum();
    }
}
