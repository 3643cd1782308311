namespace CrossEncoders.Training;

/// <summary>One optimizer step as it went.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Epoch">Epochs done so far, with their fraction.</param>
/// <param name="Loss">Mean loss of the step's micro-batches.</param>
/// <param name="LearningRate">The learning rate used.</param>
/// <param name="GradientNorm">Norm of the gradient before clipping.</param>
/// <param name="TokensPerSecond">Tokens computed a second, padding included.</param>
/// <param name="PeakMemory">The most memory the process has held so far, in bytes; without that of a GPU.</param>
public sealed record TrainingStep(
    int Step,
    double Epoch,
    double Loss,
    double LearningRate,
    double GradientNorm,
    double TokensPerSecond,
    long PeakMemory = 0
);
