using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Cross-entropy between the softmax of a query's labels and the softmax of its scores: each passage is to have the chance its label gives.
/// Source: Cao et al. 2007, "Learning to Rank: From Pairwise Approach to Listwise Approach"; sentence-transformers <c>ListNetLoss</c>.
/// </summary>
/// <remarks>
/// Needs groups; labels may be graded or a teacher's logits. Labels 1 and 0 make a flat target, e to 1: scale them, or take
/// <see cref="ListwiseSoftmaxLoss"/>.
/// </remarks>
/// <example><code>new CrossEncoderTrainer(model, arguments, new ListNetLoss())</code></example>
public sealed class ListNetLoss : Loss
{
    /// <inheritdoc/>
    public override string Name => "ListNet";

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var lists = PaddedLists.Of(groups, logits.device);
        var scores = lists.Rows(logits, PaddedLists.Nothing); // (groups, width)
        var targets = lists.Rows(labels, PaddedLists.Nothing).softmax(1);
        return -(targets * scores.log_softmax(1)).sum(1).mean();
    }
}
