using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Onnx;
using CrossEncoders.Retrieval;
using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// One table of all ways to score with a model: pairs a second, share of the machine's matrix products, load time, memory, and quality
/// beside fp32. Each is a process of its own, so that none finds what another left in memory. <c>--note yes</c> notes what it found of
/// products in 8 bits in the model's folder.
/// </summary>
internal static class ModeTable
{
    private const double LeastNdcgShare = 0.995; // the export's gate

    private static readonly string[] Modes = ["libtorch-fp32", "libtorch-bf16", "libtorch-int8", "onnx-fp32", "onnx-quantized"];

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (folder, shared) = (options.Text("model"), options.Text("shared"));
        var pairs = OnnxSpeed.Pairs(shared, options.Number("pairs", 512));
        var examples = Examples(shared, options.Number("questions", 200), options.Number("depth", 10));
        if (options.Text("mode", "") is { Length: > 0 } mode)
        {
            MeasureOne(mode, folder, options, pairs, examples);
            return 0;
        }

        Console.WriteLine($"{Processor.InstructionSet}, {pairs.Length} pairs for speed, {examples.Length} for quality");
        var scratch = Directory.CreateTempSubdirectory("modes-").FullName;
        try
        {
            var rows = Modes.Select(each => (Mode: each, Row: InProcess(each, arguments, Path.Combine(scratch, each)))).ToList();
            var exact = new Stored(rows[0].Row.Scores);
            var passing = new List<(string Mode, double Rate)>();
            foreach (var (each, row) in rows)
            {
                var quality = ServedQuality.Verify(new Stored(row.Scores), exact, examples);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{each, -15} {row.Line}; NDCG@10 {quality.ServedNdcg:0.0000} ({100 * quality.NdcgShare:0.00} %), "
                            + $"Kendall's τ {quality.KendallTau:0.0000}"
                    )
                );
                if (each == "libtorch-int8" && options.Text("note", "no") == "yes")
                    Int8Quality.Of(folder, examples)?.NoteIn(folder); // anew: these scores are of other processes
                if (quality.NdcgShare >= LeastNdcgShare)
                    passing.Add((each, row.Rate));
            }

            Console.WriteLine($"the fastest that passes the export's gate here: {passing.MaxBy(each => each.Rate).Mode}");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return 0;
    }

    /// <summary>Questions of both languages with BM25's best passages.</summary>
    private static InputExample[] Examples(string shared, int questions, int depth) =>
        [
            .. ((string[])["en", "zh"]).SelectMany(language =>
            {
                var file = SquadFile.Load(Path.Combine(shared, "data", "xquad", $"xquad.{language}.json"));
                var bm25 = new Bm25Retriever(file.Passages.Select((text, i) => new Passage($"{i}", text)));
                var drawn = file.Questions.ToArray();
                new Random(2024).Shuffle(drawn);
                return drawn
                    .Take(questions / 2)
                    .SelectMany(
                        (question, i) =>
                            bm25.Search(question.Text, depth)
                                .Select(hit => new InputExample(
                                    [question.Text, hit.Passage.Text],
                                    hit.Passage.Id == $"{question.Passage}" ? 1 : 0
                                )
                                {
                                    Group = $"{language} {i}",
                                })
                    );
            }),
        ];

    private static (string Line, double Rate, float[] Scores) InProcess(string mode, IReadOnlyList<string> arguments, string output)
    {
        var line = OwnProcess(["modes", .. arguments, "--mode", mode, "--output", output]);
        var rate = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
        return (line, rate, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray());
    }

    private static void MeasureOne(string mode, string folder, Options options, TextPair[] pairs, InputExample[] examples)
    {
        var isTorch = mode.StartsWith("libtorch", StringComparison.Ordinal);
        var type = mode switch
        {
            "libtorch-bf16" => ScalarType.BFloat16,
            "libtorch-int8" => ScalarType.Int8,
            _ => ScalarType.Float32,
        };
        var output = options.Text("output");
        var precision = mode == "onnx-quantized" ? OnnxPrecision.Quantized : OnnxPrecision.Fp32;
        var source = isTorch ? folder : Exported(folder, output + ".model", precision);
        var clock = Stopwatch.StartNew();
        IPassageScorer scorer = isTorch
            ? CrossEncoder.FromPretrained(
                source,
                new()
                {
                    Device = "cpu",
                    ComputeType = type,
                    Report = _ => { },
                }
            )
            : OnnxCrossEncoder.FromPretrained(source, new() { File = OnnxFiles.Of(precision), Report = _ => { } });
        using var owned = (IDisposable)scorer;
        var loaded = clock.Elapsed.TotalSeconds;
        scorer.Score(pairs[..Math.Min(64, pairs.Length)]);
        var best = double.MaxValue;
        for (var i = 0; i < options.Number("times", 3); i++)
        {
            clock.Restart();
            scorer.Score(pairs);
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        var memory = Process.GetCurrentProcess().WorkingSet64 / 1e6;
        File.WriteAllBytes(output, MemoryMarshal.AsBytes(scorer.Score([.. examples.Select(example => example.Pair)]).AsSpan()).ToArray());
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{pairs.Length / best:0.0} pairs/s, {100 * Work(folder, pairs) / best / 1e9 / Gemm.Rate(type):0} % of {type} products, "
                    + $"loaded in {loaded:0.00} s, {memory:0} MB"
            )
        );
    }

    /// <summary>In a process of its own, so that a mode without libtorch has none in its memory.</summary>
    private static string Exported(string folder, string output, OnnxPrecision precision)
    {
        OwnProcess(["onnx", "--model", folder, "--output", output, "--precision", $"{precision}"]);
        return output;
    }

    private static string OwnProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ModeTable).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0
            ? line
            : throw new CrossEncoderException($"'{string.Join(' ', start.ArgumentList)}' ended with {process.ExitCode}.");
    }

    /// <summary>Operations of the encoder without padding, as <see cref="Inference"/> counts them.</summary>
    private static double Work(string folder, TextPair[] pairs)
    {
        using var model = CrossEncoder.FromPretrained(folder, new() { Device = "cpu", Report = _ => { } });
        return Inference.Work(model, pairs);
    }

    /// <summary>Scores that another process computed.</summary>
    private sealed class Stored(float[] scores) : IPassageScorer
    {
        public string Name => "stored";

        public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress, CancellationToken cancellation) => scores;
    }
}
