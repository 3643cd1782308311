namespace CrossEncoders.Training.Alarms;

/// <summary>
/// Something that goes wrong in trainings, and how to see it. A rule is asked before the training, after every step and after every
/// evaluation, and raises its alarm once in a training. It must be quick, since it is asked often, and must not change anything.
/// </summary>
public abstract class AlarmRule
{
    /// <summary>A name in lower case, for logs: "loss-rising".</summary>
    public abstract string Name { get; }

    /// <summary>Looks at data and settings before the first step.</summary>
    public virtual Finding? BeforeTraining(WatchedTraining training) => null;

    /// <summary>Looks after an optimizer step, the last of <see cref="WatchedTraining.Steps"/>.</summary>
    public virtual Finding? AfterStep(WatchedTraining training) => null;

    /// <summary>Looks after an evaluation, the last of <see cref="WatchedTraining.Evaluations"/>.</summary>
    public virtual Finding? AfterEvaluation(WatchedTraining training) => null;
}

/// <summary>What a rule has found.</summary>
/// <param name="Evidence">What was seen, with figures.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Finding(Words Evidence, Words Remedy);
