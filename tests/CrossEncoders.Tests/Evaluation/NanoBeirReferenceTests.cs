using System.Text.Json;
using CrossEncoders.Evaluation;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>
/// NanoBEIR and measures on ties against sentence-transformers' own evaluators on made-up scores (tests/python/make_evaluations.py).
/// </summary>
public sealed class NanoBeirReferenceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0)] // the first 8 of BM25 and all answers
    [InlineData(1)] // those that BM25 found
    [InlineData(2)] // all
    public void KeysAndFiguresAreThoseOfSentenceTransformersWhereNothingTies(int number)
    {
        using var cases = Read("nanobeir");
        var wanted = cases.RootElement.GetProperty("results")[number];
        var evaluator = NanoBeirEvaluator.FromFolder(
            Written(cases.RootElement),
            new()
            {
                Sets = ["msmarco", "nq", "nfcorpus"],
                Depth = wanted.GetProperty("rerank_k").GetInt32(),
                Cutoff = wanted.GetProperty("at_k").GetInt32(),
                AlwaysRerankPositives = wanted.GetProperty("always_rerank_positives").GetBoolean(),
            }
        );
        var table = cases
            .RootElement.GetProperty("scores")
            .EnumerateArray()
            .ToDictionary(row => ($"{row[0]}", $"{row[1]}"), row => row[2].GetSingle());
        var found = evaluator.Evaluate(new ScriptedScorer(pair => table[(pair.Query, pair.Passage)]));

        Assert.Equal(wanted.GetProperty("primary").GetString(), evaluator.PrimaryMetric);
        var metrics = wanted
            .GetProperty("metrics")
            .EnumerateObject()
            .ToDictionary(metric => metric.Name, metric => metric.Value.GetDouble());
        Assert.Equal(metrics.Keys.Order(StringComparer.Ordinal), found.Metrics.Keys.Where(IsOfBoth).Order(StringComparer.Ordinal));
        var compared = 0;
        foreach (var (key, value) in metrics.Where(metric => Untied(metric.Key)))
        {
            Assert.Equal(value, found.Metrics[key], 1e-9);
            compared++;
        }

        Assert.Equal(2 * 6 + 2 * 3, compared);
        Assert.True(found.Metrics[$"NanoBEIR_R{wanted.GetProperty("rerank_k")}_ties"] > 0); // in NQ, on purpose

        // before re-ranking nothing ties; NQ's scores are of six values
        bool Untied(string key) => key.Contains("_base_", StringComparison.Ordinal) || !(key.Contains("NQ") || key.Contains("_mean"));
        bool IsOfBoth(string key) => !key.EndsWith("_ties", StringComparison.Ordinal);
    }

    [Fact]
    public void WhereScoresTieTheReferenceHasARuleForEachMeasure()
    {
        using var cases = Read("reranking");
        var tied = 0;
        foreach (var query in cases.RootElement.GetProperty("queries").EnumerateArray())
        {
            var (relevant, scores) = (
                query.GetProperty("relevant").Deserialize<int[]>()!,
                query.GetProperty("scores").Deserialize<double[]>()!
            );
            tied += scores.Length - scores.Distinct().Count();
            foreach (var k in new[] { 3, 10 })
            {
                // between the relevant ones last and first among their equals: numpy's sort of equal numbers differs by machine
                Assert.InRange(
                    query.GetProperty($"mrr@{k}").GetDouble(),
                    First(relevant, scores, k, i => relevant[i]) - 1e-9,
                    First(relevant, scores, k, i => -relevant[i]) + 1e-9
                );
                Assert.Equal(query.GetProperty($"ndcg@{k}").GetDouble(), MeanOfOrders(relevant, scores, k), 1e-9);
            }

            Assert.Equal(query.GetProperty("map").GetDouble(), OneThreshold(relevant, scores), 1e-9);
        }

        Assert.True(tied > 50);
    }

    private static double First(int[] relevant, double[] scores, int k, Func<int, int> amongEquals)
    {
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(amongEquals).ToList();
        var first = order.FindIndex(i => relevant[i] == 1);
        return first >= 0 && first < k ? 1.0 / (first + 1) : 0;
    }

    /// <summary>Each of the equal gains the mean of theirs.</summary>
    private static double MeanOfOrders(int[] relevant, double[] scores, int k)
    {
        double Discounted(IEnumerable<double> gains) => gains.Take(k).Select((gain, i) => gain / Math.Log2(i + 2)).Sum();
        var groups = Enumerable.Range(0, scores.Length).GroupBy(i => scores[i]).OrderByDescending(group => group.Key);
        var gains = groups.SelectMany(group => Enumerable.Repeat(group.Average(i => relevant[i]), group.Count()));
        return Discounted(gains) / Discounted(relevant.OrderDescending().Select(gain => (double)gain));
    }

    /// <summary>Equal scores are above one threshold together.</summary>
    private static double OneThreshold(int[] relevant, double[] scores)
    {
        var (seen, right, sum) = (0, 0, 0.0);
        foreach (var group in Enumerable.Range(0, scores.Length).GroupBy(i => scores[i]).OrderByDescending(group => group.Key))
        {
            var (before, of) = (right, group.ToList());
            (seen, right) = (seen + of.Count, right + of.Sum(i => relevant[i]));
            sum += (right - before) * (right / (double)seen);
        }

        return sum / relevant.Sum();
    }

    private string Written(JsonElement cases)
    {
        foreach (var set in cases.GetProperty("data").EnumerateObject())
        foreach (var part in set.Value.EnumerateObject())
            NanoBeirFolder.Lines(
                _scratch["nano"],
                part.Name,
                set.Name,
                part.Value.EnumerateArray().Select(row => row.Deserialize<Dictionary<string, object>>()!)
            );
        return _scratch["nano"];
    }

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllText(Shared.Path($"golden/evaluations/{name}.json")));
}
