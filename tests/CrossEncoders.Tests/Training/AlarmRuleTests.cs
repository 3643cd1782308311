using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Tests.Training;

/// <summary>Each rule on a training that has what it looks for, and on one that only comes near.</summary>
public class AlarmRuleTests
{
    private static readonly (AlarmRule Rule, WatchedTraining Wrong, WatchedTraining Near, string Figure)[] Cases =
    [
        (
            new LabelsOutOfRange(),
            Healthy() with
            {
                Examples = Examples(400, i => i % 2 * 5),
            },
            Healthy() with
            {
                Examples = Examples(400, i => i % 2 * 5),
                Loss = new MeanSquaredErrorLoss(onSigmoid: false),
            },
            "200 of 400"
        ),
        (
            new ClassesOutOfBalance(),
            Healthy() with
            {
                Examples = Examples(700, i => i % 7 == 0 ? 1 : 0),
            },
            Healthy() with
            {
                Examples = Examples(700, i => i % 5 == 0 ? 1 : 0),
            },
            "positiveWeight: 6)"
        ),
        (
            new ContradictoryLabels(),
            Healthy() with
            {
                Examples = [.. Examples(400, i => i % 2), .. Examples(30, i => 1 - i % 2, "Question", " passage")],
            },
            Healthy() with
            {
                Examples = [.. Examples(400, i => i % 2), .. Examples(30, i => 0.2f + 0.6f * (i % 2))],
            },
            "30 of 400"
        ),
        (
            new TooFewExamples(),
            Healthy() with
            {
                Examples = Examples(400, i => i % 2),
                Arguments = new TrainingArguments { Epochs = 3 },
            },
            Healthy() with
            {
                Arguments = new TrainingArguments { Epochs = 2 },
            },
            "Epochs to 2"
        ),
        (new TruncatedPairs(), Healthy() with { Truncated = 50 }, Healthy() with { Truncated = 4 }, "12.5 %"),
        (
            new LearningRateTooHigh(),
            Healthy() with
            {
                Arguments = new TrainingArguments { LearningRate = 6e-5 },
                TrainedWeights = 85_000_000,
            },
            Healthy() with
            {
                Arguments = new TrainingArguments { LearningRate = 6e-5 },
                TrainedWeights = 11_000_000,
            },
            "to 2.0E-5"
        ),
        (new LossNotFinite(), Healthy() with { Steps = Steps(50, i => i < 49 ? 0.5 : double.NaN) }, Healthy(), "NaN"),
        (
            new LossRising(),
            Healthy() with
            {
                Steps = Steps(80, i => i < 60 ? 0.3 : 0.9),
            },
            Healthy() with
            {
                Steps = Steps(80, i => i < 60 ? 0.3 : 0.45),
            },
            "from 0.3 to 0.9"
        ),
        (
            new LossStuckAtLn2(),
            Healthy() with
            {
                Steps = Steps(60, i => i < 20 ? 1 : 0.69 + i % 2 * 0.005),
            },
            Healthy() with
            {
                Steps = Steps(60, i => i < 20 ? 1 : 0.69 + i % 2 * 0.03),
            },
            "30 steps"
        ),
        (
            new CollapsedScores(),
            Healthy() with
            {
                Recent = Scores(256, i => 0.7f + i % 3 * 0.001f),
            },
            Healthy() with
            {
                Recent = Scores(256, i => 0.7f + i % 3 * 0.1f),
            },
            "0.701"
        ),
        (new CollapsedScores(), Early(first: 0.1f, now: 0.001f), Early(first: 0.001f, now: 0.001f), "does not recover"),
        (
            new SaturatedScores(),
            Healthy() with
            {
                Recent = Scores(256, i => i % 2 == 0 ? -12 : 11),
            },
            Healthy() with
            {
                Recent = Scores(256, i => i % 2 == 0 ? -12 : 7),
            },
            "100 %"
        ),
        (
            new ActivationDoesNotFit(),
            Healthy() with
            {
                Loss = new ListwiseSoftmaxLoss(binaryWeight: 0),
            },
            Healthy() with
            {
                Loss = new ListwiseSoftmaxLoss(),
            },
            "'validation'"
        ),
        (
            new ValidationSeenInTraining(),
            Healthy() with
            {
                Evaluators = [new MSEEval([.. Examples(400, i => i % 2).Take(30), .. Examples(70, i => i % 2, "other")], "v")],
            },
            Healthy(),
            "30 are trained on"
        ),
        (
            new ValidationSeenInTraining(),
            Healthy() with
            {
                Evaluators =
                [
                    new CsvEvaluator(new CorrelationEvaluator([.. Examples(50, i => i % 2, passage: "elsewhere")], "q"), "x.csv"),
                ],
            },
            Healthy() with
            {
                Evaluators = [new CsvEvaluator(new CorrelationEvaluator([.. Examples(50, i => i % 2, "other")], "q"), "x.csv")],
            },
            "50 have a question"
        ),
        (
            new ValidationBetterThanTraining(),
            Healthy() with
            {
                Evaluations = [Point(0, 0.3), Point(50, 0.01)],
            },
            Healthy() with
            {
                Evaluations = [Point(0, 0.3), Point(50, 0.2)],
            },
            "0.010"
        ),
        (
            new WorseThanBase(),
            Healthy() with
            {
                Evaluations = [Point(0, 0.1), Point(25, 0.05), Point(50, 0.2)],
            },
            Healthy() with
            {
                Evaluations = [Point(0, 0.1), Point(25, 0.2), Point(49, 0.2)],
            },
            "0.2000"
        ),
        (new WorseThanBase(), Ranked(0.8, 0.7), Ranked(0.8, 0.85), "ndcg@10"),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Fact]
    public void EveryRuleIsTested() =>
        Assert.Equal(AlarmRules.All.Select(rule => rule.GetType()), Cases.Select(entry => entry.Rule.GetType()).Distinct());

