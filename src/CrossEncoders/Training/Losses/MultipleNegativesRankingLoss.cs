using System.Globalization;
using CrossEncoders.Examples;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Softmax cross-entropy that picks a query's positive among passages of the other queries of the batch and its own hard negatives.
/// Source: Henderson et al. 2017, "Efficient Natural Language Response Suggestion for Smart Reply", section 4.4;
/// sentence-transformers <c>MultipleNegativesRankingLoss</c>.
/// </summary>
/// <param name="negatives">
/// Passages of other queries to draw for each query; null for all: then a batch of n passages is about n² pairs.
/// </param>
/// <param name="scale">What scores are multiplied by before the softmax.</param>
/// <param name="onSigmoid">Whether scores are sigmoids of the logits; otherwise the logits.</param>
/// <remarks>
/// Needs positives (label of 0.5 and more); negatives are those with the same Group and a lower label. Examples without a Group are each
/// a query with its positive. A passage that is a positive of the same query is never drawn. Each positive of a batch is read with its
/// negatives, so a batch is 1 + negatives + hard negatives times as many pairs as it has positives.
/// </remarks>
/// <example><code>new CrossEncoderTrainer(model, arguments, new MultipleNegativesRankingLoss(negatives: 8))</code></example>
public class MultipleNegativesRankingLoss(int? negatives = 4, double scale = 10, bool onSigmoid = true) : Loss
{
    /// <inheritdoc/>
    public override string Name =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"multiple negatives ranking ({(negatives is { } few ? few : "all")} negatives, {scale} × {(onSigmoid ? "sigmoid" : "logit")})"
        );

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <inheritdoc/>
    public override void Validate(IReadOnlyList<InputExample> examples, int labels)
    {
        LossData.RequireOneLabel(this, labels);
        if (negatives is < 0)
            throw new CrossEncoderException($"{negatives} negatives were asked for; expected 0 or more, or null for all in the batch.");
        if (!examples.Any(example => example.Label >= LossData.Positive))
            throw new CrossEncoderException(
                $"Multiple negatives ranking needs positives, but no example has a label of {LossData.Positive} or more."
            );
        if (examples.Select(example => example.Query).Distinct().Count() < 2)
            throw new CrossEncoderException(
                "Multiple negatives ranking takes its negatives from other queries, but all examples have the same query. Add "
                    + "examples of other queries, or choose a pointwise loss such as BinaryCrossEntropyLoss."
            );
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<LossPair>> Pairs(
        IReadOnlyList<InputExample> batch,
        IReadOnlyList<int> groups,
        Random random
    )
    {
        var right = batch
            .Where(example => example.Label >= LossData.Positive)
            .Select(example => (example.Query, example.Passage))
            .ToHashSet();
        var lists = new List<IReadOnlyList<LossPair>>();
        for (int group = 0, start = 0; group < groups.Count; start += groups[group++])
        {
            var own = Enumerable.Range(start, groups[group]).ToArray();
            var query = batch[start].Query;
            int[] others =
            [
                .. Enumerable
                    .Range(0, batch.Count)
                    .Where(i =>
                        (i < start || i >= start + own.Length) && batch[i].Query != query && !right.Contains((query, batch[i].Passage))
                    ),
            ];
            foreach (var positive in own.Where(i => batch[i].Label >= LossData.Positive))
            {
                if (negatives < others.Length)
                    random.Shuffle(others);
                lists.Add([
                    new LossPair(positive, positive, 1),
                    .. others.Take(negatives ?? others.Length).Select(i => new LossPair(positive, i, 0)),
                    .. own.Where(i => batch[i].Label < LossData.Positive).Select(i => new LossPair(i, i, 0)),
                ]);
            }
        }

        return lists;
    }

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var scores = onSigmoid ? logits.sigmoid() : logits;
        // (groups, width), the positive first
        var rows = PaddedLists.Of(groups, logits.device).Rows(scores.Times(scale), PaddedLists.Nothing);
        return -rows.log_softmax(1).narrow(1, 0, 1).mean();
    }
}
