using System.Text.Json;

namespace CrossEncoders.Training;

/// <summary>Everything besides tensors and the log that a training needs to go on.</summary>
internal sealed record TrainingState
{
    public required string Fingerprint { get; init; }

    /// <summary>A hash of the weights it started with.</summary>
    public string? StartWeights { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public int Step { get; set; }

    public double Seconds { get; set; }

    public int? BestStep { get; set; }

    public double? BestValue { get; set; }

    /// <summary>Evaluations since the last gain, for early stopping.</summary>
    public int WithoutGain { get; set; }

    /// <summary>Length of the log in bytes.</summary>
    public long LogLength { get; set; }

    /// <summary>Length of each evaluator's CSV file in bytes.</summary>
    public Dictionary<string, long> CsvLengths { get; init; } = [];

    /// <summary>The same, to change without changing this.</summary>
    public TrainingState Copy() => this with { CsvLengths = new(CsvLengths) };

    /// <summary>The state, where its figures make sense.</summary>
    /// <param name="step">The step it must be of; null for any.</param>
    /// <exception cref="JsonException">They do not.</exception>
    public TrainingState Checked(int? step)
    {
        if (Fingerprint is not { Length: 64 } || !Fingerprint.All(char.IsAsciiHexDigitLower))
            throw new JsonException("its Fingerprint is not the 64 hexadecimal digits of a training's.");
        if (Step < 0 || (step ?? Step) != Step)
            throw new JsonException($"its Step is {Step}; expected {(step is { } right ? $"{right}" : "0 or more")}.");
        if (
            !(Seconds >= 0)
            || LogLength < 0
            || WithoutGain < 0
            || BestStep < 0
            || CsvLengths is null
            || CsvLengths.Values.Any(bytes => bytes < 0)
        )
            throw new JsonException("a count, a length or a time in it is negative or missing.");
        return this;
    }
}
