using CrossEncoders.Examples;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>
/// Squared error of margins: how far the first passage of a query scores above each other one, against the same of a teacher.
/// Source: Hofstätter et al. 2020, "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation";
/// sentence-transformers <c>MarginMSELoss</c>.
/// </summary>
/// <param name="labelsAreMargins">
/// Whether the label of each passage but the first is the margin itself (<see cref="SoftLabels.Margins"/>); otherwise labels are the
/// teacher's scores, of the first passage, too.
/// </param>
/// <param name="onSigmoid">Whether sigmoids of the logits are compared, for a teacher's scores in 0..1.</param>
/// <remarks>Needs groups of two passages or more, the positive first, as <see cref="ExampleBuilder"/> gives them.</remarks>
/// <example><code>
/// new CrossEncoderTrainer(model, arguments, new MarginMSELoss()).Train(examples.LabeledBy(teacher, SoftLabels.Logits))
/// </code></example>
public sealed class MarginMSELoss(bool labelsAreMargins = false, bool onSigmoid = false) : Loss
{
    /// <inheritdoc/>
    public override string Name =>
        $"MarginMSE of {(onSigmoid ? "sigmoid scores" : "logits")}{(labelsAreMargins ? " (labels are margins)" : "")}";

    /// <inheritdoc/>
    public override bool ComparesGroups => true;

    /// <inheritdoc/>
    public override void Validate(IReadOnlyList<InputExample> examples, int labels)
    {
        base.Validate(examples, labels);
        if (examples.GroupBy(example => example.Group).FirstOrDefault(group => group.Count() < 2) is { } alone)
            throw new CrossEncoderException(
                $"MarginMSE compares the first passage of a group with the others, but group '{alone.Key}' has one passage. "
                    + "Give each query its positive, then at least one other passage, and label them by a teacher (LabeledBy)."
            );
    }

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups)
    {
        var scores = onSigmoid ? logits.view(-1).sigmoid() : logits.view(-1);
        var (first, other) = (new List<long>(), new List<long>());
        for (int group = 0, start = 0; group < groups.Count; start += groups[group++])
        {
            for (var i = 1; i < groups[group]; i++)
            {
                first.Add(start);
                other.Add(start + i);
            }
        }

        var firsts = tensor(first.ToArray(), device: logits.device); // (margins)
        var others = tensor(other.ToArray(), device: logits.device);
        var margins = scores.index_select(0, firsts) - scores.index_select(0, others);
        var wanted = labels.index_select(0, others);
        return nn.functional.mse_loss(margins, labelsAreMargins ? wanted : labels.index_select(0, firsts) - wanted);
    }
}
