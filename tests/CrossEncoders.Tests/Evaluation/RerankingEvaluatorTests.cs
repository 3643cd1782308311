using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

public sealed class RerankingEvaluatorTests
{
    private static readonly ScriptedScorer Literal = new(pair =>
        float.Parse(pair.Passage, System.Globalization.CultureInfo.InvariantCulture)
    );

    private static IReadOnlyDictionary<string, double> Measure(IEnumerable<RerankingGroup> groups, ScriptedScorer? scorer = null) =>
        new RerankingEvaluator(groups).Evaluate(scorer ?? Literal).Metrics;

    private static IEnumerable<RerankingGroup[]> Cases()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            yield return
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(q => new RerankingGroup(
                        $"q{q}",
                        [
                            new("9.5", q % 2),
                            new("0.5", 1 - q % 2),
                            .. Enumerable.Range(0, 8).Select(_ => new RerankingCandidate($"{random.Next(6)}", random.Next(3))),
                        ]
                    )),
            ];
        }
    }

    [Fact]
    public void TheOrderOfCandidatesAndQueriesDoesNotMatterEvenWithTies() => Assert.All(Cases(), groups =>
        {
            var expected = Measure(groups);
            var turned = groups.Reverse().Select(group => group with { Candidates = [.. group.Candidates.Reverse()] });
            Assert.All(Measure(turned), metric => Assert.Equal(expected[metric.Key], metric.Value, 1e-12));
        });

    [Fact]
    public void ScoresAreReadByTheirOrderAlone() => Assert.All(Cases(), groups =>
        {
            var expected = Measure(groups);
            var steep = Measure(groups, new ScriptedScorer(pair => MathF.Exp(Literal.Score([pair])[0]) - 100));
            Assert.All(steep, metric => Assert.Equal(expected[metric.Key], metric.Value, 1e-12));
        });

    [Fact]
    public void AModelThatKnowsTheGradesIsPerfectAndItsOppositeTheWorst()
    {
        RerankingGroup[] groups = [new("q", [new("a", 0), new("b", 2), new("c", 1), new("d", 0)])];
        float Grade(TextPair pair) => groups[0].Candidates.First(candidate => candidate.Passage == pair.Passage).Grade;
        Assert.All(Measure(groups, new ScriptedScorer(Grade)).Values, value => Assert.Equal(1, value, 1e-12));
        var worst = Measure(groups, new ScriptedScorer(pair => -Grade(pair)));
        Assert.Equal(1 / 3.0, worst["mrr@10"], 1e-12);
        Assert.Equal((1 / 3.0 + 2 / 4.0) / 2, worst["map"], 1e-12);
        Assert.All(Cases(), test => Assert.All(Measure(test), metric => Assert.InRange(metric.Value, 0, 1)));
    }

    [Fact]
    public void ExamplesFormGroupsByGroupAndQuery()
    {
        InputExample[] examples =
        [
            new(["q", "2"], 1),
            new(["q", "1"], 0),
            new(["q", "1"], 0.7f) { Group = "other" },
            new(["q", "3"], 0.2f) { Group = "other" },
            new(["r", "1"], 1),
        ];
        var evaluator = RerankingEvaluator.FromExamples(examples, "dev");
        Assert.Equal((2, "dev", 4), (evaluator.Queries, evaluator.Name, evaluator.Pairs.Count));
        Assert.Equal(0.75, evaluator.Evaluate(Literal).Metrics["mrr@10"], 1e-12);
        // From 0.8 on, the other group has nothing relevant.
        Assert.Equal(1, RerankingEvaluator.FromExamples(examples, relevantFrom: 0.8f).Queries);
    }

    [Fact]
    public void WithoutAnythingToRankTheErrorSaysSo()
    {
        Assert.Contains("no query has both", Assert.Throws<CrossEncoderException>(() => new RerankingEvaluator([])).Message);
        Assert.Throws<CrossEncoderException>(() => RerankingEvaluator.FromExamples([new(["q", "p"], 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RerankingEvaluator([], cutoff: 0));
    }

    [Theory]
    [InlineData(0, "gave 0 for 2")]
    [InlineData(3, "gave 3 for 2")]
    [InlineData(4, "SoftmaxAccuracyEvaluator")]
    public void AScoreForEachPairIsNeeded(int scores, string said)
    {
        InputExample[] examples = [new(["q", "1"], 1), new(["q", "0"], 0)];
        foreach (
            var evaluator in (IEvaluator[])
                [
                    RerankingEvaluator.FromExamples(examples),
                    new MSEEval(examples),
                    new CorrelationEvaluator(examples),
                    new ClassificationEvaluator(examples),
                    new CalibrationEvaluator(examples),
                ]
        )
            Assert.Contains(said, Assert.Throws<CrossEncoderException>(() => evaluator.Evaluate(new Wrong(scores))).Message);
    }

    [Fact]
    public void LabelsHaveToBeNumbers()
    {
        foreach (var label in (float[])[float.NaN, float.PositiveInfinity])
        {
            InputExample[] examples = [new(["q", "1"], 1), new(["q", "0"], label)];
            foreach (
                var make in (Action[])
                    [() => new MSEEval(examples), () => new CorrelationEvaluator(examples), () => new CalibrationEvaluator(examples)]
            )
                Assert.Contains("example 2", Assert.Throws<CrossEncoderException>(make).Message);
        }
    }

    private sealed class Wrong(int scores) : IPassageScorer
    {
        public string Name => "wrong";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => new float[scores];
    }
}
