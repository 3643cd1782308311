using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrossEncoders.Display;

/// <summary>
/// A figure of plotly.js as an SVG that stands still: for pages where no script runs, and for print. Bars, lines and points with their
/// axes, whiskers, texts and legend; what else a figure may have is left to plotly.js and to the table below it.
/// </summary>
internal sealed partial class StaticChart
{
    /// <summary>Its width in pixels.</summary>
    public const int Width = 800;

    private const int MostPoints = 400;
    private const double Letter = 7.2; // about the width of a column of text, in pixels
    private const int LegendLine = 20;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly StringBuilder _svg = new();
    private readonly JsonElement _layout;
    private readonly IReadOnlyList<StaticSeries> _series;
    private readonly StaticAxis _x;
    private readonly StaticAxis _y;
    private readonly StaticAxis? _right;
    private readonly StaticBars _bars;
    private readonly double _from;
    private readonly double _to;
    private readonly double _top;
    private readonly double _bottom;

    private StaticChart(JsonElement layout, IReadOnlyList<StaticSeries> series, int height)
    {
        (_layout, _series) = (layout, series);
        _x = new(Entry("xaxis"), series.SelectMany(one => one.X));
        _y = new(Entry("yaxis"), series.Where(one => !one.IsRight).SelectMany(one => one.Y));
        if (series.Any(one => one.IsRight))
            _right = new(Entry("yaxis2"), series.Where(one => one.IsRight).SelectMany(one => one.Y));
        _bars = new(_layout, series, _x, _y);
        Cover();
        var labels = _y.Ticks(6).Select(tick => Html.Width(tick.Label)).DefaultIfEmpty(1).Max();
        _from = 16 + labels * Letter + (_y.Title.Length > 0 ? 22 : 0);
        _to = Width - (_right is null ? 20 : 75);
        _bottom = height - (_x.Title.Length > 0 ? 50 : 32);
        _top = 40 + Legend();
    }

    /// <summary>The figure as a whole SVG document; null where it has series or axes of other kinds than are drawn.</summary>
    /// <param name="figure">The figure as JSON: data and layout.</param>
    /// <param name="height">Its height in pixels, at a width of 800.</param>
    public static string? Svg(string figure, int height)
    {
        using var json = JsonDocument.Parse(figure);
        var series = StaticSeries.Of(json.RootElement.GetProperty("data"));
        var layout = json.RootElement.GetProperty("layout");
        return series?.All(one => one.FitsInto(layout)) == true ? new StaticChart(layout, series, height).Drawn(height) : null;
    }

    /// <summary>A label of plotly.js as plain text.</summary>
    public static string Plain(string label) => WebUtility.HtmlDecode(Tag().Replace(label, " ")).Trim();

    private string Drawn(int height)
    {
        var body = _svg.ToString();
        _svg.Clear();
        _svg.Append(Culture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\">")
            .Append($"<style>text{{font-family:{Theme.Fonts};font-size:13px;fill:{Theme.Ink}}}.w{{fill:none;stroke:{Theme.Ink}}}")
            .Append($"@media (prefers-color-scheme:dark){{text{{fill:{Theme.InkOnDark}}}.w{{stroke:{Theme.InkOnDark}}}}}</style>");
        var title = Entry("title");
        Text(
            16,
            24,
            title.ValueKind == JsonValueKind.Object && title.TryGetProperty("text", out var text) ? Plain($"{text}") : "",
            "start",
            "font-size:16px"
        );
        _svg.Append(body);
        DrawAxes();
        foreach (var bar in _bars.All)
            DrawBar(bar);
        foreach (var series in _series.Where(one => !one.IsBar))
            DrawPoints(series, series.IsRight ? _right! : _y);
        foreach (var bar in _bars.All)
            DrawWhisker(bar);
        return _svg.Append("</svg>").ToString();
    }

    private void Cover()
    {
        var points = _series.Where(one => !one.IsBar).ToList();
        var room = points.Any(one => one.HasMarkers) ? 0.03 : 0;
        var horizontal = _series.Any(one => one.IsHorizontal);
        var (along, across) = horizontal ? (_y, _x) : (_x, _y);
        along.Cover(
            points.SelectMany(one => Values(one, horizontal ? one.Y : one.X, along)).Concat(_bars.Places),
            _bars.All.Count > 0 ? 0 : room,
            fromZero: false
        );
        across.Cover(
            points.Where(one => !one.IsRight).SelectMany(one => Values(one, horizontal ? one.X : one.Y, across)).Concat(_bars.Ends),
            0.06,
            fromZero: _bars.All.Count > 0
        );
        _right?.Cover(points.Where(one => one.IsRight).SelectMany(one => Values(one, one.Y, _right)), 0.06, fromZero: false);
    }

    private static IEnumerable<double> Values(StaticSeries series, JsonElement[] values, StaticAxis axis) =>
        values.Take(series.Count).Select(axis.Value);

    private double AtX(double value) => _from + _x.Part(value) * (_to - _from);

    private double AtY(double value, StaticAxis axis) => _bottom - axis.Part(value) * (_bottom - _top);

    /// <summary>Writes the legend below the title and returns its height.</summary>
    private double Legend()
    {
        var named = _series.Where(one => one.InLegend).ToList();
        if (named.Count < 2)
            return 0;
        double x = 16,
            y = 44;
        foreach (var one in named)
        {
            var width = 34 + Html.Width(one.Name) * Letter;
            if (x > 16 && x + width > Width - 16)
                (x, y) = (16, y + LegendLine);
            if (one.IsBar)
                _svg.Append(
                    Culture,
                    $"<rect x=\"{x:0.#}\" y=\"{y - 10:0.#}\" width=\"14\" height=\"10\" fill=\"{Html.Encode(one.Color)}\"/>"
                );
            else
                Stroke($"M{Round(x)} {Round(y - 5)}h16", one);
            Text(x + 20, y, one.Name, "start");
            x += width;
        }
        return y - 24;
    }

    private JsonElement Entry(string name) => _layout.TryGetProperty(name, out var entry) ? entry : default;

    private static string Round(double value) => value.ToString("0.##", Culture);

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
