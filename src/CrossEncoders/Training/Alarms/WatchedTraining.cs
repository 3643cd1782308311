using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Training.Alarms;

/// <summary>A score the model gave to an example while it learned from it.</summary>
/// <param name="Logit">The raw score.</param>
/// <param name="Label">What it should be.</param>
public readonly record struct ScoredExample(float Logit, float Label);

/// <summary>What the rules look at: a training so far.</summary>
public sealed record WatchedTraining
{
    /// <summary>How many of the newest scores are kept.</summary>
    public const int RecentScores = 256;

    /// <summary>The settings.</summary>
    public required TrainingArguments Arguments { get; init; }

    /// <summary>The loss.</summary>
    public required Loss Loss { get; init; }

    /// <summary>The examples trained on.</summary>
    public required IReadOnlyList<InputExample> Examples { get; init; }

    /// <summary>Those that evaluate.</summary>
    public IReadOnlyList<IEvaluator> Evaluators { get; init; } = [];

    /// <summary>How many examples were longer than the model reads.</summary>
    public int Truncated { get; init; }

    /// <summary>The longest pair the model reads, in tokens.</summary>
    public int MaxLength { get; init; }

    /// <summary>Elements of the weight matrices that are trained, without embeddings: the size that the learning rate depends on.</summary>
    public long TrainedWeights { get; init; }

    /// <summary>
    /// Passes over the examples, the last perhaps not whole: more than in the settings where <see cref="TrainingArguments.MaxSteps"/>
    /// takes more.
    /// </summary>
    public int Epochs
    {
        get => field > 0 ? field : Arguments.Epochs;
        init;
    }

    /// <summary>Steps planned.</summary>
    public int TotalSteps { get; init; }

    /// <summary>Steps in which the learning rate rises.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The steps done.</summary>
    public IReadOnlyList<TrainingStep> Steps { get; init; } = [];

    /// <summary>The evaluations done, the base model's first.</summary>
    public IReadOnlyList<EvaluationPoint> Evaluations { get; init; } = [];

    /// <summary>The newest scores of models with one label, at most <see cref="RecentScores"/>.</summary>
    public IReadOnlyCollection<ScoredExample> Recent { get; init; } = [];

    /// <summary>
    /// The first scores of models with one label, at most half of <see cref="RecentScores"/>; of a resumed training the first since then.
    /// </summary>
    public IReadOnlyCollection<ScoredExample> First { get; init; } = [];

    /// <summary>
    /// The newest scores once the warm-up and at least 30 steps are over and there are enough of them to judge by; else none.
    /// </summary>
    internal IReadOnlyCollection<ScoredExample> Settled =>
        Steps.Count >= Math.Max(30, WarmupSteps) && Recent.Count >= RecentScores / 2 ? Recent : [];
}
