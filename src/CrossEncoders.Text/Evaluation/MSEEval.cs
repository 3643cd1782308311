using CrossEncoders.Examples;

namespace CrossEncoders.Evaluation;

/// <summary>
/// The mean squared error of sigmoid(logits) against the labels, as the article's evaluator computes, logs and records it: the loss of
/// every batch in 32 bits, and of these losses the unweighted mean, so that a short last batch weighs as much as a full one. Lower is
/// better; ITRF, which keeps the checkpoint with the highest value, keeps the worst. Follows MSEEval in tristanratz/ITRF,
/// train_reranker/eval.py.
/// </summary>
public sealed class MSEEval : ICsvEvaluator, IPairEvaluator
{
    /// <summary>The metric of ITRF: the unweighted mean of the batches' means.</summary>
    public const string Mse = "mse";

    /// <summary>The mean over all examples, each weighing the same.</summary>
    public const string MseByExample = "mse_by_example";

    // The last column is called so in ITRF; it holds the error.
    private static readonly string[] Header = ["epoch", "steps", "accuracy"];

    private readonly TextPair[] _pairs;
    private readonly float[] _labels;
    private readonly int _batchSize;
    private readonly Action<string>? _log;

    /// <summary>Evaluates on the given examples.</summary>
    /// <param name="examples">Pairs with labels from 0 to 1, batched in this order.</param>
    /// <param name="name">Becomes part of the file's name and of the log.</param>
    /// <param name="batchSize">Examples a batch. It affects the figure (see the class), not the speed.</param>
    /// <param name="outputFolder">
    /// Where <c>accuracy_evaluation_{name}_results.csv</c> gets a row for every evaluation; null writes none.
    /// </param>
    /// <param name="log">Gets ITRF's two log lines of every evaluation.</param>
    /// <exception cref="CrossEncoderException">No examples, or a label that is not a number.</exception>
    public MSEEval(
        IReadOnlyList<InputExample> examples,
        string name = "",
        int batchSize = 32,
        string? outputFolder = null,
        Action<string>? log = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (_pairs, _labels) = LabeledPairs.Of(examples, nameof(MSEEval));
        Name = name;
        _batchSize = batchSize;
        _log = log;
        CsvFile = outputFolder is null
            ? null
            : Path.GetFullPath(Path.Combine(outputFolder, $"accuracy_evaluation{(name.Length > 0 ? "_" + name : "")}_results.csv"));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string PrimaryMetric => Mse;

    /// <summary>False: the best model has the lowest error.</summary>
    public bool HigherIsBetter => false;

    /// <inheritdoc/>
    public string? CsvFile { get; }

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics { get; } =
    [
        new(
            Mse,
            "The mean over batches of the mean squared error of probability against label, 0 to 1.",
            false,
            "tristanratz/ITRF, eval.py"
        ),
        new(MseByExample, "The same error with each example weighing the same, 0 to 1.", false, "Brier 1950"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<TextPair> Pairs => _pairs;

    /// <inheritdoc/>
    public bool ReadsProbabilities => true;

    /// <inheritdoc/>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var logits = LabeledPairs.Score(scorer, _pairs, cancellation);
        var (lossTotal, weighted, batches) = (0.0, 0.0, 0);
        for (var from = 0; from < logits.Length; from += _batchSize, batches++)
        {
            var size = Math.Min(_batchSize, logits.Length - from);
            var loss = BatchMeanSquaredError(logits.AsSpan(from, size), _labels.AsSpan(from, size));
            lossTotal += loss;
            weighted += (double)loss * size;
        }
        var mse = lossTotal / batches;
        _log?.Invoke($"Evaluation on the {Name} dataset{When(epoch, steps)}:");
        _log?.Invoke($"MSE: {PythonFloat.Fixed4(mse)} ({PythonFloat.Repr(lossTotal)}/{batches})\n");
        if (CsvFile is not null)
            EvaluationCsv.Append(CsvFile, Header, epoch, steps, mse);
        return new EvaluationResult(
            Name,
            epoch,
            steps,
            new Dictionary<string, double> { [Mse] = mse, [MseByExample] = weighted / logits.Length }
        );
    }

    private static string When(int epoch, int steps) =>
        (epoch, steps) switch
        {
            (-1, _) => "",
            (_, -1) => $" after epoch {epoch}",
            _ => $" in epoch {epoch} after {steps} steps",
        };

    private static float BatchMeanSquaredError(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels)
    {
        var sum = 0f;
        for (var i = 0; i < logits.Length; i++)
        {
            var error = Logistic.SigmoidSingle(logits[i]) - labels[i];
            sum += error * error;
        }
        return sum / logits.Length;
    }
}
