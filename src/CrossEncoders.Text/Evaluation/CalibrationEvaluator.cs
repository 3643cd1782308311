using CrossEncoders.Examples;

namespace CrossEncoders.Evaluation;

/// <summary>What sigmoid(logit) is worth as a probability, as it is and after temperature scaling.</summary>
/// <param name="Bins">The reliability diagram.</param>
/// <param name="ExpectedCalibrationError">Over those bins.</param>
/// <param name="Brier">Mean squared error of the probabilities.</param>
/// <param name="Temperature">What logits are best divided by, fitted on the same examples.</param>
/// <param name="ScaledBins">The diagram after the scaling.</param>
/// <param name="ScaledExpectedCalibrationError">The error after the scaling.</param>
public sealed record CalibrationReport(
    IReadOnlyList<ReliabilityBin> Bins,
    double ExpectedCalibrationError,
    double Brier,
    double Temperature,
    IReadOnlyList<ReliabilityBin> ScaledBins,
    double ScaledExpectedCalibrationError
);

/// <summary>Whether a score of 0.8 means "relevant in 8 of 10 cases", which a threshold in production rests on.</summary>
public sealed class CalibrationEvaluator : IPairEvaluator
{
    private readonly TextPair[] _pairs;
    private readonly double[] _labels;
    private readonly int _bins;

    /// <summary>Evaluates on the given examples.</summary>
    /// <param name="examples">Pairs with labels from 0 to 1.</param>
    /// <param name="name">A short name.</param>
    /// <param name="bins">Equal-width bins over 0..1.</param>
    /// <exception cref="CrossEncoderException">No examples, or a label that is not a number.</exception>
    public CalibrationEvaluator(IReadOnlyList<InputExample> examples, string name = "", int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        (_pairs, var labels) = LabeledPairs.Of(examples, nameof(CalibrationEvaluator));
        _labels = Array.ConvertAll(labels, label => (double)label);
        _bins = bins;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string PrimaryMetric => "ece";

    /// <inheritdoc/>
    public bool HigherIsBetter => false;

    /// <summary>The figures with the data of the reliability diagrams.</summary>
    public CalibrationReport Report(IPassageScorer scorer, CancellationToken cancellation = default)
    {
        var logits = Array.ConvertAll(LabeledPairs.Score(scorer, _pairs, cancellation), logit => (double)logit);
        var temperature = CalibrationMetrics.Temperature(logits, _labels);
        var probabilities = Array.ConvertAll(logits, Logistic.Sigmoid);
        var scaled = Array.ConvertAll(logits, logit => Logistic.Sigmoid(logit / temperature));
        return new CalibrationReport(
            CalibrationMetrics.ReliabilityBins(probabilities, _labels, _bins),
            CalibrationMetrics.ExpectedCalibrationError(probabilities, _labels, _bins),
            CalibrationMetrics.Brier(probabilities, _labels),
            temperature,
            CalibrationMetrics.ReliabilityBins(scaled, _labels, _bins),
            CalibrationMetrics.ExpectedCalibrationError(scaled, _labels, _bins)
        );
    }

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics { get; } =
    [
        new(
            "ece",
            "Expected calibration error: the mean gap between probability and share of relevant pairs, 0 to 1.",
            false,
            "Guo et al. 2017"
        ),
        new("brier", "The mean squared difference of probability and label, 0 to 1.", false, "Brier 1950"),
        new("temperature", "By what logits are best divided; above 1 the model is too sure of itself.", null, "Guo et al. 2017"),
        new("ece_scaled", "The expected calibration error after dividing by the temperature, 0 to 1.", false, "Guo et al. 2017"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<TextPair> Pairs => _pairs;

    /// <inheritdoc/>
    public bool ReadsProbabilities => true;

    /// <inheritdoc/>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var report = Report(scorer, cancellation);
        return new EvaluationResult(
            Name,
            epoch,
            steps,
            new Dictionary<string, double>
            {
                ["ece"] = report.ExpectedCalibrationError,
                ["brier"] = report.Brier,
                ["temperature"] = report.Temperature,
                ["ece_scaled"] = report.ScaledExpectedCalibrationError,
            }
        );
    }
}
