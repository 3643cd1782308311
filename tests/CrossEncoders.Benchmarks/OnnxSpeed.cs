using System.Diagnostics;
using System.Globalization;
using CrossEncoders.Evaluation;
using CrossEncoders.Onnx;
using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Pairs a second of one model on libtorch and on ONNX Runtime, in one run, and how well their orders agree; or an export alone.
/// </summary>
internal static class OnnxSpeed
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var folder = options.Text("model");
        if (options.Text("output", "") is { Length: > 0 } output)
        {
            using var model = Load(folder, ScalarType.Float32);
            var precision = Enum.Parse<OnnxPrecision>(options.Text("precision", "Fp32"), ignoreCase: true);
            Console.WriteLine(model.ExportOnnx(output, new() { Precision = precision, LeastNdcgShare = 0 }).Path);
            return 0;
        }

        var pairs = Pairs(options.Text("shared"), options.Number("pairs", 512));
        var times = options.Number("times", 3);
        var threads = options.Number("threads", Environment.ProcessorCount);
        var scratch = Directory.CreateTempSubdirectory("cross-encoders-").FullName;
        try
        {
            Measure(folder, scratch, pairs, times, threads);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return 0;
    }

    private static void Measure(string folder, string scratch, TextPair[] pairs, int times, int threads)
    {
        Console.WriteLine($"{Processor.InstructionSet}, {threads} threads, {pairs.Length} pairs");
        using var full = Load(folder, ScalarType.Float32);
        set_num_threads(threads);
        var expected = full.Score(pairs);
        Report("libtorch fp32", full, expected, pairs, times);
        using (var half = Load(folder, ScalarType.BFloat16))
            Report("libtorch bf16", half, expected, pairs, times);
        foreach (var precision in Enum.GetValues<OnnxPrecision>())
        {
            full.ExportOnnx(scratch, new() { Precision = precision, LeastNdcgShare = 0 });
            var clock = Stopwatch.StartNew();
            using var served = OnnxCrossEncoder.FromPretrained(
                scratch,
                new()
                {
                    File = OnnxFiles.Of(precision),
                    Threads = threads,
                    Report = _ => { },
                }
            );
            var loaded = clock.Elapsed.TotalSeconds;
            Report(
                $"ONNX {precision}",
                served,
                expected,
                pairs,
                times,
                string.Create(CultureInfo.InvariantCulture, $", loaded in {loaded:0.00} s")
            );
        }
    }

    private static void Report(string name, IPassageScorer scorer, float[] expected, TextPair[] pairs, int times, string more = "")
    {
        var found = scorer.Score(pairs);
        var best = double.MaxValue;
        for (var i = 0; i < times; i++)
        {
            var clock = Stopwatch.StartNew();
            scorer.Score(pairs);
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        var tau = CorrelationMetrics.Kendall([.. expected.Select(x => (double)x)], [.. found.Select(x => (double)x)]);
        var most = expected.Zip(found, (a, b) => Math.Abs(a - b)).Max();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name, -15} {pairs.Length / best, 6:0.0} pairs/s, Kendall's τ to fp32 {tau:0.0000}, logits off by {most:0.00000} at most"
            ) + more
        );
    }

    /// <summary>Human questions with passages of the same file, as XQuAD has them.</summary>
    public static TextPair[] Pairs(string shared, int count)
    {
        var file = SquadFile.Load(Path.Combine(shared, "data", "xquad", "xquad.en.json"));
        var questions = file.Questions.ToArray();
        new Random(2024).Shuffle(questions);
        return [.. questions.Take(count).Select(question => new TextPair(question.Text, file.Passages[question.Passage]))];
    }

    private static CrossEncoder Load(string folder, ScalarType type) =>
        CrossEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = type,
                Report = _ => { },
            }
        );
}
