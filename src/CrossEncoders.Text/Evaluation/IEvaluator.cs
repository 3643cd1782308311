namespace CrossEncoders.Evaluation;

/// <summary>Measures a model in the middle of its training or after it.</summary>
public interface IEvaluator
{
    /// <summary>A short name for tables, files and logs; may be empty.</summary>
    string Name { get; }

    /// <summary>The metric that decides which checkpoint is the best: a key of the result's metrics.</summary>
    string PrimaryMetric { get; }

    /// <summary>Whether a higher value of the primary metric is better. For an error, such as a mean squared one, it is not.</summary>
    bool HigherIsBetter { get; }

    /// <summary>What its metrics are, the keys of a result; empty where it does not say.</summary>
    IReadOnlyList<MetricInfo> Metrics => [];

    /// <summary>Measures the model as it is.</summary>
    /// <param name="scorer">The model; its scores are logits.</param>
    /// <param name="epoch">The epoch it is in, from 0; -1 outside of a training.</param>
    /// <param name="steps">Steps within the epoch; -1 at its end.</param>
    /// <param name="cancellation">Stops the scoring.</param>
    EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default);
}

/// <summary>What an evaluator measured.</summary>
/// <param name="Evaluator">The evaluator's name.</param>
/// <param name="Epoch">The epoch, from 0; -1 outside of a training.</param>
/// <param name="Steps">Steps within the epoch; -1 at its end.</param>
/// <param name="Metrics">Metric → value.</param>
public sealed record EvaluationResult(string Evaluator, int Epoch, int Steps, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>The value of the evaluator's primary metric.</summary>
    /// <exception cref="CrossEncoderException">It is not among the metrics.</exception>
    internal double PrimaryOf(IEvaluator evaluator) =>
        Metrics.TryGetValue(evaluator.PrimaryMetric, out var value)
            ? value
            : throw new CrossEncoderException(
                $"The evaluator '{evaluator.Name}' names '{evaluator.PrimaryMetric}' as its primary metric, but its result has "
                    + $"{(Metrics.Count == 0 ? "none" : $"only {string.Join(", ", Metrics.Keys)}")}. Let Evaluate measure it."
            );
}

/// <summary>An evaluator that appends its results to a CSV file.</summary>
public interface ICsvEvaluator : IEvaluator
{
    /// <summary>The full path of the file; null where none is written.</summary>
    string? CsvFile { get; }
}

/// <summary>An evaluator that scores a fixed list of pairs; a training can then see whether it trains on them as well.</summary>
public interface IPairEvaluator : IEvaluator
{
    /// <summary>The pairs.</summary>
    IReadOnlyList<TextPair> Pairs { get; }

    /// <summary>Whether sigmoid(logit) is taken for a score on the labels' scale 0..1, not only for an order.</summary>
    bool ReadsProbabilities { get; }
}
