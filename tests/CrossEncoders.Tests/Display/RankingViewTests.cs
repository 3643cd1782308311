using CrossEncoders.Display;
using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Display;

/// <summary>Tables and bars of a comparison that is known by heart.</summary>
public sealed class RankingViewTests
{
    private static readonly RankingComparison Comparison = new(
        ["BM25", "BM25 + base", "BM25 + tuned + more"],
        ["MRR@10", "Recall@1"],
        ["all", "zh"],
        [],
        [
            Mean("all", "BM25", 0.5, 0.25),
            Mean("all", "BM25 + base", 0.625, 0.5),
            Mean("all", "BM25 + tuned + more", 0.75, 0.625),
            Mean("zh", "BM25", 0.125, 0),
            Mean("zh", "BM25 + base", 0.25, 0.125),
        ],
        [
            Difference("all", "BM25", "BM25 + base", "MRR@10", 0.125, 0.1, 0.15),
            Difference("all", "BM25", "BM25 + tuned + more", "MRR@10", 0.25, -0.05, 0.5),
            Difference("all", "BM25 + base", "BM25 + tuned + more", "MRR@10", 0.125, 0, 0.25),
            Difference("all", "BM25", "BM25 + base", "Recall@1", 0.25, 0.2, 0.3),
            Difference("zh", "BM25", "BM25 + base", "MRR@10", -0.125, -0.2, -0.1),
        ]
    );

    [Fact]
    public void MeansHaveAColumnForEachMetric()
    {
        var table = Comparison.ToTable();
        Assert.Equal(["slice", "retriever", "questions", "MRR@10", "Recall@1"], table.Columns);
        Assert.Equal(["all", "BM25", 40, 0.5, 0.25], table.Rows[0]);
        Assert.Equal(5, table.Rows.Count);
    }

    [Fact]
    public void TablesNameTheirHeadlineFigures()
    {
        var means = Comparison.ToTable().Figures;
        Assert.Equal(6, means.Count);
        Assert.Equal(new CrossEncoders.Display.Figure("MRR@10 of BM25 + base", 0.625, HigherIsBetter: true), means[2]);
        Assert.Equal(
            new CrossEncoders.Display.Figure("MRR@10, BM25 + base against BM25", 0.125, 0.1, 0.15, true),
            Comparison.DifferencesTable("BM25", "MRR@10").WithCaption("kept").Figures[0]
        );
        Assert.Contains(
            " data-figures=\"[{&quot;name&quot;:&quot;MRR@10 of BM25&quot;,&quot;value&quot;:0.5,&quot;higherIsBetter&quot;:true}",
            Comparison.ToTable().ToHtml()
        );
        Assert.DoesNotContain("data-figures", Comparison.DifferencesTable().ToHtml());
    }

    [Fact]
    public void VerdictsStandInAReportsHeadAndSoDoesWhatANotebookNames()
    {
        var verdict = new RankingVerdict("a", "b", "MRR@10", "all", RankingOutcome.Helps, new(0.25, 0.125, 0.5, 0, 0.95, 100), 100, []);
        var html = System.Net.WebUtility.HtmlDecode(new[] { verdict }.ToTable().WithHeadline("kappa", 0.5, 0.25, 0.75, true).ToHtml());

        Assert.Contains("\"higherIsBetter\":true,\"verdict\":\"helps\",\"headline\":true}", html);
        Assert.Contains(
            "{\"name\":\"kappa\",\"value\":0.5,\"lower\":0.25,\"upper\":0.75,\"higherIsBetter\":true,\"headline\":true}]",
            html
        );
    }

    [Fact]
    public void AMeanHasAnIntervalWhereEachQuestionsValueIsKnown()
    {
        QueryRanking Ranking(double value) =>
            new(
                new("q" + value, "question", "all", new Dictionary<string, int>()),
                "BM25",
                [],
                new Dictionary<string, double> { ["MRR@10"] = value }
            );
        var comparison = Comparison with
        {
            Metrics = ["MRR@10"],
            Means = [Mean("all", "BM25", 0.5, 0.25)],
            Rankings = [.. Enumerable.Range(0, 40).Select(i => Ranking(i % 2))],
        };
        var figure = comparison.ToTable().Figures.Single();
        Assert.InRange(figure.Lower!.Value, 0.3, 0.4); // 0.5 ± 1.96 · 0.5 / √40
        Assert.InRange(figure.Upper!.Value, 0.6, 0.7);
    }

