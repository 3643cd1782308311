using System.Diagnostics;
using System.Globalization;
using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// What re-ranking the first candidates of a fused search brings: late interaction over the bi-encoder's token states, its sum with cosine
/// and BM25, and that with a cross-encoder. MRR@10 with paired intervals; pairs a second.
/// </summary>
internal static class LateInteractionTable
{
    private const string Metric = "MRR@10";

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (shared, depth) = (options.Text("shared"), options.Number("depth", 20));
        var kept = options.Text("states", Path.Combine("artifacts", "late-interaction"));
        var storage = options.Number("bits", 16) == 8 ? StateStorage.Bits8 : StateStorage.Bits16;
        Console.WriteLine(LateInteractionSpeed.Measure(storage));
        var products = options.Text("type", "float32") switch
        {
            "int8" => ScalarType.Int8, // the cross-encoder's; the bi-encoder's states are bfloat16
            "bfloat16" => ScalarType.BFloat16,
            _ => ScalarType.Float32,
        };
        var type = products == ScalarType.Int8 ? ScalarType.BFloat16 : products;
        using var encoder = BiEncoder.FromPretrained(
            options.Text("encoder", Path.Combine("data", "models", "multilingual-e5-small-enzh")),
            new() { ComputeType = type }
        );
        using var model = options.Text("model", "") is { Length: > 0 } folder
            ? CrossEncoder.FromPretrained(folder, new() { ComputeType = products })
            : null;
        foreach (var name in options.Text("sets", "xquad-en,xquad-zh,clapnq,stard").Split(','))
        {
            var set = RankingSet.Load(shared, name).Some(options.Number("questions", int.MaxValue));
            using var late = new LateInteraction(
                set.Passages,
                encoder,
                Path.Combine(kept, $"{name}-{type}-{storage}.states"),
                new() { Storage = storage }
            );
            Console.WriteLine(Line($"{set.Name}: {set.Passages.Count} passages, {set.Questions.Count} questions, the first {depth}"));
            var dense = new DenseRetriever(set.Passages, encoder, Path.Combine(kept, $"{name}-{type}.vectors"), "cosine");
            Print(Compare(set, dense, late, model, depth));
            Console.WriteLine(EndToEnd(set, late, depth));
        }

        return 0;
    }

    private static RankingComparison Compare(RankingSet set, DenseRetriever dense, LateInteraction late, CrossEncoder? model, int depth)
    {
        var bm25 = new Bm25Retriever(set.Passages);
        var rrf = new HybridRetriever([bm25, dense], name: "RRF");
        var fused = Fusion.Of((dense, 1), (late, 1), (bm25, 1));
        List<IRetriever> retrievers = [bm25, dense, rrf, rrf.RerankedBy(late, depth, "MaxSim"), rrf.RerankedBy(fused, depth, "F")];
        if (model is not null)
        {
            var known = model.ScoredOnce();
            retrievers.Add(rrf.RerankedBy(known, depth, "cross-encoder"));
            foreach (var weight in (double[])[1, 2, 4])
                retrievers.Add(
                    rrf.RerankedBy(Fusion.Of((dense, 1), (late, 1), (bm25, 1), (known, weight)), depth, Line($"F + {weight} cross-enc."))
                );
        }

        return RankingComparison.Run(set.Questions, retrievers, new() { Metrics = [RankingMetric.Mrr(10), RankingMetric.Recall(20)] });
    }

    private static void Print(RankingComparison comparison)
    {
        foreach (var name in comparison.Retrievers)
        {
            var line = Line($"  {name, -18} {comparison.Mean(name, Metric):0.0000}");
            foreach (var before in comparison.Retrievers.TakeWhile(other => other != name).Where(other => other is "RRF" or "F"))
            {
                var interval = comparison.Difference(before, name, Metric);
                line +=
                    $"   to {before} {SignedNumber.Of(interval.Difference, "0.0000")} "
                    + $"[{SignedNumber.Of(interval.Lower, "0.000")}, {SignedNumber.Of(interval.Upper, "0.000")}]";
            }

            Console.WriteLine(line);
        }
    }

    private static string EndToEnd(RankingSet set, LateInteraction late, int depth)
    {
        var bm25 = new Bm25Retriever(set.Passages);
        TextPair[] pairs =
        [
            .. set.Questions.SelectMany(question =>
                bm25.Search(question.Text, depth).Select(hit => new TextPair(question.Text, hit.Passage.Text))
            ),
        ];
        late.Score(pairs); // what is not in memory yet is read from the file
        var clock = Stopwatch.StartNew();
        late.Score(pairs);
        return Line($"  {pairs.Length / clock.Elapsed.TotalSeconds:0} pairs a second, the queries' own states computed anew");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
