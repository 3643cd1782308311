using System.Text.Json;
using System.Text.RegularExpressions;
using CrossEncoders.Display;
using Plotly.NET;
using Plot = Plotly.NET.CSharp.Chart;
using View = CrossEncoders.Display.Chart;

namespace CrossEncoders.Tests.Display;

/// <summary>What every chart has in common: its look, its description, and its table where no script runs.</summary>
public sealed class ChartLookTests
{
    private static readonly Table Data = new(
        ["n"],
        [
            [1],
            [2],
        ],
        totalRows: 1234
    );

    private static GenericChart Point => Plot.Point<double, double, string>([1], [2]);

    [Fact]
    public void WithoutAScriptTheTableShowsAndThePlotDoesNot()
    {
        var html = Figure.Html(new View(Point, "Title", Data));
        Assert.Matches("<div data-chart=\"chart-[0-9a-f]{12}\"[^>]* role=\"img\"[^>]*display:none", html);
        Assert.Matches("<details data-chart-table=\"chart-[0-9a-f]{12}\" open>", html);
        Assert.Contains(Data.ToHtml(), html);
    }

    [Fact]
    public void TheDescriptionIsTitleAndSummaryAndEscaped()
    {
        const string markup = "\"><script>alert(1)</script>中文";
        var html = Figure.Html(new View(Point, markup, Data, "summary of " + markup));
        Assert.Equal(1, Regex.Count(html, "<script>")); // its own
        Assert.Contains("aria-label=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;中文. summary of &quot;", html);
        Assert.Equal("1234 rows of data.", new View(Point, "t", Data).Summary);
    }

    [Fact]
    public void TheGroundIsThePagesAndSoIsTheTextsColor()
    {
        var chart = new View(Point, "Title & <b>", Data);
        var layout = Layout(chart);
        Assert.Equal(("rgba(0,0,0,0)", "rgba(0,0,0,0)"), (Text(layout, "paper_bgcolor"), Text(layout, "plot_bgcolor")));
        Assert.Contains("'Microsoft YaHei'", Text(layout.GetProperty("font"), "family"));
        Assert.Equal("Title &amp; &lt;b&gt;", Text(layout.GetProperty("title"), "text"));
        Assert.Contains(" data-chart-plain", Figure.Html(chart).Split("</style>")[1]);
        // On a ground of its own a chart keeps its own colors.
        Assert.DoesNotContain(
            " data-chart-plain",
            Figure.Html(Point.With("paper_bgcolor", "#FFFFFF").ToChart("t", Data)).Split("</style>")[1]
        );
    }

    [Fact]
    public void WhatTheLayoutSetsItselfStaysButForItsSize()
    {
        var own = Point.With("paper_bgcolor", "#123456").With("width", 600).With("height", 300).With("hovermode", "x");
        var layout = Layout(own.ToChart("Title", Data));
        Assert.Equal(
            ("#123456", "x", "rgba(0,0,0,0)"),
            (Text(layout, "paper_bgcolor"), Text(layout, "hovermode"), Text(layout, "plot_bgcolor"))
        );
        Assert.False(layout.TryGetProperty("width", out _) || layout.TryGetProperty("height", out _));
    }

    [Fact]
    public void ABareChartOfPlotlyTellsItsTitleAndItsPoints()
    {
        var chart = Point.With("title", new { text = "Own &amp; <b>good</b>" }).ToChart();
        Assert.Equal("Own &  good: 1 series; 1 point.", chart.ToString());
        Assert.Equal(["", 1.0, 2.0], chart.Data.Rows.Single());
        Assert.Equal("Given", Point.ToChart("Given").Title);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(250)]
    public void TheHeightIsThePagesToKnow(int height) =>
        Assert.Contains($"width:100%;height:{height}px", Figure.Html(new View(Point, "t", Data, height: height)));

    [Fact]
    public void ThePlotFollowsThePagesWidth()
    {
        var config = Figure.Of(new View(Point, "t", Data)).GetProperty("config");
        Assert.True(config.GetProperty("responsive").GetBoolean());
        Assert.False(config.GetProperty("displaylogo").GetBoolean());
    }

    [Fact]
    public void OtherDataIsAnotherChartOnThePage()
    {
        string Id(double y) =>
            Regex.Match(Figure.Html(new View(Plot.Point<double, double, string>([1], [y]), "t", Data)), "chart-[0-9a-f]+").Value;
        Assert.Equal(Id(2), Id(2));
        Assert.NotEqual(Id(2), Id(3));
    }

    [Fact]
    public void EightSeriesHaveColorsOfTheirOwnAndThenTheyComeAgain()
    {
        var colors = Enumerable.Range(0, 17).Select(i => JsonSerializer.Serialize(Theme.Series(i).Value)).ToArray();
        Assert.Equal(8, colors.Distinct().Count());
        Assert.Equal(colors[..8], colors[8..16]);
        Assert.Equal(colors[0], colors[16]);
    }

    [Fact]
    public void EveryColorStandsOutFromALightPageAndADarkOne()
    {
        double[] white = [255, 255, 255],
            dark = [0x1e, 0x1e, 0x1e]; // the darkest themes are darker, so further from the colors
        double Contrast(double[] one, double[] other)
        {
            var (a, b) = (Theme.Luminance(one), Theme.Luminance(other));
            return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
        }
        for (var i = 0; i < 8; i++)
        {
            double[] color = [.. Convert.FromHexString(Theme.Hex(i)[1..]).Select(part => (double)part)];
            Assert.True(Contrast(color, white) >= 3, Theme.Hex(i));
            Assert.True(Contrast(color, dark) >= 3, Theme.Hex(i));
            Assert.True(Contrast(color, Theme.On(Theme.Hex(i)) == "#000000" ? [0, 0, 0] : white) >= 4.5, Theme.Hex(i));
        }
        Assert.Equal(("#000000", "#FFFFFF"), (Theme.On("rgba(250, 250, 250, 1.0)"), Theme.On("rgb(0,0,40)")));
        Assert.Equal("#FFFFFF", Theme.On("navy"));
    }

    private static JsonElement Layout(View chart) => Figure.Of(chart).GetProperty("layout");

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();
}