    /// <summary>Beyond chance is an interval that leaves 0 out on either side; 0 as its end does not.</summary>
    [Fact]
    public void DifferencesSayWhichAreBeyondChance()
    {
        var table = Comparison.DifferencesTable();
        Assert.Equal(["slice", "metric", "from", "to", "difference", "low", "high", "beyond chance"], table.Columns);
        Assert.Equal(["yes", "no", "no", "yes", "yes"], table.Rows.Select(row => row[^1]));
        Assert.Equal(["zh", "MRR@10", "BM25", "BM25 + base", -0.125, -0.2, -0.1, "yes"], table.Rows[^1]);
    }

    [Theory]
    [InlineData("BM25", "MRR@10", "BM25 + base|BM25 + tuned + more")]
    [InlineData("BM25", "Recall@1", "BM25 + base")]
    [InlineData("BM25 + base", "MRR@10", "BM25 + tuned + more")]
    [InlineData("BM25 + tuned + more", "MRR@10", "")]
    [InlineData("BM25", "unknown", "")]
    public void DifferencesFromOneRetrieverAreThoseOfAllQuestions(string baseline, string metric, string candidates)
    {
        var table = Comparison.DifferencesTable(baseline, metric);
        Assert.Equal(["to", metric, "low", "high", "beyond chance"], table.Columns);
        Assert.Equal(candidates, string.Join('|', table.Rows.Select(row => row[0])));
    }

    [Theory]
    [InlineData(RankingOutcome.Helps, "helps")]
    [InlineData(RankingOutcome.Harms, "harms")]
    [InlineData(RankingOutcome.DoesNotHelp, "does not help")]
    [InlineData(RankingOutcome.TooFewQuestions, "too few questions: about 120 needed")]
    public void AVerdictIsAWordOrTwo(RankingOutcome outcome, string said)
    {
        var interval = new BootstrapInterval(0.1, -0.1, 0.3, 0.2, 0.95, 40);
        var table = new[] { new RankingVerdict("a", "b", "MRR@10", "all", outcome, interval, 120, []) }.ToTable();
        Assert.Equal(["from", "to", "metric", "difference", "low", "high", "verdict"], table.Columns);
        Assert.Equal(["a", "b", "MRR@10", 0.1, -0.1, 0.3, said], table.Rows[0]);
        Assert.Equal("MRR@10, b against a", table.Figures.Single().Name);
    }

    [Fact]
    public void BarsAreTheMeansOfEverySlice() =>
        Assert.Equal(
            [
                ("BM25", "all", 0.25),
                ("BM25 + base", "all", 0.5),
                ("BM25 + tuned + more", "all", 0.625),
                ("BM25", "zh", 0),
                ("BM25 + base", "zh", 0.125),
            ],
            Comparison.ToBars("Recall@1").Select(bar => (bar.System, bar.Slice, bar.Value))
        );

    /// <summary>Only the first plus parts the first stage from what is behind it.</summary>
    [Fact]
    public void AFirstStageIsASliceAndWhatIsBehindItASystem() =>
        Assert.Equal(
            [("alone", "BM25", 0.5), ("+ base", "BM25", 0.625), ("+ tuned + more", "BM25", 0.75)],
            Comparison.ToStageBars("MRR@10").Select(bar => (bar.System, bar.Slice, bar.Value))
        );

    [Fact]
    public void UpliftsAreOverTheSimplestWithTheirIntervals() =>
        Assert.Equal(
            [
                new("BM25 + base", "all", 0.125, 0.1, 0.15),
                new("BM25 + tuned + more", "all", 0.25, -0.05, 0.5),
                new MetricBar("BM25 + base", "zh", -0.125, -0.2, -0.1),
            ],
            Comparison.ToUplifts("MRR@10")
        );

    private static RankingMean Mean(string slice, string retriever, double mrr, double recall) =>
        new(slice, retriever, 40, new Dictionary<string, double> { ["MRR@10"] = mrr, ["Recall@1"] = recall });

    private static RankingDifference Difference(
        string slice,
        string from,
        string to,
        string metric,
        double value,
        double low,
        double high
    ) => new(slice, from, to, metric, new BootstrapInterval(value, low, high, 0.1, 0.95, 40));
}
