using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>What holds for every ranking, whatever it is: tried on many at random.</summary>
public sealed class RankingPropertyTests
{
    private static readonly RankingMetric[] Metrics =
    [
        RankingMetric.Mrr(5),
        RankingMetric.Ndcg(5),
        RankingMetric.Map(5),
        RankingMetric.Recall(5),
        RankingMetric.Precision(5),
        RankingMetric.Success(5),
    ];

    private static readonly Func<IReadOnlyList<string>, IReadOnlyDictionary<string, int>, int, double>[] ByCutoff =
    [
        RankingMetrics.Recall,
        RankingMetrics.Success,
        RankingMetrics.ReciprocalRank,
        RankingMetrics.AveragePrecision,
    ];

    private static IEnumerable<(string[] Ranking, Dictionary<string, int> Grades, Random Random)> Cases()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var ids = Enumerable.Range(0, 12).Select(i => $"d{i}").ToArray();
            random.Shuffle(ids);
            var grades = ids.Where(_ => random.Next(3) == 0).ToDictionary(id => id, _ => random.Next(-1, 4));
            yield return (ids[..random.Next(13)], grades, random);
        }
    }

    [Fact]
    public void MeasuresLieBetween0And1() =>
        Assert.All(Cases(), test => Assert.All(Metrics, metric => Assert.InRange(metric.Of(test.Ranking, test.Grades), 0, 1)));

    [Fact]
    public void WhatFollowsTheCutoffDoesNotCount() =>
        Assert.All(Cases().Where(test => test.Ranking.Length > 5), test =>
            Assert.All(Metrics, metric =>
                Assert.Equal(metric.Of(test.Ranking[..5], test.Grades), metric.Of(test.Ranking, test.Grades), 1e-12)
            )
        );

    [Fact]
    public void NamesDoNotMatter() =>
        Assert.All(Cases(), test =>
            Assert.All(Metrics, metric =>
                Assert.Equal(
                    metric.Of(test.Ranking, test.Grades),
                    metric.Of(
                        [.. test.Ranking.Select(id => $"x{id}")],
                        test.Grades.ToDictionary(grade => $"x{grade.Key}", grade => grade.Value)
                    ),
                    1e-12
                )
            )
        );

    [Fact]
    public void ABetterPassageFurtherUpNeverLowersAMeasure() => Assert.All(Cases().Where(test => test.Ranking.Length > 1), test =>
        {
            var at = test.Random.Next(1, test.Ranking.Length);
            int Grade(string id) => test.Grades.GetValueOrDefault(id);
            if (Grade(test.Ranking[at]) <= Math.Max(0, Grade(test.Ranking[at - 1])))
                return;
            var better = test.Ranking.ToArray();
            (better[at - 1], better[at]) = (better[at], better[at - 1]);
            Assert.All(Metrics, metric => Assert.True(metric.Of(better, test.Grades) >= metric.Of(test.Ranking, test.Grades) - 1e-12));
        });

    [Fact]
    public void TheBestOrderGives1AndNothingElseDoes() =>
        Assert.All(Cases().Where(test => test.Grades.Values.Any(grade => grade > 0)), test =>
        {
            string[] best = [.. test.Grades.OrderByDescending(grade => grade.Value).Select(grade => grade.Key)];
            Assert.Equal(1, RankingMetrics.Ndcg(best, test.Grades), 1e-12);
            Assert.Equal(1, RankingMetrics.AveragePrecision(best, test.Grades), 1e-12);
            Assert.Equal(1, RankingMetrics.ReciprocalRank(best, test.Grades), 1e-12);
            Assert.True(RankingMetrics.Ndcg(["none", .. best], test.Grades) < 1);
            Assert.Equal(0.5, RankingMetrics.ReciprocalRank(["none", .. best], test.Grades), 1e-12);
        });

    [Fact]
    public void ALaterCutoffNeverLowersWhatIsFound() => Assert.All(Cases(), test => Assert.All(ByCutoff, measure =>
            {
                double[] values = [.. Enumerable.Range(1, 12).Select(cutoff => measure(test.Ranking, test.Grades, cutoff))];
                Assert.Equal(values.Order(), values);
            }));

    [Fact]
    public void GradesScaleOutOfNdcgAndNegativeOnesCountAs0()
    {
        string[] ranking = ["a", "b", "c"];
        var grades = new Dictionary<string, int> { ["a"] = 1, ["c"] = 2 };
        var doubled = new Dictionary<string, int>
        {
            ["a"] = 2,
            ["b"] = -5,
            ["c"] = 4,
        };
        Assert.Equal(RankingMetrics.Ndcg(ranking, grades), RankingMetrics.Ndcg(ranking, doubled), 1e-12);
        Assert.Equal(RankingMetrics.AveragePrecision(ranking, grades), RankingMetrics.AveragePrecision(ranking, doubled), 1e-12);
    }

    [Fact]
    public void NothingRelevantIs0AndNothingFoundIs0()
    {
        Assert.All(Metrics, metric => Assert.Equal(0, metric.Of(["a", "b"], new Dictionary<string, int>())));
        Assert.All(Metrics, metric => Assert.Equal(0, metric.Of([], new Dictionary<string, int> { ["a"] = 1 })));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingMetrics.Precision(["a"], new Dictionary<string, int>(), 0));
    }

    [Fact]
    public void TheOrderOfTrecEvalIsOneOrderWhateverTheInput() => Assert.All(Cases(), test =>
        {
            var scores = test.Ranking.Select(id => KeyValuePair.Create(id, (double)test.Random.Next(4))).ToArray();
            var order = RankingMetrics.TrecOrder(scores);
            test.Random.Shuffle(scores);
            Assert.Equal(order, RankingMetrics.TrecOrder(scores));
            Assert.Equal(test.Ranking.ToHashSet(), order.ToHashSet());
        });
}
