using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Tests.Training;

/// <summary>For each rule a training that has what it looks for, one that only comes near, and a figure of the evidence.</summary>
internal static class AlarmCases
{
    public static readonly (AlarmRule Rule, WatchedTraining Wrong, WatchedTraining Near, string Figure)[] All =
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
            new NegativesByWords(),
            Healthy() with
            {
                Examples = [.. Enumerable.Range(0, 300).Select(i => Lamp(i, i / 2 % 5 == 0))],
            },
            Healthy() with
            {
                Examples = [.. Enumerable.Range(0, 300).Select(i => Lamp(i, i / 2 % 3 == 0))],
            },
            "80 % of 150"
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

    public static WatchedTraining Healthy() =>
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

    public static WatchedTraining Early(float first, float now) =>
        Healthy() with
        {
            Steps = Steps(40, _ => 0.69),
            First = Scores(128, i => i % 3 * first),
            Recent = Scores(256, i => i % 3 * now),
        };

    public static WatchedTraining Ranked(double before, double now) =>
        Healthy() with
        {
            Evaluators = [RerankingEvaluator.FromExamples([new(["q", "a"], 1), new(["q", "b"], 0)], "ranking")],
            Evaluations = [Point(0, before, "ndcg@10"), Point(60, now, "ndcg@10")],
        };

    public static InputExample[] Examples(int count, Func<int, float> label, string query = "question", string passage = "passage") =>
        [.. Enumerable.Range(0, count).Select(i => new InputExample([$"{query} {i}", $"{passage} {i}"], label(i)))];

    private static InputExample Lamp(int i, bool inAnswer) =>
        new([$"lamp {i / 2}?", inAnswer == (i % 2 == 0) ? "A lamp." : "A hatch."], 1 - i % 2);

    public static TrainingStep[] Steps(int count, Func<int, double> loss) =>
        [.. Enumerable.Range(0, count).Select(i => new TrainingStep(i, 0, loss(i), 2e-5, 1, 1000))];

    public static ScoredExample[] Scores(int count, Func<int, float> logit) =>
        [.. Enumerable.Range(0, count).Select(i => new ScoredExample(logit(i), i % 2))];

    public static EvaluationPoint Point(int step, double value, string metric = MSEEval.MseByExample) =>
        new(step, new EvaluationResult("validation", 0, step, new Dictionary<string, double> { [MSEEval.Mse] = value, [metric] = value }));
}
