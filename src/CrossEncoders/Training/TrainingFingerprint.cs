using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>
/// Tells whether a checkpoint is of this training: a hash of examples, model shape, loss and all settings that decide the course.
/// </summary>
internal static class TrainingFingerprint
{
    /// <summary>The fingerprint as hexadecimal digits.</summary>
    public static string Of(
        CrossEncoder model,
        IReadOnlyList<InputExample> examples,
        TrainingArguments arguments,
        Loss loss,
        IReadOnlyList<IEvaluator> evaluators
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in examples)
            hash.AppendData(
                Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"{example.Query}\0{example.Passage}\0{example.Label}\0{example.Group}\n")
                )
            );
        // Where it is written, and when it stops, may change between sessions; and so may the cure of a training that diverged.
        var settings = arguments with
        {
            OutputFolder = "",
            Resume = false,
            MaxSteps = null,
            TimeBudget = null,
            CheckpointSteps = 0,
            CheckpointsKept = 1,
            EarlyStoppingPatience = null,
            EarlyStoppingMinDelta = 0,
            LearningRate = 0,
            Schedule = default,
            WarmupRatio = 0,
            WarmupSteps = null,
            MaxGradientNorm = 0,
            ComputeType = null,
        };
        var deciding = evaluators is [var first, ..] ? first.Name + first.PrimaryMetric + first.HigherIsBetter : ""; // chooses the best
        hash.AppendData(
            Encoding.UTF8.GetBytes(
                JsonSerializer.Serialize(settings)
                    + loss.Name
                    + deciding
                    + model.MaxLength
                    + model.Model.Architecture
                    + model.Model.Trained.Flat.numel()
                    + JsonSerializer.Serialize(model.Model.Adapter?.Options)
                    + (model.Model.Adapter is null ? "" : Frozen(model.Model.Parameters.Flat))
            )
        );
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Tells the weights below an adapter from those of another training of the same model, by every so manieth of them.</summary>
    private static string Frozen(Tensor weights)
    {
        using var some = weights.slice(0, 0, weights.numel(), 1 + weights.numel() / 65_536);
        using var values = some.contiguous();
        return Checkpoints.HashOf(values);
    }
}
