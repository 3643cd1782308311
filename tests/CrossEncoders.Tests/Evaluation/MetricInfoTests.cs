using CrossEncoders.Evaluation;
using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>Every metric that an evaluator gives says what it is, which way is better and where it comes from.</summary>
public sealed class MetricInfoTests
{
    private static readonly InputExample[] Examples = [new(["q", "1"], 1), new(["q", "0"], 0), new(["r", "1"], 1), new(["r", "0"], 0)];

    private static readonly RerankingGroup[] Groups = [new("q", [new("1", 1), new("0", 0)])];

    private static readonly IEvaluator[] Evaluators =
    [
        new MSEEval(Examples),
        new CorrelationEvaluator(Examples),
        new ClassificationEvaluator(Examples),
        new CalibrationEvaluator(Examples),
        new SoftmaxAccuracyEvaluator(Examples),
        new RerankingEvaluator(Groups),
        new RerankingEvaluator(Groups, cutoff: 3, firstStage: true),
        NanoBeirFolder.Evaluator(),
        new CsvEvaluator(new CorrelationEvaluator(Examples), Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "r.csv")),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Evaluators.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void EveryMetricOfAResultIsDeclared(int number)
    {
        var evaluator = Evaluators[number];
        var result = evaluator.Evaluate(new TwoClasses(evaluator is SoftmaxAccuracyEvaluator));
        Assert.Equal(result.Metrics.Keys, evaluator.Metrics.Select(metric => metric.Name));
        Assert.All(evaluator.Metrics, metric =>
        {
            Assert.EndsWith(".", metric.Meaning);
            Assert.True(metric.Citation.Length > 3);
        });
        Assert.Equal(evaluator.HigherIsBetter, evaluator.Metrics.Single(metric => metric.Name == evaluator.PrimaryMetric).HigherIsBetter);
    }

    [Fact]
    public void EveryKindOfEvaluatorIsTested() =>
        Assert.Equal(
            typeof(IEvaluator)
                .Assembly.GetExportedTypes()
                .Where(type => type.IsClass && type.IsAssignableTo(typeof(IEvaluator)))
                .ToHashSet(),
            Evaluators.Select(evaluator => evaluator.GetType()).ToHashSet()
        );

    [Fact]
    public void RankingMetricsDeclareThemselves()
    {
        RankingMetric[] metrics =
        [
            RankingMetric.Mrr(10),
            RankingMetric.Ndcg(5),
            RankingMetric.Map(100),
            RankingMetric.Recall(1),
            RankingMetric.Precision(3),
            RankingMetric.Success(7),
        ];
        Assert.Equal(["MRR@10", "NDCG@5", "MAP@100", "Recall@1", "Precision@3", "Success@7"], metrics.Select(metric => metric.Info.Name));
        Assert.Equal([10, 5, 100, 1, 3, 7], metrics.Select(metric => metric.Cutoff));
        Assert.All(metrics, metric => Assert.True(metric.Info.HigherIsBetter));
        Assert.All(metrics, metric => Assert.Contains("trec_eval", metric.Info.Citation));
        Assert.All(metrics, metric => Assert.EndsWith(".", metric.Info.Meaning));
        Assert.Equal("MAP", RankingMetric.Map(int.MaxValue).Name);
    }

    [Fact]
    public void EveryRankingMetricIsWhatItSays()
    {
        string[] ranking = ["a", "x", "b", "y"];
        var grades = new Dictionary<string, int>
        {
            ["a"] = 1,
            ["b"] = 1,
            ["c"] = 1,
        };
        Assert.Equal(1, RankingMetric.Mrr(1).Of(ranking, grades));
        Assert.Equal(2 / 3.0, RankingMetric.Recall(3).Of(ranking, grades), 1e-12);
        Assert.Equal(0.5, RankingMetric.Precision(4).Of(ranking, grades), 1e-12);
        Assert.Equal((1 + 2 / 3.0) / 3, RankingMetric.Map(4).Of(ranking, grades), 1e-12);
        Assert.Equal(0, RankingMetric.Success(1).Of(["x", "a"], grades));
        Assert.Equal(1, RankingMetric.Success(2).Of(["x", "a"], grades));
    }

    private sealed class TwoClasses(bool several) : IPassageScorer
    {
        public string Name => "two classes";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => [.. pairs.SelectMany(pair => several ? [0f, pair.Passage == "1" ? 1 : -1] : (float[])[pair.Passage == "1" ? 1 : -1])];
    }
}
