namespace CrossEncoders.Evaluation;

/// <summary>The examples whose probability falls into one of the equal parts of 0..1.</summary>
/// <param name="From">The lower bound, included.</param>
/// <param name="To">The upper bound, excluded unless it is 1.</param>
/// <param name="Count">How many examples.</param>
/// <param name="MeanProbability">What the model says; NaN for an empty bin.</param>
/// <param name="MeanLabel">What is true; NaN for an empty bin.</param>
public sealed record ReliabilityBin(double From, double To, int Count, double MeanProbability, double MeanLabel);

/// <summary>How far probabilities can be taken at their word. Labels are 0 to 1; lower is better.</summary>
public static class CalibrationMetrics
{
    /// <summary>The data of a reliability diagram: equal-width bins over 0..1.</summary>
    public static IReadOnlyList<ReliabilityBin> ReliabilityBins(
        IReadOnlyList<double> probabilities,
        IReadOnlyList<double> labels,
        int bins = 10
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        CorrelationMetrics.RequirePairs(probabilities.Count, labels.Count);
        var (counts, said, real) = (new int[bins], new double[bins], new double[bins]);
        for (var i = 0; i < labels.Count; i++)
        {
            var bin = Math.Clamp((int)(probabilities[i] * bins), 0, bins - 1);
            counts[bin]++;
            said[bin] += probabilities[i];
            real[bin] += labels[i];
        }
        return [.. counts.Select((n, b) => new ReliabilityBin((double)b / bins, (b + 1.0) / bins, n, said[b] / n, real[b] / n))];
    }

    /// <summary>
    /// Expected calibration error: the mean gap between what is said and what is true, bins weighing by their examples (Guo et al., 2017).
    /// </summary>
    public static double ExpectedCalibrationError(IReadOnlyList<double> probabilities, IReadOnlyList<double> labels, int bins = 10) =>
        ReliabilityBins(probabilities, labels, bins)
            .Where(bin => bin.Count > 0)
            .Sum(bin => bin.Count * Math.Abs(bin.MeanProbability - bin.MeanLabel)) / labels.Count;

    /// <summary>Brier score: the mean squared difference of probability and label.</summary>
    public static double Brier(IReadOnlyList<double> probabilities, IReadOnlyList<double> labels)
    {
        CorrelationMetrics.RequirePairs(probabilities.Count, labels.Count);
        return probabilities.Zip(labels, (p, l) => (p - l) * (p - l)).Average();
    }

    /// <summary>
    /// Temperature scaling: the one number T for which sigmoid(logit / T) fits the labels best (least binary cross-entropy), found within
    /// 0.01 to 100. Above 1, the model is too sure of itself. Rankings stay as they are. Fit it on other data than you report on.
    /// </summary>
    public static double Temperature(IReadOnlyList<double> logits, IReadOnlyList<double> labels)
    {
        CorrelationMetrics.RequirePairs(logits.Count, labels.Count);
        // The slope of the loss over 1 / T only rises, so its zero can be bisected; on a logarithmic scale, as T is a ratio.
        var (low, high) = (Math.Log(0.01), Math.Log(100));
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            var scale = Math.Exp(middle);
            var slope = 0.0;
            for (var n = 0; n < labels.Count; n++)
                slope += logits[n] * (Logistic.Sigmoid(logits[n] * scale) - labels[n]);
            (low, high) = slope < 0 ? (middle, high) : (low, middle);
        }
        return Math.Exp(-(low + high) / 2);
    }
}
