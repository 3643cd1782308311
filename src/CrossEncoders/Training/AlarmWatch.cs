using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>Asks the rules and passes on what they find, each once in a training, however often it is resumed.</summary>
internal sealed class AlarmWatch(
    WatchedTraining training,
    IReadOnlyList<AlarmRule> rules,
    AlarmLanguage language,
    TrainingLog log,
    Action<Alarm>? tell
)
{
    private readonly HashSet<string> _raised = [.. log.Alarms.Select(alarm => alarm.Rule)];

    /// <summary>Looks at data and settings.</summary>
    public void BeforeTraining() => Ask(rule => rule.BeforeTraining(training), 0);

    /// <summary>Looks at the step just made.</summary>
    public void AfterStep(TrainingStep step) => Ask(rule => rule.AfterStep(training), step.Step + 1);

    /// <summary>Looks at the evaluation just made.</summary>
    public void AfterEvaluation(EvaluationPoint point) => Ask(rule => rule.AfterEvaluation(training), point.Step);

    private void Ask(Func<AlarmRule, Finding?> question, int step)
    {
        foreach (var rule in rules)
        {
            if (_raised.Contains(rule.Name) || question(rule) is not { } finding)
                continue;
            _raised.Add(rule.Name);
            var alarm = new Alarm(rule.Name, step, finding.Evidence.In(language), finding.Remedy.In(language));
            log.Add(alarm);
            tell?.Invoke(alarm);
        }
    }
}
