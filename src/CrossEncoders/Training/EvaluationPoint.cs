using CrossEncoders.Evaluation;

namespace CrossEncoders.Training;

/// <summary>An evaluation and the optimizer step it was made at.</summary>
/// <param name="Step">Optimizer steps done before it, over all epochs.</param>
/// <param name="Result">What the evaluator found.</param>
public sealed record EvaluationPoint(int Step, EvaluationResult Result);