    [Theory]
    [MemberData(nameof(Numbers))]
    public void SpeaksWhereItShould(int number)
    {
        var (rule, wrong, _, figure) = Cases[number];
        var finding = Ask(rule, wrong);
        Assert.NotNull(finding);
        var (english, chinese) = (
            finding.Evidence.In(AlarmLanguage.English) + finding.Remedy.In(AlarmLanguage.English),
            finding.Evidence.In(AlarmLanguage.Chinese) + finding.Remedy.In(AlarmLanguage.Chinese)
        );
        Assert.Contains(figure, english);
        Assert.DoesNotContain(english, c => c > '⺀');
        Assert.Contains(finding.Evidence.In(AlarmLanguage.Chinese), c => c > '⺀');
        Assert.Contains(finding.Remedy.In(AlarmLanguage.Chinese), c => c > '⺀');
        Assert.DoesNotContain('{', chinese);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void IsSilentWhereItShould(int number)
    {
        var (rule, _, near, _) = Cases[number];
        Assert.Null(Ask(rule, near));
        Assert.Null(Ask(rule, Healthy()));
    }

    [Fact]
    public void NothingIsSaidOfAModelThatHasOneClassOnly()
    {
        var finding = new ClassesOutOfBalance().BeforeTraining(Healthy() with { Examples = Examples(300, _ => 1) });
        Assert.Contains("nothing to tell apart", finding!.Evidence.In(AlarmLanguage.English));
        Assert.Null(
            new ClassesOutOfBalance().BeforeTraining(
                Healthy() with
                {
                    Examples = Examples(700, i => i % 7 == 0 ? 1 : 0),
                    Loss = new BinaryCrossEntropyLoss(6),
                }
            )
        );
        Assert.Null(
            new CollapsedScores().AfterStep(Healthy() with { Recent = [.. Enumerable.Range(0, 256).Select(_ => new ScoredExample(1, 1))] })
        ); // labels do not differ either
    }

    private static Finding? Ask(AlarmRule rule, WatchedTraining training) =>
        rule.BeforeTraining(training) ?? rule.AfterStep(training) ?? rule.AfterEvaluation(training);

    private static WatchedTraining Healthy() =>
        new()
        {
            Arguments = new TrainingArguments(),
            Loss = new BinaryCrossEntropyLoss(),
            Examples = Examples(400, i => i % 2),
            Evaluators = [new MSEEval(Examples(40, i => i % 2, "unseen"), "validation")],
            MaxLength = 512,
            TrainedWeights = 11_000_000,
            TotalSteps = 100,
            WarmupSteps = 10,
            Steps = Steps(60, i => 0.7 - 0.005 * i),
            Evaluations = [Point(0, 0.25), Point(60, 0.2)],
            Recent = Scores(256, i => i % 5 - 2), // a mean squared error of 0.33
        };

    private static WatchedTraining Early(float first, float now) =>
        Healthy() with
        {
            Steps = Steps(40, _ => 0.69),
            First = Scores(128, i => i % 3 * first),
            Recent = Scores(256, i => i % 3 * now),
        };

    private static WatchedTraining Ranked(double before, double now) =>
        Healthy() with
        {
            Evaluators = [RerankingEvaluator.FromExamples([new(["q", "a"], 1), new(["q", "b"], 0)], "ranking")],
            Evaluations = [Point(0, before, "ndcg@10"), Point(60, now, "ndcg@10")],
        };

    private static InputExample[] Examples(int count, Func<int, float> label, string query = "question", string passage = "passage") =>
        [.. Enumerable.Range(0, count).Select(i => new InputExample([$"{query} {i}", $"{passage} {i}"], label(i)))];

    private static TrainingStep[] Steps(int count, Func<int, double> loss) =>
        [.. Enumerable.Range(0, count).Select(i => new TrainingStep(i, 0, loss(i), 2e-5, 1, 1000))];

    private static ScoredExample[] Scores(int count, Func<int, float> logit) =>
        [.. Enumerable.Range(0, count).Select(i => new ScoredExample(logit(i), i % 2))];

    private static EvaluationPoint Point(int step, double value, string metric = MSEEval.MseByExample) =>
        new(step, new EvaluationResult("validation", 0, step, new Dictionary<string, double> { [MSEEval.Mse] = value, [metric] = value }));
}
