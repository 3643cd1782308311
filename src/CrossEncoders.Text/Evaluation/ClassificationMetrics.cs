namespace CrossEncoders.Evaluation;

/// <summary>The best that a threshold can do.</summary>
/// <param name="Value">The measure at the threshold.</param>
/// <param name="Threshold">A pair counts as relevant from this score on.</param>
/// <param name="Precision">The share of right ones among those called relevant.</param>
/// <param name="Recall">The share of the relevant ones that are found.</param>
public sealed record BestThreshold(double Value, double Threshold, double Precision, double Recall);

/// <summary>Measures of scores as answers to "relevant or not?", from 0 to 1. Equal scores stand or fall together.</summary>
public static class ClassificationMetrics
{
    /// <summary>The area under the steps of precision over recall, not interpolated (scikit-learn's average_precision_score).</summary>
    public static double AveragePrecision(IReadOnlyList<double> scores, IReadOnlyList<bool> labels)
    {
        var (sum, found) = (0.0, 0);
        foreach (var cut in Cuts(scores, labels))
        {
            sum += (double)(cut.Found - found) / cut.Relevant * cut.Found / cut.Called;
            found = cut.Found;
        }
        return double.IsNaN(sum) ? 0 : sum; // nothing is relevant
    }

    /// <summary>The highest F1 (harmonic mean of precision and recall) that a threshold reaches.</summary>
    public static BestThreshold BestF1(IReadOnlyList<double> scores, IReadOnlyList<bool> labels) =>
        Best(scores, labels, cut => 2.0 * cut.Found / (cut.Called + cut.Relevant));

    /// <summary>
    /// The highest share of right decisions that a threshold reaches. Where it is best to call nothing relevant, the threshold lies just
    /// above the highest score, and precision and recall are 0.
    /// </summary>
    public static BestThreshold BestAccuracy(IReadOnlyList<double> scores, IReadOnlyList<bool> labels)
    {
        var best = Best(scores, labels, cut =>
            (cut.Found + (scores.Count - cut.Relevant - (cut.Called - cut.Found))) / (double)scores.Count
        );
        var none = (double)labels.Count(label => !label) / labels.Count;
        return none > best.Value ? new(none, Math.BitIncrement(scores.Max()), 0, 0) : best;
    }

    /// <summary>
    /// The threshold that finds most of what is relevant while at least a share of what it lets through is right; null where none does. Fit
    /// it on other data than you report on.
    /// </summary>
    /// <param name="scores">Scores, higher for relevant.</param>
    /// <param name="labels">Whether each is relevant.</param>
    /// <param name="precision">The least share of right ones among those let through, above 0 up to 1.</param>
    public static BestThreshold? AtPrecision(IReadOnlyList<double> scores, IReadOnlyList<bool> labels, double precision)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(precision);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, 1);
        var best = Best(scores, labels, cut => (double)cut.Found / cut.Called >= precision ? cut.Found : -1);
        return best.Value > 0 ? best with { Value = best.Precision } : null;
    }

    /// <summary>The share of right decisions at a given threshold.</summary>
    public static double Accuracy(IReadOnlyList<double> scores, IReadOnlyList<bool> labels, double threshold)
    {
        CorrelationMetrics.RequirePairs(scores.Count, labels.Count);
        return scores.Zip(labels).Count(pair => pair.First >= threshold == pair.Second) / (double)scores.Count;
    }

    /// <summary>
    /// The mean of the classes' F1, each class weighing the same, over those that are chosen or right at least once (scikit-learn's
    /// f1_score with average="macro").
    /// </summary>
    /// <param name="chosen">Classes said.</param>
    /// <param name="labels">Classes that are right.</param>
    public static double MacroF1(IReadOnlyList<int> chosen, IReadOnlyList<int> labels)
    {
        CorrelationMetrics.RequirePairs(chosen.Count, labels.Count);
        var found = chosen.Zip(labels).Where(pair => pair.First == pair.Second).CountBy(pair => pair.First).ToDictionary();
        return chosen.Concat(labels).CountBy(kind => kind).Average(kind => 2.0 * found.GetValueOrDefault(kind.Key) / kind.Value);
    }

    private static BestThreshold Best(IReadOnlyList<double> scores, IReadOnlyList<bool> labels, Func<Cut, double> measure)
    {
        var best = Cuts(scores, labels).MaxBy(measure)!; // of equal ones the first: the highest threshold
        return new BestThreshold(
            measure(best),
            best.Threshold,
            (double)best.Found / best.Called,
            best.Relevant == 0 ? 0 : (double)best.Found / best.Relevant
        );
    }

    // One cut below every distinct score, from the highest down: how many are called relevant, and how many of them are.
    private static IEnumerable<Cut> Cuts(IReadOnlyList<double> scores, IReadOnlyList<bool> labels)
    {
        CorrelationMetrics.RequirePairs(scores.Count, labels.Count);
        if (scores.Any(double.IsNaN))
            throw new CrossEncoderException("A score is not a number, so it stands on no side of a threshold. Check what scored.");
        var order = Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i]).ToArray();
        var (relevant, found) = (labels.Count(label => label), 0);
        for (var i = 0; i < order.Length; i++)
        {
            found += labels[order[i]] ? 1 : 0;
            if (i + 1 == order.Length || scores[order[i + 1]] != scores[order[i]])
                yield return new Cut(scores[order[i]], i + 1, found, relevant);
        }
    }

    private sealed record Cut(double Threshold, int Called, int Found, int Relevant);
}
