using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Scores pairs of natural lengths with bge-reranker-base's layout at full size and random weights, and keeps checkpoint, pairs and
/// logits, so that <c>beside-python.py</c> can score the same with sentence-transformers on the same machine.
/// </summary>
internal static class LargeScoring
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (shared, keep, times) = (options.Text("shared"), options.Text("keep"), options.Number("times", 3));
        var pairs = OnnxSpeed.Pairs(shared, options.Number("pairs", 2048));
        var tokenizer = Path.Combine(shared, "golden", "tokenizers", "xlm-roberta-250k");
        var folder = RandomModel.BgeRerankerBase(tokenizer, Path.Combine(keep, "model"));
        File.WriteAllLines(
            Path.Combine(keep, "pairs.jsonl"),
            pairs.Select(pair => JsonSerializer.Serialize((string[])[pair.Query, pair.Passage]))
        );
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        foreach (var batch in options.Text("batches", "32,128,512").Split(',').Select(int.Parse))
        {
            using var model = CrossEncoder.FromPretrained(
                folder,
                new()
                {
                    Device = options.Text("device", "auto"),
                    ComputeType = type,
                    BatchSize = batch,
                    TokenBudget = 256 * batch,
                    Report = _ => { },
                }
            );
            model.Score(pairs); // the device chooses its kernels
            var seconds = new List<double>();
            float[] logits = [];
            for (var i = 0; i < times; i++)
            {
                var clock = Stopwatch.StartNew();
                logits = model.Score(pairs);
                seconds.Add(clock.Elapsed.TotalSeconds);
            }

            var (best, work) = (seconds.Min(), Inference.Work(model, pairs));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.Device.Device.type} {type}, batches of {batch} pairs and {256 * batch} tokens at most: "
                        + $"{pairs.Length / best:0} pairs/s, {work / best / 1e12:0.0} TFLOP/s without padding"
                )
            );
            File.WriteAllText(Path.Combine(keep, $"logits-{type}.json"), JsonSerializer.Serialize(logits));
        }

        return 0;
    }
}
