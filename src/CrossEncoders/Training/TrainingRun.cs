using CrossEncoders.Evaluation;
using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>A training as it went: what charts, tables and model cards are made from.</summary>
public sealed record TrainingRun
{
    /// <summary>All optimizer steps.</summary>
    public required IReadOnlyList<TrainingStep> Steps { get; init; }

    /// <summary>
    /// All evaluations, the base model's first; <see cref="EvaluationResult.Steps"/> counts within the epoch, -1 is its end.
    /// </summary>
    public required IReadOnlyList<EvaluationPoint> Evaluations { get; init; }

    /// <summary>What looked wrong, in the order in which it was seen.</summary>
    public IReadOnlyList<Alarm> Alarms { get; init; } = [];

    /// <summary>Whether it came to its end, be it an early one; otherwise <c>Resume</c> goes on.</summary>
    public required bool Completed { get; init; }

    /// <summary>Whether it ended because evaluations brought no gain any more.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>The metric of the first evaluator that chooses the best; null without evaluators.</summary>
    public string? PrimaryMetric { get; init; }

    /// <summary>The step whose weights the first evaluator rated best; null without evaluators.</summary>
    public int? BestStep { get; init; }

    /// <summary>The first evaluator's value there.</summary>
    public double? BestValue { get; init; }

    /// <summary>Seconds of training and evaluating, all sessions together.</summary>
    public required double Seconds { get; init; }

    /// <summary>Optimizer steps planned.</summary>
    public required int TotalSteps { get; init; }

    /// <summary>The examples trained on in each epoch.</summary>
    public required int Examples { get; init; }

    /// <summary>The settings.</summary>
    public required TrainingArguments Arguments { get; init; }

    /// <summary>The loss's name.</summary>
    public required string Loss { get; init; }
}
