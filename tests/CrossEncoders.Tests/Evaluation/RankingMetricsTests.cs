using System.Text.Json;
using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Evaluation;

public class RankingMetricsTests
{
    // golden/ranking/trec.json: trec_eval on runs with ties and graded judgments.
    [Fact]
    public void EqualTrecEvalOnEveryQuery()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Shared.Path("golden/ranking/trec.json")));
        var root = document.RootElement;
        var checks = 0;
        foreach (var query in root.GetProperty("qrels").EnumerateObject())
        {
            var grades = query.Value.EnumerateObject().ToDictionary(g => g.Name, g => g.Value.GetInt32());
            var ranking = RankingMetrics.TrecOrder(
                root.GetProperty("run").GetProperty(query.Name).EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetDouble())
            );
            var judged = root.GetProperty("per_query").TryGetProperty(query.Name, out var expected);
            if (!judged)
            {
                Assert.Empty(ranking);
                Assert.Equal(0, RankingMetrics.Ndcg(ranking, grades));
                Assert.Equal(0, RankingMetrics.AveragePrecision(ranking, grades));
                continue;
            }
            foreach (var measure in expected.EnumerateObject())
            {
                Assert.Equal(measure.Value.GetDouble(), Value(measure.Name, ranking, grades), 1e-12);
                checks++;
            }
        }
        Assert.Equal(34 * 15, checks);
    }

    [Fact]
    public void TiesAreBrokenByDescendingId() =>
        Assert.Equal(
            ["d9", "d10", "d1", "d0"],
            RankingMetrics.TrecOrder(
                new Dictionary<string, double>
                {
                    ["d0"] = 0.1,
                    ["d1"] = 0.5 + 1e-12,
                    ["d10"] = 0.5,
                    ["d9"] = 0.7,
                }
            )
        );

    private static double Value(string measure, IReadOnlyList<string> ranking, Dictionary<string, int> grades)
    {
        var parts = measure.Split('_');
        var cutoff = int.TryParse(parts[^1], out var k) ? k : int.MaxValue;
        return parts[0] switch
        {
            "map" => RankingMetrics.AveragePrecision(ranking, grades, cutoff),
            "recip" => RankingMetrics.ReciprocalRank(ranking, grades),
            "P" => RankingMetrics.Precision(ranking, grades, cutoff),
            "recall" => RankingMetrics.Recall(ranking, grades, cutoff),
            "ndcg" => RankingMetrics.Ndcg(ranking, grades, cutoff),
            "success" => RankingMetrics.Success(ranking, grades, cutoff),
            _ => throw new InvalidOperationException(measure),
        };
    }
}
