using System.Globalization;
using System.Text.Json.Serialization;
using TorchSharp;

namespace CrossEncoders.Training;

/// <summary>The settings of a training. Defaults are those of sentence-transformers' cross-encoder training.</summary>
public sealed record TrainingArguments
{
    /// <summary>Where checkpoints and logs are written.</summary>
    public string OutputFolder { get; init; } = Path.Combine("artifacts", "training");

    /// <summary>Passes over the examples.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>
    /// The number of optimizer steps after which it ends, whatever <see cref="Epochs"/> says: with fewer, or with as many epochs as they
    /// take; null for all of the epochs. A resumed training may change it: the schedule then runs to the new end.
    /// </summary>
    public int? MaxSteps { get; init; }

    /// <summary>Examples in a micro-batch; whole groups where the loss compares the passages of one query.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// The most tokens in a micro-batch, padding included, instead of <see cref="BatchSize"/>; null for that. Short examples then come in
    /// large batches and long ones in small, so that memory is used evenly; within an optimizer step every example weighs the same.
    /// </summary>
    public int? TokenBudget { get; init; }

    /// <summary>Micro-batches whose gradients are averaged for one optimizer step.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>The peak learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>
    /// How fast each layer learns relative to the one above it, as a factor, the head at <see cref="LearningRate"/>, the embeddings
    /// slowest: what is general is kept, what is special learned. 1 for all alike; 0.9 to 0.95 are usual (Howard and Ruder 2018; Zhang et
    /// al. 2021).
    /// </summary>
    public double LayerLearningRateDecay { get; init; } = 1;

    /// <summary>Decoupled weight decay on matrices and embeddings; biases and normalizations are never decayed.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The gradient is scaled down to this norm; 0 does not clip.</summary>
    public double MaxGradientNorm { get; init; } = 1.0;

    /// <summary>How the learning rate changes over the steps.</summary>
    public Schedule Schedule { get; init; } = Schedule.WarmupLinear;

    /// <summary>Share of the steps in which the learning rate rises; <see cref="WarmupSteps"/> takes precedence.</summary>
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>Steps in which the learning rate rises; null takes <see cref="WarmupRatio"/>.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>Optimizer steps between two evaluations, besides those before the first step and after each epoch; 0 for those
    /// only.</summary>
    public int EvaluationSteps { get; init; }

    /// <summary>Optimizer steps between two checkpoints; 0 writes one only when stopped and at the end of an epoch.</summary>
    public int CheckpointSteps { get; init; }

    /// <summary>How many checkpoints are kept, the newest ones.</summary>
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>
    /// Goes on from the newest checkpoint in <see cref="OutputFolder"/>, where there is one. It has to be of the same examples, model,
    /// loss and settings; but the learning rate, its schedule, <see cref="MaxGradientNorm"/> and <see cref="ComputeType"/> may be changed,
    /// to go on after a training that diverged, and so may what only says when to stop and what to write.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Whether a training that begins may take the place of one in <see cref="OutputFolder"/> that has checkpoints: what that one wrote
    /// there is deleted, nothing else. Without it such a start is an error. It does not matter where <see cref="Resume"/> finds something
    /// to go on from.
    /// </summary>
    [JsonIgnore] // does not affect the course, so that fingerprints stay what they were
    public bool Overwrite { get; init; }

    /// <summary>
    /// Ends with the weights that the first evaluator rated best, in the direction that it declares; also where <see cref="TimeBudget"/> or
    /// a stop file ends it, for which it is asked once more. The checkpoint to go on from has the weights of its step.
    /// </summary>
    public bool LoadBestAtEnd { get; init; } = true;

    /// <summary>
    /// Stops after this many evaluations in a row, by the first evaluator, without a new best; null never stops early.
    /// </summary>
    public int? EarlyStoppingPatience { get; init; }

    /// <summary>
    /// By how much an evaluation must be better than the best so far to count as a gain for <see cref="EarlyStoppingPatience"/>.
    /// </summary>
    public double EarlyStoppingMinDelta { get; init; }

    /// <summary>
    /// The time after which it writes a checkpoint and stops; null for no limit. A notebook cell cannot be interrupted, but it can end.
    /// </summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>Seed of the order of examples and of dropout.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Whether the examples are shuffled in each epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether examples of like length share a batch, so that less is padded.</summary>
    public bool GroupByLength { get; init; } = true;

    /// <summary>Dropout everywhere in training; null takes the model's own. 0 allows the fast attention kernels.</summary>
    public double? Dropout { get; init; }

    /// <summary>Type of the matrix products; null takes bfloat16 where the device computes it fast. Weights stay in fp32.</summary>
    public torch.ScalarType? ComputeType { get; init; }

