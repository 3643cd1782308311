using System.Globalization;
using CrossEncoders.Examples;
using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>Trains bge-reranker-base's layout at full size with random weights in bfloat16: pairs a second and peak memory.</summary>
/// <remarks>The setting of a real fine-tuning on a GPU is <c>--batch 32 --tokens 512</c>; a CPU takes the same way with less.</remarks>
internal static class LargeModel
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (batch, tokens, steps) = (options.Number("batch", 4), options.Number("tokens", 128), options.Number("steps", 4));
        var scratch = Directory.CreateTempSubdirectory("cross-encoders-");
        try
        {
            var folder = RandomModel.BgeRerankerBase(
                Path.Combine(options.Text("shared"), "golden", "tokenizers", "xlm-roberta-250k"),
                Path.Combine(scratch.FullName, "bge")
            );
            foreach (var checkpointing in (bool[])[false, true])
            {
                using var model = CrossEncoder.FromPretrained(
                    folder,
                    new()
                    {
                        Device = options.Text("device", "auto"),
                        MaxLength = tokens,
                        Report = _ => { },
                    }
                );
                var words = string.Join(' ', Enumerable.Repeat("passage", 2 * tokens));
                InputExample[] examples =
                [
                    .. Enumerable.Range(0, batch * steps).Select(i => new InputExample([$"query {i}", words], i % 2)),
                ];
                var training = new TrainingArguments
                {
                    OutputFolder = Path.Combine(scratch.FullName, "training"),
                    BatchSize = batch,
                    ComputeType = ScalarType.BFloat16,
                    GradientCheckpointing = checkpointing,
                    LoadBestAtEnd = false,
                };
                var run = new CrossEncoderTrainer(model, training) { AlarmRules = [] }.Train(examples);
                double[] rates = [.. run.Steps.Skip(1).Select(step => step.TokensPerSecond / tokens).Order()];
                var losses = string.Join(' ', run.Steps.Select(step => step.Loss.ToString("0.000", CultureInfo.InvariantCulture)));
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{(checkpointing ? "with" : "without")} gradient checkpointing, {batch} × {tokens} tokens, "
                            + $"{model.Device.Device.type}: {rates[rates.Length / 2]:0.00} pairs/s, "
                            + $"peak memory {run.Steps[^1].PeakMemory / 1e9:0.0} GB (of the process), losses {losses}"
                    )
                );
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return 0;
    }
}
