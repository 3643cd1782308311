using System.Diagnostics;
using System.Globalization;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Pairs a second at mixed lengths, and which share of the machine's matrix-product rate that is; tokens a second; load times.
/// </summary>
internal static class Inference
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var shared = options.Text("shared");
        var scratch = Directory.CreateTempSubdirectory("cross-encoders-");
        try
        {
            var tokenizers = Path.Combine(shared, "golden", "tokenizers");
            var folder = RandomModel.MiniLM(Path.Combine(tokenizers, "bert-base-uncased"), Path.Combine(scratch.FullName, "minilm"));
            var pairs = OnnxSpeed.Pairs(shared, options.Number("pairs", 512));
            var measured = options.Text("model", folder);
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
            {
                (Products.Convolve, PackedWeight.Enabled, RowSoftmax.Enabled) = (false, false, false);
                Console.WriteLine("by libtorch's linear and attention: " + Measure(measured, pairs, type, options.Number("times", 3)));
                (Products.Convolve, PackedWeight.Enabled, RowSoftmax.Enabled) = (null, true, true);
                Console.WriteLine(Measure(measured, pairs, type, options.Number("times", 3)));
            }

            Console.WriteLine(Tokens(folder, pairs));
            var large = RandomModel.BgeRerankerBase(Path.Combine(tokenizers, "xlm-roberta-250k"), Path.Combine(scratch.FullName, "bge"));
            foreach (var (name, path) in (IEnumerable<(string, string)>)[("MiniLM-L6", folder), ("bge-reranker-base", large)])
            {
                var clock = Stopwatch.StartNew();
                using var model = CrossEncoder.FromPretrained(path, new() { Device = "cpu" });
                var megabytes = new FileInfo(Path.Combine(path, "model.safetensors")).Length / 1e6;
                Console.WriteLine(
                    Line($"load {name}: {megabytes:0} MB of weights in {clock.Elapsed.TotalSeconds:0.00} s, tokenizer included")
                );
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return 0;
    }

    private static string Measure(string folder, TextPair[] pairs, ScalarType type, int times)
    {
        using var model = CrossEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = type,
                Report = _ => { },
            }
        );
        int[] lengths = [.. model.Tokenize(pairs).Select(text => text.Ids.Length)];
        model.Score(pairs[..64]);
        var (gemm, best) = (0.0, double.MaxValue);
        for (var i = 0; i < times; i++)
        {
            gemm = Math.Max(gemm, Gemm.Rate(type));
            var clock = Stopwatch.StartNew();
            model.Score(pairs);
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        var rate = Work(model, pairs) / best / 1e9;
        return Line($"predict {type}: {pairs.Length} pairs, {lengths.Average():0} tokens on average, {lengths.Max()} at most: ")
            + Line($"{pairs.Length / best:0.0} pairs/s, {rate:0} of {gemm:0} GFLOP/s = {100 * rate / gemm:0} %");
    }

    /// <summary>
    /// What the whole encoder costs without padding, as for sentence-transformers' figures: products with matrices, and attention.
    /// </summary>
    public static double Work(CrossEncoder model, TextPair[] pairs)
    {
        var config = model.Model.Config;
        return model
            .Tokenize(pairs)
            .Sum(text =>
                config.Layers
                * (
                    2.0 * text.Ids.Length * config.HiddenSize * (4 * config.HiddenSize + 2 * config.IntermediateSize)
                    + 4.0 * text.Ids.Length * text.Ids.Length * config.HiddenSize
                )
            );
    }

    private static string Tokens(string folder, TextPair[] pairs)
    {
        var tokenizer = TextTokenizer.Load(folder);
        var clock = Stopwatch.StartNew();
        var (tokens, rounds) = (0L, 0);
        for (; clock.Elapsed.TotalSeconds < 2; rounds++)
            tokens += pairs.Sum(pair => (long)tokenizer.Encode(pair.Passage, int.MaxValue).Ids.Length);
        var rate = tokens / clock.Elapsed.TotalSeconds / 1e6;
        return Line($"tokenize: {rate:0.00} million tokens/s on one thread ({rounds} rounds over {pairs.Length} passages)");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
