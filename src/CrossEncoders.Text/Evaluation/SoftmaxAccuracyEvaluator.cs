using System.Numerics.Tensors;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>
/// For models with several labels, such as contradiction, neutral and entailment: how often the class with the highest logit is the right
/// one, and F1 averaged over the classes, which the rare ones weigh in as much as the frequent. Follows sentence-transformers'
/// <c>CESoftmaxAccuracyEvaluator</c>, with scikit-learn's macro F1 beside it.
/// </summary>
/// <example><code>
/// new CrossEncoderTrainer(model, arguments, new CrossEntropyLoss(), new SoftmaxAccuracyEvaluator(validation))
/// </code></example>
public sealed class SoftmaxAccuracyEvaluator : ICsvEvaluator, IPairEvaluator
{
    private static readonly string[] Header = ["epoch", "steps", "Accuracy", "Macro_F1"];

    private readonly TextPair[] _pairs;
    private readonly int[] _labels;

    /// <summary>Evaluates on the given examples.</summary>
    /// <param name="examples">Pairs; a label is the number of a class, from 0.</param>
    /// <param name="name">Becomes part of the file's name.</param>
    /// <param name="outputFolder">
    /// Where <c>CESoftmaxAccuracyEvaluator_{name}_results.csv</c> gets a row for every evaluation; null writes none.
    /// </param>
    /// <exception cref="CrossEncoderException">No examples, or a label that is not a class.</exception>
    public SoftmaxAccuracyEvaluator(IReadOnlyList<InputExample> examples, string name = "", string? outputFolder = null)
    {
        (_pairs, var labels) = LabeledPairs.Of(examples, nameof(SoftmaxAccuracyEvaluator));
        if (Array.FindIndex(labels, label => label < 0 || label >= int.MaxValue || label != MathF.Floor(label)) is >= 0 and var wrong)
            throw new CrossEncoderException(
                $"{nameof(SoftmaxAccuracyEvaluator)} needs the number of a class, a whole number from 0, "
                    + $"for every label, but example {wrong + 1} has {labels[wrong]}. "
                    + "For a model with one label choose another evaluator, such as CorrelationEvaluator."
            );
        _labels = Array.ConvertAll(labels, label => (int)label);
        Name = name;
        CsvFile = outputFolder is null
            ? null
            : Path.GetFullPath(Path.Combine(outputFolder, $"CESoftmaxAccuracyEvaluator{(name.Length > 0 ? "_" + name : "")}_results.csv"));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string PrimaryMetric => "accuracy";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public string? CsvFile { get; }

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics { get; } =
    [
        new(
            "accuracy",
            "How often the class with the highest logit is the right one, 0 to 1.",
            true,
            "sentence-transformers, CESoftmaxAccuracyEvaluator"
        ),
        new("f1_macro", "The mean of the classes' F1, each class weighing the same, 0 to 1.", true, "scikit-learn, f1_score"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<TextPair> Pairs => _pairs;

    /// <inheritdoc/>
    public bool ReadsProbabilities => false;

    /// <inheritdoc/>
    /// <exception cref="CrossEncoderException">
    /// The model has one label only, or fewer than the examples have classes, or gives a score that is not finite.
    /// </exception>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var logits = scorer.Score(_pairs, progress: null, cancellation); // (pairs × classes) row by row
        var classes = logits.Length / _pairs.Length;
        if (classes < 2 || logits.Length % _pairs.Length != 0)
            throw new CrossEncoderException(
                $"{nameof(SoftmaxAccuracyEvaluator)} needs a score for each of several classes, "
                    + $"but '{scorer.Name}' gave {logits.Length} scores for {_pairs.Length} pairs. "
                    + "For a model with one label choose another evaluator, such as ClassificationEvaluator."
            );
        ScoreList.RequireFinite(scorer, logits, _pairs.Length);
        if (_labels.Max() is var highest && highest >= classes)
            throw new CrossEncoderException(
                $"The examples have the class {highest}, but '{scorer.Name}' gives {classes} scores, for the classes 0 to {classes - 1}. "
                    + $"Load the model with Labels set to {highest + 1}, or correct the labels."
            );
        int[] chosen = [.. _labels.Select((_, i) => TensorPrimitives.IndexOfMax<float>(logits.AsSpan(i * classes, classes)))];
        var accuracy = chosen.Zip(_labels).Count(pair => pair.First == pair.Second) / (double)_labels.Length;
        var f1 = ClassificationMetrics.MacroF1(chosen, _labels);
        if (CsvFile is not null)
            EvaluationCsv.Append(CsvFile, Header, epoch, steps, accuracy, f1);
        return new EvaluationResult(Name, epoch, steps, new Dictionary<string, double> { [PrimaryMetric] = accuracy, ["f1_macro"] = f1 });
    }
}