    /// <summary>
    /// Whether layers are computed again in the backward pass instead of keeping what is inside them: a large model trains in a fraction of
    /// the memory, for about a third more time.
    /// </summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>
    /// How many of the lowest layers stay as they are, and the embeddings with them: faster, and forgets less. 0 trains everything.
    /// </summary>
    public int FrozenLayers { get; init; }

    /// <summary>Whether the embeddings stay as they are; they do where layers are frozen.</summary>
    public bool FreezeEmbeddings { get; init; }

    /// <summary>
    /// A file with this name that appears in <see cref="OutputFolder"/> ends the training at the next step as a used-up
    /// <see cref="TimeBudget"/> would; it is then deleted. One that was there before is left alone until it is written again.
    /// </summary>
    public const string StopFile = "stop";

    /// <summary>Refuses settings that make no sense.</summary>
    /// <param name="layers">Layers of the model.</param>
    /// <exception cref="CrossEncoderException">Names the setting, what it is and what was expected.</exception>
    internal void Validate(int layers)
    {
        RequireFolder();
        Require(Epochs > 0, nameof(Epochs), Epochs, "at least 1");
        Require(MaxSteps is null or > 0, nameof(MaxSteps), MaxSteps, "at least 1, or null");
        Require(BatchSize > 0, nameof(BatchSize), BatchSize, "at least 1");
        Require(TokenBudget is null or > 0, nameof(TokenBudget), TokenBudget, "at least 1, or null");
        Require(GradientAccumulationSteps > 0, nameof(GradientAccumulationSteps), GradientAccumulationSteps, "at least 1");
        Require(LearningRate is > 0 and < 1, nameof(LearningRate), LearningRate, "a number between 0 and 1, such as 2e-5");
        Require(
            LayerLearningRateDecay is > 0 and <= 1,
            nameof(LayerLearningRateDecay),
            LayerLearningRateDecay,
            "more than 0 and at most 1"
        );
        Require(WeightDecay is >= 0 and < 1, nameof(WeightDecay), WeightDecay, "0 to 1");
        Require(
            MaxGradientNorm >= 0 && double.IsFinite(MaxGradientNorm),
            nameof(MaxGradientNorm),
            MaxGradientNorm,
            "more than 0, or 0 to not clip"
        );
        Require(Enum.IsDefined(Schedule), nameof(Schedule), Schedule, $"one of {string.Join(", ", Enum.GetNames<Schedule>())}");
        Require(WarmupRatio is >= 0 and <= 1, nameof(WarmupRatio), WarmupRatio, "0 to 1");
        Require(WarmupSteps is null or >= 0, nameof(WarmupSteps), WarmupSteps, "at least 0, or null to take WarmupRatio");
        Require(EvaluationSteps >= 0, nameof(EvaluationSteps), EvaluationSteps, "at least 1, or 0 to evaluate around epochs only");
        Require(CheckpointSteps >= 0, nameof(CheckpointSteps), CheckpointSteps, "at least 1, or 0 for the ends of epochs only");
        Require(CheckpointsKept > 0, nameof(CheckpointsKept), CheckpointsKept, "at least 1");
        Require(EarlyStoppingPatience is null or > 0, nameof(EarlyStoppingPatience), EarlyStoppingPatience, "at least 1, or null");
        Require(
            EarlyStoppingMinDelta >= 0 && double.IsFinite(EarlyStoppingMinDelta),
            nameof(EarlyStoppingMinDelta),
            EarlyStoppingMinDelta,
            "at least 0"
        );
        Require(TimeBudget is null || TimeBudget >= TimeSpan.Zero, nameof(TimeBudget), TimeBudget, "a time, or null for no limit");
        Require(Dropout is null or (>= 0 and < 1), nameof(Dropout), Dropout, "0 to 1, or null");
        Require(
            ComputeType is null or torch.ScalarType.Float32 or torch.ScalarType.BFloat16 or torch.ScalarType.Float16,
            nameof(ComputeType),
            ComputeType,
            "Float32, BFloat16, Float16, or null"
        );
        Require(FrozenLayers >= 0 && FrozenLayers <= layers, nameof(FrozenLayers), FrozenLayers, $"0 to {layers}, the model's layers");
    }

    private void RequireFolder()
    {
        var folder = OutputFolder ?? "";
        var usable = !string.IsNullOrWhiteSpace(folder) && !folder.Contains('\0', StringComparison.Ordinal) && !File.Exists(folder);
        Require(usable, nameof(OutputFolder), $"'{folder.Replace('\0', '?')}'", "the path of a folder, which is made where it is missing");
    }

    private static void Require(bool holds, string name, object? found, string expected)
    {
        if (!holds)
            throw new CrossEncoderException(
                string.Create(CultureInfo.InvariantCulture, $"TrainingArguments.{name} is {found}; expected {expected}.")
            );
    }
}
