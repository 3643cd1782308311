using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>What a training did, read back from its log: for a training that is still running elsewhere, or that crashed.</summary>
/// <param name="Steps">All optimizer steps.</param>
/// <param name="Evaluations">All evaluations.</param>
/// <param name="Alarms">All alarms.</param>
public sealed record TrainingHistory(
    IReadOnlyList<TrainingStep> Steps,
    IReadOnlyList<EvaluationPoint> Evaluations,
    IReadOnlyList<Alarm> Alarms
);
