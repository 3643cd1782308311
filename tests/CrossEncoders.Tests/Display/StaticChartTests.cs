using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CrossEncoders.Display;
using CrossEncoders.Training;
using Plotly.NET;
using Plot = Plotly.NET.CSharp.Chart;
using View = CrossEncoders.Display.Chart;

namespace CrossEncoders.Tests.Display;

/// <summary>The picture of a chart that stands still: it shows what plotly.js would, read back from the SVG.</summary>
public sealed class StaticChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void BarsAreAsHighAsTheirValuesAndWhiskersReachTheirIntervals()
    {
        var svg = Picture(Charts.Rankings([new("a <b>", "x & y", 0.2), new("b", "x & y", 0.8, 0.7, 0.9)], "MRR@10"));
        var bars = Bars(svg);

        Assert.Equal(2, bars.Length);
        Assert.Equal(4, bars[1].Height / bars[0].Height, 0.02);
        Assert.Equal(bars[0].Bottom, bars[1].Bottom, 0.2);
        Assert.True(bars[0].Left + bars[0].Width <= bars[1].Left); // beside each other
        var whisker = svg.Descendants(Svg + "path").Single(path => (string?)path.Attribute("class") == "w");
        var ends = Regex.Match((string)whisker.Attribute("d")!, @" ([\d.]+)h8m-4 0V([\d.]+)m").Groups;
        Assert.Equal(bars[1].Height / 4, Parse(ends[2].Value) - Parse(ends[1].Value), 0.3);
        Assert.Equal(bars[1].Top, (Parse(ends[2].Value) + Parse(ends[1].Value)) / 2, 0.3);
        string[] texts = ["MRR@10", "a <b>", "b", "x & y", "0.200", "0.800", "0.6"];
        Assert.All(texts, text => Assert.Contains(text, Texts(svg)));
    }

    [Fact]
    public void StackedBarsStandOnEachOther()
    {
        var svg = Picture(Charts.ChunkLengths([(10, "en"), (10, "zh"), (10, "zh"), (400, "en")]));
        var bars = Bars(svg).Where(bar => bar.Height > 0).ToArray();

        Assert.Equal(3, bars.Length); // en short, en long, zh short
        Assert.Equal(2, bars[2].Height / bars[0].Height, 0.02);
        Assert.Equal(bars[0].Top, bars[2].Bottom, 0.2);
        Assert.Equal(bars[0].Left, bars[2].Left, 0.2);
    }

    [Fact]
    public void LyingBarsAreAsLongAsTheirValues()
    {
        var plot = Plot.Bar<double, string, string>([1, 3], new(["one", "three"], true), UseDefaults: false);
        var bars = Bars(Picture(plot.ToChart("Lying", Table)));

        Assert.Equal(3, bars[1].Width / bars[0].Width, 0.02);
        Assert.Equal(bars[0].Left, bars[1].Left, 0.2);
        Assert.Equal(bars[0].Height, bars[1].Height, 0.2);
    }

    [Fact]
    public void ALineGoesThroughItsPointsAndLeavesAGapWhereANumberIsMissing()
    {
        var svg = Picture(Line([0, 1, 2, 3, 4], [0, 1, double.NaN, 3, 4]));
        var line = svg.Descendants(Svg + "path").Last();

        Assert.Equal(2, Regex.Count((string)line.Attribute("d")!, "M"));
        var points = Path(line);
        Assert.Equal(4, points.Length);
        Assert.Equal(points[1].X - points[0].X, (points[3].X - points[0].X) / 4, 0.2);
        Assert.Equal(points[0].Y - points[1].Y, (points[0].Y - points[3].Y) / 4, 0.2);
        Assert.True(points[0].Y > points[3].Y); // up is more
    }

    [Fact]
    public void ASecondAxisHasAScaleOfItsOwn()
    {
        var steps = Enumerable.Range(0, 3000).ToArray();
        var run = Plotted([.. steps.Select(step => 2.0)], [.. steps.Select(step => 3e-5)]);
        var svg = Picture(run);

        Assert.Contains("Learning rate", Texts(svg));
        Assert.Contains("1e-5", Texts(svg));
        Assert.True(svg.ToString().Length < 60_000); // thinned
    }

    [Fact]
    public void PointsWithTextAndNoLineAreDrawn()
    {
        var plot = Plot.Point<double, double, string>([1, 2], [1, 2], MultiText: new(["first", "second"], true));
        var mode = GenericChart.mapTrace(
            Microsoft.FSharp.Core.FSharpFunc<Trace, Trace>.FromConverter(trace =>
            {
                trace.SetProperty("mode", "markers+text");
                return trace;
            }),
            plot
        );
        var svg = Picture(mode.ToChart("Points", Table));

        Assert.Equal(2, svg.Descendants(Svg + "circle").Count());
        Assert.Contains("second", Texts(svg));
    }

    [Fact]
    public void WhatCannotBeDrawnHasNoPictureAndIsPrintedByPlotly()
    {
        var pie = Plot.Doughnut<double, string, string>([1, 2], Labels: new(["a", "b"], true));
        var html = Figure.Html(pie.ToChart("Pie", Table));

        Assert.DoesNotContain("<img", html);
        Assert.DoesNotContain("<div data-chart-still", html);
        Assert.Contains("<details", html);
    }

    [Theory]
    [InlineData(true, "", "")]
    [InlineData(true, ",\"yaxis\":\"y2\"", "\"xaxis\":{\"type\":\"linear\"},\"yaxis2\":{\"overlaying\":\"y\",\"side\":\"right\"}")]
    [InlineData(false, "", "\"xaxis\":{\"type\":\"log\"}")]
    [InlineData(false, "", "\"yaxis\":{\"type\":\"date\"}")]
    [InlineData(false, ",\"yaxis\":\"y2\"", "\"yaxis2\":{\"type\":\"log\",\"overlaying\":\"y\"}")]
    [InlineData(false, ",\"yaxis\":\"y2\"", "\"yaxis2\":{\"domain\":[0.6,1]}")] // a panel above
    [InlineData(false, ",\"xaxis\":\"x2\"", "\"xaxis2\":{}")]
    [InlineData(false, ",\"yaxis\":\"y3\"", "\"yaxis3\":{\"overlaying\":\"y\"}")]
    public void AnAxisThatIsNotDrawnHasNoPicture(bool drawn, string trace, string layout)
    {
        var svg = StaticChart.Svg($$"""{ "data": [{ "x": [1, 10], "y": [1, 10] {{trace}} }], "layout": { {{layout}} } }""", 400);
        Assert.Equal(drawn, svg is not null);
    }

    [Fact]
    public void NoSeriesAndNoPointsArePictures()
    {
        Assert.Empty(Bars(Picture(Charts.Rankings([], "m"))));
        Assert.DoesNotContain(Bars(Picture(Charts.ChunkLengths([]))), bar => bar.Height > 0);
        Assert.NotEmpty(Texts(Picture(Line([], []))));
        Assert.NotEmpty(Texts(Picture(Line([1], [5]))));
    }

    [Fact]
    public void ThePictureSaysInWordsWhatItShows()
    {
        var html = Figure.Html(Charts.Rankings([new("a", "x", 0.25)], "MRR@10", "Ti\"tle"));

        Assert.Contains("<img data-chart-image=\"chart-", html);
        Assert.Contains("alt=\"Ti&quot;tle. MRR@10: x: a 0.250.\"", html);
        Assert.Contains("@media print", html);
        Assert.Contains("prefers-color-scheme:dark", Picture(Line([1], [5])).ToString());
    }

    private static readonly Table Table = new(["n"], []);

    private static View Plotted(double[] losses, double[] rates) =>
        Charts.Losses(
            new()
            {
                Steps = [.. losses.Select((loss, i) => new TrainingStep(i, 0, loss, rates[i], 1, 1))],
                Evaluations = [],
                Completed = true,
                Seconds = 1,
                TotalSteps = losses.Length,
                Examples = 1,
                Arguments = new TrainingArguments(),
                Loss = "loss",
            }
        );

    private static View Line(double[] x, double[] y) => Plot.Line<double, double, string>(x, y, UseDefaults: false).ToChart("Line", Table);

    private static XElement Picture(View chart) =>
        XElement.Parse(
            Encoding.UTF8.GetString(Convert.FromBase64String(Regex.Match(Figure.Html(chart), "svg\\+xml;base64,([^\"]+)").Groups[1].Value))
        );

    private static string[] Texts(XElement svg) => [.. svg.Descendants(Svg + "text").Select(text => text.Value)];

    // Without the keys of the legend, which are ten high.
    private static (double Left, double Top, double Width, double Height, double Bottom)[] Bars(XElement svg) =>
        [
            .. svg.Descendants(Svg + "rect")
                .Where(rect => (string?)rect.Attribute("opacity") is not null)
                .Select(rect => (Number(rect, "x"), Number(rect, "y"), Number(rect, "width"), Number(rect, "height")))
                .Select(bar => (bar.Item1, bar.Item2, bar.Item3, bar.Item4, bar.Item2 + bar.Item4)),
        ];

    private static (double X, double Y)[] Path(XElement path) =>
        [
            .. Regex
                .Matches((string)path.Attribute("d")!, @"[ML](-?[\d.]+) (-?[\d.]+)")
                .Select(match => (Parse(match.Groups[1].Value), Parse(match.Groups[2].Value))),
        ];

    private static double Number(XElement element, string attribute) => Parse((string)element.Attribute(attribute)!);

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
