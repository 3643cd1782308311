using CrossEncoders.Evaluation;
using CrossEncoders.Training;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;
using static CrossEncoders.Tests.Training.AlarmCases;

namespace CrossEncoders.Tests.Training;

/// <summary>Each rule just below, at and just above what it begins to speak at.</summary>
public sealed class AlarmThresholdTests
{
    [Theory]
    [InlineData(0f, 1f, false)]
    [InlineData(-0.001f, 1f, true)]
    [InlineData(0f, 1.001f, true)]
    public void LabelsAreProbabilitiesFromNothingToOne(float low, float high, bool raised) =>
        Assert.Equal(
            raised,
            Before(new LabelsOutOfRange(), Healthy() with { Examples = AlarmCases.Examples(400, i => i % 2 == 0 ? low : high) })
        );

    [Theory]
    [InlineData(100, 500, false)]
    [InlineData(100, 501, true)]
    [InlineData(500, 100, false)]
    [InlineData(501, 100, true)]
    [InlineData(0, 600, true)]
    public void ClassesMayDifferFivefold(int positives, int negatives, bool raised) =>
        Assert.Equal(
            raised,
            Before(
                new ClassesOutOfBalance(),
                Healthy() with
                {
                    Examples = AlarmCases.Examples(positives + negatives, i => i < positives ? 0.5f : 0.4999f), // where a class begins
                }
            )
        );

    [Theory]
    [InlineData(0.2f, 0.69f, false)]
    [InlineData(0.2f, 0.7f, true)] // half of what there is
    [InlineData(1f, 1f, false)]
    public void LabelsOfAPairContradictByHalfOfTheScale(float one, float other, bool raised) =>
        Assert.Equal(
            raised,
            Before(
                new ContradictoryLabels(),
                Healthy() with
                {
                    Examples = [.. AlarmCases.Examples(2, i => i), new(["q", "p"], one), new([" Q ", "p"], other)],
                }
            )
        );

    [Theory]
    [InlineData(200, 1, false)]
    [InlineData(199, 1, true)]
    [InlineData(600, 3, false)]
    [InlineData(599, 3, true)]
    public void AnEpochNeedsTwoHundredExamples(int examples, int epochs, bool raised) =>
        Assert.Equal(
            raised,
            Before(new TooFewExamples(), Healthy() with { Examples = AlarmCases.Examples(examples, i => i % 2), Epochs = epochs })
        );

    [Theory]
    [InlineData(4, false)] // one in a hundred
    [InlineData(5, true)]
    public void OneInAHundredMayBeTruncated(int truncated, bool raised) =>
        Assert.Equal(raised, Before(new TruncatedPairs(), Healthy() with { Truncated = truncated }));

    [Theory]
    [InlineData(5e-5, 85_000_000, false)]
    [InlineData(5.01e-5, 85_000_000, true)]
    [InlineData(2.5e-5, 340_000_000, false)] // four times the weights, half the rate
    [InlineData(2.51e-5, 340_000_000, true)]
    [InlineData(0.9, 0, false)] // nothing trained but embeddings
    public void TheRateFallsWithTheRootOfTheWeights(double rate, long weights, bool raised) =>
        Assert.Equal(
            raised,
            Before(
                new LearningRateTooHigh(),
                Healthy() with
                {
                    Arguments = new TrainingArguments { LearningRate = rate },
                    TrainedWeights = weights,
                }
            )
        );

    [Theory]
    [InlineData(0.5, 1.0, false)]
    [InlineData(double.NaN, 1.0, true)]
    [InlineData(double.PositiveInfinity, 1.0, true)]
    [InlineData(0.5, double.NaN, true)]
    [InlineData(1e30, 1e30, false)]
    public void NeitherLossNorGradientMayBeNoNumber(double loss, double norm, bool raised) =>
        Assert.Equal(
            raised,
            new LossNotFinite().AfterStep(Healthy() with { Steps = [new(0, 0, 0.5, 2e-5, 1, 1), new(1, 0, loss, 2e-5, norm, 1)] })
                is not null
        );

    [Theory]
    [InlineData(80, 0.499, false)] // half as much again and a twentieth
    [InlineData(80, 0.501, true)]
    [InlineData(81, 0.9, false)] // asked at the end of a block only
    [InlineData(40, 0.9, false)] // too early to tell
    [InlineData(60, 0.9, true)]
    public void TheLossOfABlockMayRiseByHalf(int steps, double last, bool raised) =>
        Assert.Equal(
            raised,
            new LossRising().AfterStep(Healthy() with { Steps = Steps(steps, i => i < steps - 20 ? 0.3 : last) }) is not null
        );

    [Theory]
    [InlineData(40, 0.7031, true)]
    [InlineData(40, 0.7032, false)]
    [InlineData(40, 0.6832, true)]
    [InlineData(40, 0.6831, false)]
    [InlineData(39, 0.6931, false)] // thirty steps after the warm-up of ten
    public void AHundredthAroundTheLogarithmOfTwoIsStuck(int steps, double loss, bool raised)
    {
        var training = Healthy() with { Steps = Steps(steps, _ => loss) };
        Assert.Equal(raised, new LossStuckAtLn2().AfterStep(training) is not null);
        Assert.Null(new LossStuckAtLn2().AfterStep(training with { Loss = new BinaryCrossEntropyLoss(2) })); // there it means nothing
    }

