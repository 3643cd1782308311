using System.Text.Json;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

public class EvaluatorTests
{
    // Takes the passage for the logit.
    private static readonly ScriptedScorer Literal = new(p => float.Parse(p.Passage));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // golden/classification/metrics.json: scikit-learn and scipy.
    [Fact]
    public void ClassificationCorrelationAndCalibrationEqualTheReference()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Shared.Path("golden/classification/metrics.json")));
        var root = document.RootElement;
        double[] List(string name) => [.. root.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];
        var (labels, scores, graded) = (List("labels"), List("scores"), List("graded_labels"));
        var relevant = Array.ConvertAll(labels, l => l == 1);

        Assert.Equal(root.GetProperty("average_precision").GetDouble(), ClassificationMetrics.AveragePrecision(scores, relevant), 1e-12);
        var (f1, accuracy) = (ClassificationMetrics.BestF1(scores, relevant), ClassificationMetrics.BestAccuracy(scores, relevant));
        Assert.Equal(List("best_f1"), new[] { f1.Value, f1.Threshold });
        Assert.Equal(List("best_accuracy"), new[] { accuracy.Value, accuracy.Threshold });
        Assert.Equal(accuracy.Value, ClassificationMetrics.Accuracy(scores, relevant, accuracy.Threshold));
        Assert.Equal(root.GetProperty("pearson").GetDouble(), CorrelationMetrics.Pearson(scores, graded), 1e-12);
        Assert.Equal(root.GetProperty("spearman").GetDouble(), CorrelationMetrics.Spearman(scores, graded), 1e-12);
        Assert.Equal(root.GetProperty("brier").GetDouble(), CalibrationMetrics.Brier(scores, labels), 1e-12);
        var ece = root.GetProperty("ece_10_equal_width_bins").GetDouble();
        Assert.Equal(ece, CalibrationMetrics.ExpectedCalibrationError(scores, labels), 1e-12);
    }

    [Fact]
    public void ConstantScoresCorrelateWithNothing() => Assert.Equal(0, CorrelationMetrics.Spearman([1, 1, 1], [0, 1, 2]));

    [Fact]
    public void TemperatureUndoesAScalingOfTheLogits()
    {
        // Labels equal to the true probabilities of logits that a model then states four times too large.
        var logits = Enumerable.Range(-20, 41).Select(i => i / 5.0).ToArray();
        var labels = logits.Select(l => 1 / (1 + Math.Exp(-l))).ToArray();

        Assert.Equal(4, CalibrationMetrics.Temperature([.. logits.Select(l => 4 * l)], labels), 1e-6);
        Assert.Equal(1, CalibrationMetrics.Temperature(logits, labels), 1e-6);
        Assert.Equal(0.01, CalibrationMetrics.Temperature([-1, 1], [0, 1]), 1e-6); // separable: as sure as allowed
    }

    [Fact]
    public void CalibrationReportsBinsBeforeAndAfterScaling()
    {
        InputExample[] examples = [.. Enumerable.Range(0, 100).Select(i => new InputExample(["q", "p"], i < 80 ? 1 : 0))];
        var evaluator = new CalibrationEvaluator(examples);

        var report = evaluator.Report(new ScriptedScorer(_ => 5), Token);
        var result = evaluator.Evaluate(new ScriptedScorer(_ => 5), epoch: 2, cancellation: Token);

        Assert.Equal(100, report.Bins[9].Count);
        Assert.Equal(0.8, report.Bins[9].MeanLabel, 1e-12);
        Assert.Equal(5 / Math.Log(4), report.Temperature, 1e-6); // sigmoid(log 4) = 0.8
        Assert.True(report.ScaledExpectedCalibrationError < 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-5)) - 0.8, result.Metrics[evaluator.PrimaryMetric], 1e-9);
        Assert.Equal((2, -1), (result.Epoch, result.Steps));
    }

    [Fact]
    public void ClassificationFindsThresholdsBetween0And1()
    {
        InputExample[] examples = [new(["q", "-2"], 0), new(["q", "0"], 1), new(["q", "30"], 0.9f), new(["q", "-1"], 0.1f)];

        var metrics = new ClassificationEvaluator(examples).Evaluate(Literal, cancellation: Token).Metrics;

        Assert.Equal(1, metrics["accuracy"]);
        Assert.Equal(0.5, metrics["accuracy_threshold"]);
        Assert.Equal(1, metrics["f1"]);
        Assert.Equal(1, metrics["average_precision"]);
        Assert.Throws<CrossEncoderException>(() => new ClassificationEvaluator([new(["q", "p"], 1)]));
    }

    [Fact]
    public void CorrelationFollowsGradedLabels()
    {
        InputExample[] examples = [new(["q", "-9"], 0), new(["q", "0"], 0.5f), new(["q", "9"], 1)];

        var metrics = new CorrelationEvaluator(examples).Evaluate(Literal, cancellation: Token).Metrics;

        Assert.Equal(1, metrics["spearman"], 1e-12);
        Assert.Equal(1, metrics["pearson"], 1e-6);
    }

    [Fact]
    public void SeveralLabelsAreMeasuredByTheHighestLogit()
    {
        // scikit-learn's own example of f1_score(average="macro"): 0.26…
        int[] labels = [0, 1, 2, 0, 1, 2],
            chosen = [0, 2, 1, 0, 0, 1];
        Assert.Equal(4.0 / 15, ClassificationMetrics.MacroF1(chosen, labels), 1e-12);
        Assert.Equal(1.0 / 3, ClassificationMetrics.MacroF1([3, 0, 0], [0, 0, 1]) * 2, 1e-12); // F1 of 0, 1 and 3: 1/2, 0 and 0

        using var scratch = new ScratchFolder();
        InputExample[] examples = [.. labels.Select((label, i) => new InputExample(["q", $"{chosen[i]}"], label))];
        var evaluator = new SoftmaxAccuracyEvaluator(examples, "nli", scratch.Path);
        var result = evaluator.Evaluate(new Several(3), epoch: 1, steps: 4, Token);

        Assert.Equal(2.0 / 6, result.Metrics[evaluator.PrimaryMetric], 1e-12);
        Assert.Equal(4.0 / 15, result.Metrics["f1_macro"], 1e-12);
        Assert.Equal(Path.Combine(scratch.Path, "CESoftmaxAccuracyEvaluator_nli_results.csv"), evaluator.CsvFile);
        Assert.StartsWith("epoch,steps,Accuracy,Macro_F1\r\n1,4,0.333333", File.ReadAllText(evaluator.CsvFile!));
    }

    [Fact]
    public void SeveralLabelsAndOneAreToldApart()
    {
        InputExample[] examples = [new(["q", "0"], 0), new(["q", "1"], 1)];
        string Said(Action act) => Assert.Throws<CrossEncoderException>(act).Message;

        Assert.Contains(
            "SoftmaxAccuracyEvaluator",
            Said(() => new CorrelationEvaluator(examples).Evaluate(new Several(3), cancellation: Token))
        );
        Assert.Contains(
            "ClassificationEvaluator",
            Said(() => new SoftmaxAccuracyEvaluator(examples).Evaluate(Literal, cancellation: Token))
        );
        Assert.Contains("example 1 has 0.5", Said(() => new SoftmaxAccuracyEvaluator([new(["q", "p"], 0.5f)])));
        Assert.Contains(
            "Labels set to 8",
            Said(() => new SoftmaxAccuracyEvaluator([new(["q", "0"], 7)]).Evaluate(new Several(3), cancellation: Token))
        );
    }

    [Fact]
    public void ScoresThatAreNotNumbersAreRefusedByName()
    {
        // In the order of the file the right one would come first, and every figure would be perfect.
        InputExample[] examples = [new(["q", "5"], 1), new(["q", "1"], 0)];
        var broken = new ScriptedScorer(pair => pair.Passage == "1" ? float.NaN : 0, "broken");
        foreach (
            var (evaluator, scorer) in (IEnumerable<(IEvaluator, IPassageScorer)>)
                [
                    (new ClassificationEvaluator(examples), broken),
                    (new CorrelationEvaluator(examples), broken),
                    (new CalibrationEvaluator(examples), broken),
                    (new MSEEval(examples), broken),
                    (RerankingEvaluator.FromExamples(examples), broken),
                    (new SoftmaxAccuracyEvaluator(examples), new Several(3, float.NaN)), // the 5 is none of its classes
                ]
        )
        {
            var error = Assert.Throws<CrossEncoderException>(() => evaluator.Evaluate(scorer, cancellation: Token));
            Assert.Contains($"'{scorer.Name}' gave a score that is not a number (pair 2 of 2)", error.Message);
        }
    }

    [Fact]
    public void RerankingMeasuresBeforeAndAfter()
    {
        RerankingGroup[] groups =
        [
            new("q", [new("3", 0), new("2", 1), new("1", 0)]),
            new("r", [new("1", 0), new("2", 0), new("3", 2)]),
            new("no positive", [new("1", 0)]),
            new("no negative", [new("1", 1)]),
        ];
        var evaluator = new RerankingEvaluator(groups, "dev", cutoff: 2, firstStage: true);

        var metrics = evaluator.Evaluate(Literal, cancellation: Token).Metrics;

        Assert.Equal(2, evaluator.Queries);
        Assert.Equal("ndcg@2", evaluator.PrimaryMetric);
        Assert.Equal((0.5 + 1) / 2, metrics["map"], 1e-12);
        Assert.Equal((0.5 + 1) / 2, metrics["mrr@2"], 1e-12);
        Assert.Equal((1 / Math.Log2(3) + 1) / 2, metrics["ndcg@2"], 1e-12);
        Assert.Equal((0.5 + 1.0 / 3) / 2, metrics["base_map"], 1e-12);
        Assert.Equal(0.25, metrics["base_mrr@2"], 1e-12);
    }

    [Fact]
    public void RerankingOfCollapsedScoresGainsNothingByOrder()
    {
        InputExample[] examples = [new(["q", "right"], 1), new(["q", "wrong"], 0), new(["q", "bad"], 0), new(["alone", "right"], 1)];

        var metrics = RerankingEvaluator.FromExamples(examples).Evaluate(new ScriptedScorer(_ => 0.5f), cancellation: Token).Metrics;

        Assert.Equal(1.0 / 3, metrics["mrr@10"], 1e-12);
    }

    [Fact]
    public void CsvCanBeAddedToAnyEvaluator()
    {
        using var folder = new ScratchFolder();
        InputExample[] examples = [new(["q", "1"], 0), new(["q", "2"], 1)];
        var evaluator = new CsvEvaluator(new CorrelationEvaluator(examples), folder["c.csv"]);
        evaluator.Evaluate(Literal, 0, 5, Token);
        evaluator.Evaluate(Literal, 0, -1, Token);

        Assert.Equal("epoch,steps,pearson,spearman\r\n0,5,1.0,1.0\r\n0,-1,1.0,1.0\r\n", File.ReadAllText(evaluator.CsvFile));
    }

    // Prefers the class that the passage names.
    private sealed class Several(int classes, float named = 1) : IPassageScorer
    {
        public string Name => "several";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => [.. pairs.SelectMany(pair => Enumerable.Range(0, classes).Select(c => c == int.Parse(pair.Passage) ? named : -c))];
    }
}
