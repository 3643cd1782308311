using CrossEncoders;
using CrossEncoders.Onnx;
using CrossEncoders.Scoring;
using static TorchSharp.torch;

namespace ScoreTool;

/// <summary>How a model is loaded.</summary>
/// <param name="Model">A folder, scored by ONNX Runtime where it holds a folder onnx and by libtorch otherwise, or a hub id.</param>
/// <param name="Device">"auto", "cpu", "cuda", "cuda:N" or "mps".</param>
/// <param name="Type">"auto", "float32", "bfloat16" or "int8".</param>
/// <param name="MaxLength">The longest pair in tokens; null for the model's own.</param>
/// <param name="BatchSize">The most pairs of a batch.</param>
/// <param name="TokenBudget">The most tokens of a batch.</param>
internal sealed record ScorerChoice(string Model, string Device, string Type, int? MaxLength, int BatchSize, int TokenBudget);

/// <summary>A model that is loaded, and what it is.</summary>
internal sealed record LoadedScorer(IPassageScorer Scorer, ScorerIdentity Identity) : IDisposable
{
    /// <summary>Loads a model.</summary>
    /// <exception cref="CrossEncoderException">It cannot be loaded, has no trained head, or gives more than one score a pair.</exception>
    public static LoadedScorer Of(ScorerChoice choice, Action<string> report)
    {
        if (Directory.Exists(Path.Combine(choice.Model, "onnx")))
        {
            if (choice.Type == "bfloat16" || choice.Device is not ("auto" or "cpu"))
                throw new CrossEncoderException(
                    $"{choice.Model} holds a folder onnx, which ONNX Runtime scores on the CPU in float32 or int8; expected no --type "
                        + "bfloat16 and no other --device. For libtorch name a folder without it."
                );
            var onnx = OnnxCrossEncoder.FromPretrained(
                choice.Model,
                new()
                {
                    Precision = choice.Type switch
                    {
                        "float32" => OnnxPrecision.Fp32,
                        "int8" => OnnxPrecision.Quantized,
                        _ => null,
                    },
                    MaxLength = choice.MaxLength,
                    BatchSize = choice.BatchSize,
                    TokenBudget = choice.TokenBudget,
                    Report = report,
                }
            );
            report(onnx.Description);
            return Checked(new(onnx, onnx.Identity()), onnx.Labels);
        }

        var torch = CrossEncoder.FromPretrained(
            choice.Model,
            new()
            {
                Device = choice.Device,
                ComputeType = choice.Type switch
                {
                    "float32" => ScalarType.Float32,
                    "bfloat16" => ScalarType.BFloat16,
                    "int8" => ScalarType.Int8,
                    _ => null,
                },
                MaxLength = choice.MaxLength,
                BatchSize = choice.BatchSize,
                TokenBudget = choice.TokenBudget,
                Report = report,
            }
        );
        report(torch.Description);
        if (torch.RandomWeights.Count > 0)
        {
            torch.Dispose();
            throw new CrossEncoderException($"{choice.Model} has no trained head, so its scores would be random. Name a trained model.");
        }

        return Checked(new(torch, torch.Identity()), torch.Labels);
    }

    public void Dispose() => (Scorer as IDisposable)?.Dispose();

    private static LoadedScorer Checked(LoadedScorer loaded, int labels)
    {
        if (labels == 1)
            return loaded;
        loaded.Dispose();
        throw new CrossEncoderException(
            $"The model '{loaded.Identity.Name}' gives {labels} scores a pair; expected a re-ranker, which gives one."
        );
    }
}
