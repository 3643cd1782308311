using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// The likelihood that the passages of a query are drawn in their right order, one after the other, each with the softmax of the scores
/// that are left. Source: Xia et al. 2008, "Listwise Approach to Learning to Rank"; sentence-transformers <c>ListMLELoss</c>.
/// </summary>
/// <param name="respectInputOrder">
/// Whether the order of the examples in their group is the right one. Otherwise it is that of the labels, equal ones in the order of the
/// input, which is the same where the examples are sorted. The reference's default is true.
/// </param>
/// <remarks>Needs groups; labels may be graded.</remarks>
/// <example><code>new CrossEncoderTrainer(model, arguments, new ListMLELoss())</code></example>
public class ListMLELoss(bool respectInputOrder = false) : Loss
{
    /// <inheritdoc/>
    public override string Name => "ListMLE" + Order;

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <summary>The part of the name that tells the order; empty for that of the labels.</summary>
    private protected string Order => respectInputOrder ? " (input order)" : "";

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var lists = PaddedLists.Of(groups, logits.device);
        var scores = lists.Rows(logits, PaddedLists.Nothing); // (groups, width)
        if (!respectInputOrder)
            scores = scores.gather(1, lists.Rows(labels, float.NegativeInfinity).sort(1, descending: true, stable: true).Indices);
        var left = scores.flip(1).logcumsumexp(1).flip(1); // of each place and all after it
        var drawn = (scores - left).Masked(~lists.Mask, 0);
        if (Weights(groups, lists.Mask.shape[1]) is { } weights)
            drawn *= tensor(weights, lists.Mask.shape, device: logits.device);
        return -drawn.sum(1).mean();
    }

    /// <summary>Weights of the places, (groups × width) row by row; null for 1.</summary>
    private protected virtual float[]? Weights(IReadOnlyList<int> groups, long width) => null;
}
