using CrossEncoders.Display;
using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Display;

/// <summary>A chart of data or rankings draws what it was given, and its table says the same.</summary>
public sealed class ChartDataTests
{
    [Fact]
    public void BarsAreTheMetricsInTheOrderGiven()
    {
        MetricBar[] bars = [new("b", "zh", 0.25), new("a", "zh", 0.5), new("b", "en", 0.75), new("c & <d>", "en", 1)];
        var chart = Charts.Rankings(bars, "MRR@10");
        var series = Figure.Series(chart);

        Assert.Equal(["b", "a", "c &amp; &lt;d&gt;"], series.Keys);
        Assert.Equal([0.25, 0.75], series["b"].Numbers("y"));
        Assert.Equal(["zh", "en"], series["b"].Texts("x"));
        Assert.Equal(["0.250", "0.750"], series["b"].Texts("text"));
        Assert.Equal(["en"], series["c &amp; &lt;d&gt;"].Texts("x"));
        Assert.False(series["a"].TryGetProperty("error_y", out _));
        Assert.Equal(["zh", "en"], Figure.Of(chart).GetProperty("layout").GetProperty("xaxis").Texts("categoryarray"));
        Assert.Equal(["system", "slice", "MRR@10"], chart.Data.Columns);
        Assert.Equal(bars.Select(bar => bar.Value), chart.Data.Rows.Select(row => (double)row[2]!));
        Assert.Equal("MRR@10: zh: b 0.250, a 0.500; en: b 0.750, c & <d> 1.000.", chart.ToString());
    }

    [Theory]
    [InlineData(true, 0.6, null)]
    [InlineData(false, 0.4, null)] // low bars are to be seen in full height
    [InlineData(false, 0.9, 1.2)] // an interval must not be cut off
    [InlineData(false, -0.1, null)]
    [InlineData(false, 3.5, null)]
    public void SharesAreDrawnOnTheScaleOfShares(bool fixedScale, double value, double? high)
    {
        var y = Figure.Of(Charts.Rankings([new("s", "all", value, value, high)], "m")).GetProperty("layout").GetProperty("yaxis");
        Assert.Equal(fixedScale, y.TryGetProperty("range", out var range));
        if (fixedScale)
            Assert.Equal([0, 1.05], range.EnumerateArray().Select(bound => bound.GetDouble()));
    }

    [Fact]
    public void AWhiskerIsDrawnOnlyWhereBothEndsAreKnown()
    {
        var chart = Charts.Rankings([new("s", "a", 0.5, 0.25, 0.875), new("s", "b", 0.5), new("t", "a", 0.5, 0.1)], "m");
        var series = Figure.Series(chart);
        var whiskers = series["s"].GetProperty("error_y");
        Assert.Equal([0.375, 0], whiskers.Numbers("array"));
        Assert.Equal([0.25, 0], whiskers.Numbers("arrayminus"));
        Assert.False(series["t"].TryGetProperty("error_y", out _));
        Assert.Equal(["system", "slice", "m", "low", "high"], chart.Data.Columns);
        Assert.Equal([null, null], chart.Data.Rows[1].Skip(3));
        Assert.Equal("a: s 0.500 [0.250, 0.875], t 0.500; b: s 0.500.", chart.Summary);
    }

    [Fact]
    public void WhatIsReadAloudHasAnEnd()
    {
        var bars = Enumerable.Range(0, 20).Select(i => new MetricBar("s", $"{i}", 0.5)).ToArray();
        Assert.EndsWith("15: s 0.500; 4 more in the table.", Charts.Rankings(bars, "m", "title").Summary);
    }

    [Fact]
    public void ChunksAreCountedByLanguageAndTheTableHasTheSameBins()
    {
        var chart = Charts.ChunkLengths([(10, "zh"), (11, "zh"), (400, "en"), (10, "en")]);
        var series = Figure.Series(chart);
        Assert.Equal(["en", "zh"], series.Keys);
        Assert.Equal(["Tokens in a chunk", "en", "zh"], chart.Data.Columns);
        foreach (var (column, name) in new[] { "en", "zh" }.Index())
            Assert.Equal(chart.Data.Rows.Select(row => (double)(int)row[column + 1]!), series[name].Numbers("y"));
        Assert.Equal("4 chunks from 10 to 400; en: 2, median 205; zh: 2, median 11.", chart.Summary);
    }

    [Fact]
    public void OneKindOfChunkNeedsNoLegend()
    {
        bool Legend(params (int, string)[] chunks) =>
            Figure.Of(Charts.ChunkLengths(chunks)).GetProperty("data")[0].GetProperty("showlegend").GetBoolean();
        Assert.False(Legend((5, "en"), (7, "en")));
        Assert.True(Legend((5, "en"), (7, "zh")));
    }

    [Fact]
    public void ScoresAreSplitByTheirLabelsAndNoNumberIsLeftOut()
    {
        var chart = Charts.ScoreDistribution([-2, 3, 0.5f, float.NaN], [0, 1, 0.5f, 1]);
        var series = Figure.Series(chart);
        Assert.Equal(["not relevant", "relevant"], series.Keys);
        Assert.Equal((2, 1), (series["not relevant"].Numbers("y").Sum(), series["relevant"].Numbers("y").Sum()));
        Assert.Equal("Scores by label: No pairs.", Charts.ScoreDistribution([], []).ToString());
        var said = Assert.Throws<CrossEncoderException>(() => Charts.ScoreDistribution([1, 2], [1])).Message;
        Assert.Contains("2 scores and 1 labels", said);
    }

    [Fact]
    public void ReliabilityLeavesEmptyBinsOutAndShowsTheIdeal()
    {
        ReliabilityBin[] bins = [new(0, 0.5, 1200, 0.2, 0.1), new(0.5, 0.6, 0, double.NaN, double.NaN), new(0.6, 1, 34, 0.9, 0.8)];
        var chart = Charts.Reliability(bins);
        var series = Figure.Series(chart);
        Assert.Equal([0.2, 0.9], series["observed"].Numbers("x"));
        Assert.Equal([0.1, 0.8], series["observed"].Numbers("y"));
        Assert.Equal(series["ideal"].Numbers("x"), series["ideal"].Numbers("y"));
        Assert.Equal(
            [
                [0.2, 0.1, 1200],
                [0.9, 0.8, 34],
            ],
            chart.Data.Rows.Select(row => row.ToArray())
        );
        Assert.Equal(
            "2 bins with 1,234 pairs. 0.10 are relevant where 0.20 are predicted. 0.80 are relevant where 0.90 are predicted.",
            chart.Summary
        );
        Assert.Equal("0 bins with 0 pairs.", Charts.Reliability([]).Summary);
    }
}
