using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

public class RankingComparisonTests
{
    private static readonly Bm25Retriever Bm25 = new([
        new("long", "dome and many other words"),
        new("short", "dome"),
        new("zh", "圆顶电机"),
    ]);

    private static readonly RankingQuestion[] Questions =
    [
        new("1", "dome?", "en", ["long"]),
        new("2", "which dome?", "en", ["short"]),
        new("3", "圆顶", "zh", ["zh"]),
        new("4", "dome", "en", ["long"]),
    ];

    [Fact]
    public void GivesMeansBySliceAndDifferencesWithIntervals()
    {
        var better = Bm25.RerankedBy(new ScriptedScorer(p => (p.Passage.Length > 9) == !p.Query.StartsWith("which") ? 1 : 0, "model"));

        var comparison = RankingComparison.Of(Questions, Bm25, better);

        Assert.Equal(["BM25", "BM25 + model"], comparison.Retrievers);
        Assert.Equal(["all", "en", "zh"], comparison.Slices);
        Assert.Equal((0.5 + 1 + 1 + 0.5) / 4, comparison.Mean("BM25", "MRR@10"), 1e-12);
        Assert.Equal((0.5 + 1 + 0.5) / 3, comparison.Mean("BM25", "MRR@10", "en"), 1e-12);
        Assert.Equal(1, comparison.Mean("BM25 + model", "NDCG@10"), 1e-12);
        Assert.Equal(0.25, comparison.Difference("BM25", "BM25 + model", "MRR@10").Difference, 1e-12);
        Assert.Equal(8, comparison.Rankings.Count);
        Assert.Equal(["short", "long"], comparison.Rankings[0].Hits.Select(h => h.Passage.Id));
        Assert.Equal(3 * 1 * comparison.Metrics.Count, comparison.Differences.Count);
        Assert.Contains("MRR@7", Assert.Throws<CrossEncoderException>(() => comparison.Mean("BM25", "MRR@7")).Message);
    }

    [Fact]
    public void ReproducesThePublishedFigureOnXquad()
    {
        var data = XQuAD.Load("en");
        RankingQuestion[] questions = [.. data.Questions.Select((q, i) => new RankingQuestion($"{i}", q, "en", [data.Gold[i]]))];

        var comparison = RankingComparison.Run(
            questions,
            [new Bm25Retriever(data.Passages)],
            new() { Metrics = [RankingMetric.Mrr(10)] },
            cancellation: TestContext.Current.CancellationToken
        );

        Assert.Equal(0.9534943977591036, comparison.Mean("BM25", "MRR@10"), 1e-9); // golden/ranking/bm25-xquad-en.json
        Assert.Equal(["all"], comparison.Slices);
    }

    [Fact]
    public void RefusesWhatCannotBeCompared()
    {
        Assert.Contains("'BM25'", Assert.Throws<CrossEncoderException>(() => RankingComparison.Of(Questions, Bm25, Bm25)).Message);
        Assert.Contains(
            "'1'",
            Assert.Throws<CrossEncoderException>(() => RankingComparison.Of([Questions[0], Questions[0]], Bm25)).Message
        );
        Assert.Contains(
            "'x'",
            Assert.Throws<CrossEncoderException>(() => RankingComparison.Of([new RankingQuestion("x", "?", "en", [])], Bm25)).Message
        );
        Assert.Throws<CrossEncoderException>(() => RankingComparison.Of([], Bm25));
        Assert.Contains(
            "of a slice 'all'",
            Assert
                .Throws<CrossEncoderException>(() =>
                    RankingComparison.Of([Questions[0] with { Slice = "all" }, .. Questions.Skip(1)], Bm25)
                )
                .Message
        );
        RankingComparisonOptions twice = new() { Metrics = [RankingMetric.Mrr(10), RankingMetric.Mrr(10)] };
        Assert.Contains(
            "'MRR@10' comes more than once",
            Assert.Throws<CrossEncoderException>(() => RankingComparison.Run(Questions, [Bm25], twice)).Message
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingComparison.Run(Questions, [Bm25], new() { Confidence = 1.5 }));
    }

    [Fact]
    public void APassageThatIsFoundTwiceForAQuestionIsNamed()
    {
        var error = Assert.Throws<CrossEncoderException>(() => RankingComparison.Of(Questions, new Twice()));
        Assert.Contains("'twice' found passage 'long' more than once for question '1'", error.Message);
    }

    private sealed class Twice : IRetriever
    {
        public string Name => "twice";

        public IReadOnlyList<Hit> Search(string query, int topK) => [new(new("long", ""), 2), new(new("long", ""), 1)];
    }

    [Fact]
    public void BootstrapIntervalIsThatOfTheNormalApproximationForManyPairs()
    {
        var random = new Random(1);
        var baseline = Enumerable.Range(0, 2000).Select(_ => random.NextDouble()).ToArray();
        var candidate = baseline.Select(b => b + 0.01 + 0.5 * (random.NextDouble() - 0.5)).ToArray();

        var interval = PairedBootstrap.Compare(baseline, candidate, resamples: 4000);

        var differences = candidate.Zip(baseline, (c, b) => c - b).ToArray();
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Average(d => (d - mean) * (d - mean)) / differences.Length);
        Assert.Equal(mean, interval.Difference, 1e-12);
        Assert.Equal(mean - 1.96 * error, interval.Lower, 0.2 * error);
        Assert.Equal(mean + 1.96 * error, interval.Upper, 0.2 * error);
        Assert.Equal(interval, PairedBootstrap.Compare(baseline, candidate, resamples: 4000));
        Assert.NotEqual(interval.Lower, PairedBootstrap.Compare(baseline, candidate, resamples: 4000, seed: 7).Lower);
    }

    [Fact]
    public void BootstrapKnowsNoDoubtWhereAllDifferencesAgree()
    {
        var same = PairedBootstrap.Compare([0.1, 0.9], [0.1, 0.9]);
        Assert.Equal((0, 0, 0, 1), (same.Difference, same.Lower, same.Upper, same.ShareNotPositive));
        Assert.False(same.ExcludesZero);
        var up = PairedBootstrap.Compare([0, 0, 0], [0.5, 0.5, 0.5]);
        Assert.Equal((0.5, 0.5, 0.5, 0), (up.Difference, up.Lower, up.Upper, up.ShareNotPositive));
        Assert.True(up.ExcludesZero);
        Assert.Throws<CrossEncoderException>(() => PairedBootstrap.Compare([1], []));
    }
}
