namespace CrossEncoders.Examples;

/// <summary>What a teacher's score becomes as a label.</summary>
public enum SoftLabels
{
    /// <summary>The score after the sigmoid, 0..1: for binary cross-entropy and for MSE on sigmoids.</summary>
    Sigmoid,

    /// <summary>
    /// The score as it is: for MSE on logits (<c>MeanSquaredErrorLoss(onSigmoid: false)</c>), MarginMSE and the losses that order lists.
    /// </summary>
    Logits,

    /// <summary>
    /// How far the group's first passage scores above this one, 0 for the first: for <c>MarginMSELoss(labelsAreMargins: true)</c>.
    /// </summary>
    Margins,
}

/// <summary>Knowledge distillation: a large re-ranker labels the examples that a small one learns from.</summary>
/// <remarks>Source: Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"; Hofstätter et al. 2020 for margins.</remarks>
public static class Teacher
{
    /// <summary>The same examples, with their ids and groups and in their order, labeled by a teacher.</summary>
    /// <param name="examples">The examples; their own labels are replaced.</param>
    /// <param name="teacher">Usually a larger cross-encoder with one label; several may be averaged in a scorer of one's own.</param>
    /// <param name="labels">What a score becomes as a label.</param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CrossEncoderException">
    /// The teacher gives no number, or several, for a pair; or margins are wanted and an example has no group.
    /// </exception>
    /// <example><code>
    /// using var teacher = CrossEncoder.FromPretrained("BAAI/bge-reranker-v2-m3");
    /// trainer.Train(examples.LabeledBy(teacher, SoftLabels.Logits));
    /// </code></example>
    public static IReadOnlyList<InputExample> LabeledBy(
        this IReadOnlyList<InputExample> examples,
        IPassageScorer teacher,
        SoftLabels labels = SoftLabels.Sigmoid,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (labels == SoftLabels.Margins && examples.Any(example => example.Group is null))
            throw new CrossEncoderException(
                "A margin is between passages of one query, but some examples have no Group. Set Group to the question's id."
            );
        var scores = teacher.Score([.. examples.Select(example => example.Pair)], progress, cancellation);
        if (scores.Length != examples.Count)
            throw new CrossEncoderException(
                $"The teacher '{teacher.Name}' gave {scores.Length} scores for {examples.Count} pairs; "
                    + "expected one each. Take a teacher with one label."
            );
        if (Array.FindIndex(scores, score => !float.IsFinite(score)) is >= 0 and var bad)
            throw new CrossEncoderException(
                $"The teacher '{teacher.Name}' gave {scores[bad]} for example {bad}; expected a number. "
                    + "Its weights are damaged, or its compute type is too narrow: load it in float32."
            );

        var first = new Dictionary<string, float>();
        if (labels == SoftLabels.Margins)
        {
            for (var i = 0; i < scores.Length; i++)
                first.TryAdd(examples[i].Group!, scores[i]);
        }

        return
        [
            .. examples.Select(
                (example, i) =>
                    example with
                    {
                        Label = labels switch
                        {
                            SoftLabels.Sigmoid => Logistic.SigmoidSingle(scores[i]),
                            SoftLabels.Margins => first[example.Group!] - scores[i],
                            _ => scores[i],
                        },
                    }
            ),
        ];
    }
}
