namespace CrossEncoders.Evaluation;

/// <summary>
/// Adds a CSV file to an evaluator that has none: one row for every evaluation, with the epoch, the steps and all metrics.
/// </summary>
public sealed class CsvEvaluator : ICsvEvaluator, IPairEvaluator
{
    private readonly IEvaluator _inner;

    /// <summary>Records an evaluator's results.</summary>
    /// <param name="inner">The evaluator.</param>
    /// <param name="file">The CSV file, which grows with every evaluation.</param>
    public CsvEvaluator(IEvaluator inner, string file)
    {
        _inner = inner;
        CsvFile = Path.GetFullPath(file);
    }

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public string PrimaryMetric => _inner.PrimaryMetric;

    /// <inheritdoc/>
    public bool HigherIsBetter => _inner.HigherIsBetter;

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics => _inner.Metrics;

    /// <inheritdoc/>
    public string CsvFile { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TextPair> Pairs => _inner is IPairEvaluator inner ? inner.Pairs : [];

    /// <inheritdoc/>
    public bool ReadsProbabilities => _inner is IPairEvaluator { ReadsProbabilities: true };

    /// <inheritdoc/>
    /// <exception cref="CrossEncoderException">The file has the columns of other metrics.</exception>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var result = _inner.Evaluate(scorer, epoch, steps, cancellation);
        EvaluationCsv.Append(CsvFile, ["epoch", "steps", .. result.Metrics.Keys], epoch, steps, result.Metrics.Values);
        return result;
    }
}
