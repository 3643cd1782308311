using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>Asks the rules and passes on what they find, each once in a training, however often it is resumed.</summary>
internal sealed class AlarmWatch(
    WatchedTraining training,
    Queue<ScoredExample> recent,
    IReadOnlyList<AlarmRule> rules,
    AlarmLanguage language,
    TrainingLog log,
    Action<Alarm>? tell
)
{
    private readonly WatchedTraining _training = training with { First = new List<ScoredExample>() };
    private readonly HashSet<string> _raised = [.. log.Alarms.Select(alarm => alarm.Rule)];

    /// <summary>Looks at data and settings.</summary>
    public void BeforeTraining() => Ask(rule => rule.BeforeTraining(_training), 0);

    /// <summary>Notes the scores of a micro-batch; (batch) each, or more logits than labels where the model has several labels, which no rule reads.</summary>
    public void Note(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels)
    {
        if (logits.Length != labels.Length)
            return;
        var first = (List<ScoredExample>)_training.First;
        for (var i = 0; i < labels.Length; i++)
        {
            var scored = new ScoredExample(logits[i], labels[i]);
            recent.Enqueue(scored);
            if (first.Count < WatchedTraining.RecentScores / 2)
                first.Add(scored);
        }

        while (recent.Count > WatchedTraining.RecentScores)
            recent.Dequeue();
    }

    /// <summary>Looks at the step just made.</summary>
    public void AfterStep(TrainingStep step) => Ask(rule => rule.AfterStep(_training), step.Step + 1);

    /// <summary>Looks at the evaluation just made.</summary>
    public void AfterEvaluation(EvaluationPoint point) => Ask(rule => rule.AfterEvaluation(_training), point.Step);

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