    [Theory]
    [InlineData(0.0199f, 60, true)]
    [InlineData(0.0201f, 60, false)]
    [InlineData(0.0199f, 50, true)] // in the second half
    [InlineData(0.0199f, 49, false)]
    public void ScoresSpreadByTwoHundredths(float spread, int steps, bool raised) =>
        Assert.Equal(
            raised,
            new CollapsedScores().AfterStep(
                Healthy() with
                {
                    Steps = Steps(steps, _ => 0.69),
                    Recent = Scores(256, i => i % 4 < 2 ? spread : -spread), // beside labels of 0, 1, 0, 1
                }
            )
                is not null
        );

    [Theory]
    [InlineData(231, 9.01f, true)] // nine in ten of 256
    [InlineData(230, 9.01f, false)]
    [InlineData(256, 9f, false)]
    [InlineData(256, -9.01f, true)]
    public void NineInTenScoresMayNotBeSaturated(int count, float logit, bool raised) =>
        Assert.Equal(
            raised,
            new SaturatedScores().AfterStep(Healthy() with { Recent = Scores(256, i => i < count ? logit : 0) }) is not null
        );

    [Theory]
    [InlineData(30, 0, 128, 128)]
    [InlineData(29, 0, 128, 0)]
    [InlineData(40, 41, 128, 0)]
    [InlineData(41, 41, 128, 128)]
    [InlineData(100, 0, 127, 0)]
    public void ScoresCountOnceTheTrainingHasSettled(int steps, int warmup, int recent, int settled) =>
        Assert.Equal(
            settled,
            (Healthy() with { Steps = Steps(steps, _ => 1), WarmupSteps = warmup, Recent = Scores(recent, _ => 1) }).Settled.Count
        );

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(2, 0, true)]
    [InlineData(0, 5, false)]
    [InlineData(0, 6, true)]
    public void OfAHundredPairsOneOrFiveQuestionsMayBeKnown(int pairs, int questions, bool raised)
    {
        var validation = AlarmCases.Examples(100, i => i % 2, "unseen");
        for (var i = 0; i < pairs + questions; i++)
            validation[i] = new([$" question {i}", i < pairs ? $"passage {i} " : "another"], 1); // spaces around are no difference
        Assert.Equal(raised, Before(new ValidationSeenInTraining(), Healthy() with { Evaluators = [new MSEEval(validation, "v")] }));
    }

    [Theory]
    [InlineData(0.499, true)]
    [InlineData(0.501, false)]
    public void ValidationIsSuspectAtHalfTheError(double share, bool raised)
    {
        var training = Healthy();
        var error = training.Recent.Average(score => Math.Pow(1 / (1 + Math.Exp(-score.Logit)) - score.Label, 2));
        Assert.Equal(
            raised,
            new ValidationBetterThanTraining().AfterEvaluation(training with { Evaluations = [Point(50, share * error)] }) is not null
        );
        var learned = training with { Recent = Scores(256, i => i % 2 == 0 ? -5 : 5), Evaluations = [Point(50, 0)] };
        Assert.Null(new ValidationBetterThanTraining().AfterEvaluation(learned)); // nearly no error on either side
    }

    [Theory]
    [InlineData(50, 0.2019, false)] // a hundredth is noise
    [InlineData(50, 0.2021, true)]
    [InlineData(49, 0.9, false)]
    [InlineData(100, 0.1, false)]
    public void WorseThanTheBaseIsWorseByAHundredthInTheSecondHalf(int step, double error, bool raised)
    {
        var training = Healthy() with { Evaluations = [Point(0, 0.2), Point(step, error)] };
        Assert.Equal(raised, new WorseThanBase().AfterEvaluation(training) is not null);
        Assert.Null(new WorseThanBase().AfterEvaluation(training with { Evaluations = [Point(step, 9)] })); // no base to compare with
    }

    /// <summary>Every rule looks at settings, steps or evaluations, and not at what is not there yet.</summary>
    [Fact]
    public void NoRuleStumblesOverATrainingThatHasJustBegun()
    {
        var training = Healthy() with { Steps = [], Evaluations = [], Recent = [], First = [], Evaluators = [] };
        Assert.All(AlarmRules.All, rule => Assert.Null(rule.BeforeTraining(training)));
        var one = training with { Steps = Steps(1, _ => 0.7), Recent = Scores(8, _ => 0), Evaluations = [Point(0, 0.2)] };
        Assert.All(AlarmRules.All, rule => Assert.Null(rule.AfterStep(one)));
        Assert.All(AlarmRules.All, rule => Assert.Null(rule.AfterEvaluation(one)));
    }

    private static bool Before(AlarmRule rule, WatchedTraining training) => rule.BeforeTraining(training) is not null;
}
