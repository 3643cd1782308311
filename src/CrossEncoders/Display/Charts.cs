using System.Text.Json;
using Plotly.NET;

namespace CrossEncoders.Display;

/// <summary>The kit's charts. They draw what they are given; nothing is measured here.</summary>
public static partial class Charts
{
    /// <summary>The script element that brings plotly.js, for a page that takes the copies inside its charts out.</summary>
    public static string PlotlyScript => PlotlyBundle.Script;

    /// <summary>Any Plotly.NET chart with the kit's look, drawn offline in every host.</summary>
    public static Chart ToChart(this GenericChart chart, string title, Table data) => new(chart, title, data);

    /// <summary>
    /// Any Plotly.NET chart with the kit's look, drawn offline in every host; its table has the points of its series. A notebook shows a
    /// bare chart of Plotly.NET the same way.
    /// </summary>
    /// <param name="chart">The chart.</param>
    /// <param name="title">The title; that of the chart's layout if null.</param>
    public static Chart ToChart(this GenericChart chart, string? title = null)
    {
        using var json = JsonDocument.Parse(GenericChart.toJson(chart));
        var own = new StaticAxis(json.RootElement.GetProperty("layout"), []).Title;
        var series = StaticSeries.Of(json.RootElement.GetProperty("data")) ?? [];
        var points = series
            .SelectMany(one =>
                Enumerable.Range(0, one.Count).Select(i => (IReadOnlyList<object?>)[one.Name, Read(one.X[i]), Read(one.Y[i])])
            )
            .ToArray();
        var names = string.Join(", ", series.Select(one => one.Name).Where(name => name.Length > 0));
        return new Chart(
            chart,
            title ?? (own.Length > 0 ? own : "Chart"),
            new Table(["series", "x", "y"], [.. points.Take(TableExtensions.DefaultRows)], totalRows: points.Length),
            $"{series.Count} series{(names.Length > 0 ? $": {names}" : "")}; {points.Length} {(points.Length == 1 ? "point" : "points")}."
        );
    }

    private static object? Read(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.ToString();

    private static GenericChart Line(
        IEnumerable<double> x,
        IEnumerable<double> y,
        string name,
        Color color,
        double width = 2,
        double opacity = 1,
        StyleParam.DrawingStyle? dash = null,
        bool markers = false
    ) =>
        Plotly.NET.CSharp.Chart.Line<double, double, string>(
            x,
            y,
            ShowMarkers: markers,
            Name: Html.Label(name),
            ShowLegend: true,
            Opacity: opacity,
            LineColor: color,
            MarkerColor: color,
            LineWidth: width,
            LineDash: dash ?? StyleParam.DrawingStyle.Solid,
            UseDefaults: false
        );

    private static GenericChart Bars(IEnumerable<double> x, IEnumerable<int> counts, string name, Color color, bool legend) =>
        Plotly.NET.CSharp.Chart.Column<int, double, string>(
            [.. counts],
            new([.. x], true),
            Name: Html.Label(name),
            ShowLegend: legend,
            MarkerColor: color,
            UseDefaults: false
        );

    private static GenericChart Combine(IEnumerable<GenericChart> charts)
    {
        var all = charts.ToArray();
        return all.Length == 0 ? Plotly.NET.CSharp.Chart.Invisible() : Plotly.NET.CSharp.Chart.Combine(all);
    }

    // One histogram with a series for each group, bars of a bin on top of each other.
    private static Chart Histogram(
        string title,
        string xTitle,
        string yTitle,
        IReadOnlyList<(string Group, double[] Values)> groups,
        Histogram bins,
        string summary
    )
    {
        var counts = groups.Select(group => bins.Count(group.Values)).ToArray();
        var plot = Combine(groups.Select((group, i) => Bars(bins.Centers, counts[i], group.Group, Theme.Series(i), groups.Count > 1)))
            .With("barmode", "stack")
            .With("bargap", 0.06)
            .With("xaxis", Theme.Axis(xTitle))
            .With("yaxis", Theme.Axis(yTitle));
        var rows = bins.Labels.Select((label, b) => (IReadOnlyList<object?>)[label, .. counts.Select(c => (object?)c[b])]);
        return new Chart(plot, title, new Table([xTitle, .. groups.Select(group => group.Group)], [.. rows]), summary);
    }
}
