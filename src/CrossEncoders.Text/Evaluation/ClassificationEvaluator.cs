using CrossEncoders.Examples;

namespace CrossEncoders.Evaluation;

/// <summary>
/// Scores as answers to "relevant or not?": average precision, and accuracy and F1 at the thresholds that suit them best. Thresholds are
/// sigmoid(logit).
/// </summary>
public sealed class ClassificationEvaluator : IPairEvaluator
{
    private readonly TextPair[] _pairs;
    private readonly bool[] _labels;

    /// <summary>Evaluates on the given examples.</summary>
    /// <param name="examples">Pairs with labels from 0 to 1.</param>
    /// <param name="name">A short name.</param>
    /// <param name="relevantFrom">The label from which a pair counts as relevant.</param>
    /// <exception cref="CrossEncoderException">No examples, labels that are not numbers, or examples of one class only.</exception>
    public ClassificationEvaluator(IReadOnlyList<InputExample> examples, string name = "", float relevantFrom = 0.5f)
    {
        (_pairs, var labels) = LabeledPairs.Of(examples, nameof(ClassificationEvaluator));
        _labels = Array.ConvertAll(labels, label => label >= relevantFrom);
        if (_labels.Distinct().Count() < 2)
            throw new CrossEncoderException(
                $"A classification needs relevant and irrelevant pairs, but all {_labels.Length} are "
                    + $"{(_labels[0] ? "relevant" : "irrelevant")} (label {relevantFrom} or more). Add the other kind."
            );
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string PrimaryMetric => "average_precision";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics { get; } =
    [
        new("accuracy", "The highest share of right decisions that a threshold reaches, 0 to 1.", true, "scikit-learn, accuracy_score"),
        new("accuracy_threshold", "The probability from which a pair counts as relevant for that accuracy.", null, "sentence-transformers"),
        new("f1", "The highest harmonic mean of precision and recall that a threshold reaches, 0 to 1.", true, "van Rijsbergen 1979"),
        new("f1_threshold", "The probability from which a pair counts as relevant for that F1.", null, "sentence-transformers"),
        new(
            "precision",
            "The share of relevant pairs among those called relevant at the threshold of F1, 0 to 1.",
            true,
            "van Rijsbergen 1979"
        ),
        new("recall", "The share of relevant pairs that are called so at the threshold of F1, 0 to 1.", true, "van Rijsbergen 1979"),
        new(
            "average_precision",
            "The area under the steps of precision over recall, 0 to 1.",
            true,
            "scikit-learn, average_precision_score"
        ),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<TextPair> Pairs => _pairs;

    /// <inheritdoc/>
    public bool ReadsProbabilities => false;

    /// <inheritdoc/>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var scores = LabeledPairs.Probabilities(LabeledPairs.Score(scorer, _pairs, cancellation));
        var (accuracy, f1) = (ClassificationMetrics.BestAccuracy(scores, _labels), ClassificationMetrics.BestF1(scores, _labels));
        return new EvaluationResult(
            Name,
            epoch,
            steps,
            new Dictionary<string, double>
            {
                ["accuracy"] = accuracy.Value,
                ["accuracy_threshold"] = accuracy.Threshold,
                ["f1"] = f1.Value,
                ["f1_threshold"] = f1.Threshold,
                ["precision"] = f1.Precision,
                ["recall"] = f1.Recall,
                ["average_precision"] = ClassificationMetrics.AveragePrecision(scores, _labels),
            }
        );
    }
}
