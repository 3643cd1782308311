namespace CrossEncoders.Training.Alarms;

/// <summary>The kit's rules; each stands for a complaint that comes again and again in the trackers of re-ranker trainers.</summary>
public static class AlarmRules
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AlarmRule> All { get; } =
    [
        new LabelsOutOfRange(),
        new ClassesOutOfBalance(),
        new ContradictoryLabels(),
        new NegativesByWords(),
        new TooFewExamples(),
        new TruncatedPairs(),
        new LearningRateTooHigh(),
        new LossNotFinite(),
        new LossRising(),
        new LossStuckAtLn2(),
        new CollapsedScores(),
        new SaturatedScores(),
        new ActivationDoesNotFit(),
        new ValidationSeenInTraining(),
        new ValidationBetterThanTraining(),
        new WorseThanBase(),
    ];
}
