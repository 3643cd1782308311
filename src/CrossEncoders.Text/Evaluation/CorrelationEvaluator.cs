using CrossEncoders.Examples;

namespace CrossEncoders.Evaluation;

/// <summary>
/// How well scores follow graded labels, as on the data sets of sentence similarity: Pearson of sigmoid(logit), Spearman of the logits.
/// </summary>
public sealed class CorrelationEvaluator : IPairEvaluator
{
    private readonly TextPair[] _pairs;
    private readonly double[] _labels;

    /// <summary>Evaluates on the given examples.</summary>
    /// <exception cref="CrossEncoderException">No examples, or a label that is not a number.</exception>
    public CorrelationEvaluator(IReadOnlyList<InputExample> examples, string name = "")
    {
        (_pairs, var labels) = LabeledPairs.Of(examples, nameof(CorrelationEvaluator));
        _labels = Array.ConvertAll(labels, label => (double)label);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string PrimaryMetric => "spearman";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics { get; } =
    [
        new("pearson", "How close to a line the probabilities lie over the labels, -1 to 1.", true, "Pearson 1895"),
        new("spearman", "How far the order of the scores is that of the labels, -1 to 1.", true, "Spearman 1904"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<TextPair> Pairs => _pairs;

    /// <inheritdoc/>
    public bool ReadsProbabilities => false;

    /// <inheritdoc/>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var logits = LabeledPairs.Score(scorer, _pairs, cancellation);
        return new EvaluationResult(
            Name,
            epoch,
            steps,
            new Dictionary<string, double>
            {
                ["pearson"] = CorrelationMetrics.Pearson(LabeledPairs.Probabilities(logits), _labels),
                ["spearman"] = CorrelationMetrics.Spearman(Array.ConvertAll(logits, logit => (double)logit), _labels),
            }
        );
    }
}
