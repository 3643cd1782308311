using CrossEncoders.Examples;

namespace CrossEncoders.Training.Losses;

/// <summary>What several losses demand of their data, and the errors where it is otherwise.</summary>
internal static class LossData
{
    /// <summary>From this label on, a passage counts as a positive.</summary>
    public const float Positive = 0.5f;

    public static void RequireOneLabel(Loss loss, int labels)
    {
        if (labels != 1)
            throw new CrossEncoderException(
                $"The loss '{loss.Name}' trains one score a pair, but the model gives {labels}. Load a model with one label, "
                    + "or choose CrossEntropyLoss."
            );
    }

    public static void RequireComparableGroups(IReadOnlyList<InputExample> examples)
    {
        if (examples.Any(example => example.Group is null))
            throw new CrossEncoderException(
                "The loss compares the passages of one query, but some examples have no Group. Set Group to the question's "
                    + "id, or choose a pointwise loss such as BinaryCrossEntropyLoss."
            );
        if (
            !examples
                .GroupBy(example => example.Group)
                .Any(group => group.Max(example => example.Label) > group.Min(example => example.Label))
        )
            throw new CrossEncoderException(
                "The loss compares the passages of one query, but no group holds different labels. Add negatives to the "
                    + "positives, with the same Group."
            );
    }
}
