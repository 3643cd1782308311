using System.Text;

namespace CrossEncoders.Display;

internal sealed partial class StaticChart
{
    private void DrawAxes()
    {
        foreach (var (value, label) in _y.Ticks(6).Where(tick => _y.Part(tick.Value) is >= -1e-9 and <= 1 + 1e-9))
        {
            if (!_y.IsNamed)
                _svg.Append(Culture, $"<path d=\"M{_from:0.#} {AtY(value, _y):0.#}H{_to:0.#}\" stroke=\"{Theme.Grid}\"/>");
            Text(_from - 8, AtY(value, _y) + 4.5, label, "end");
        }
        var space = (_to - _from) / Math.Max(1, _x.Ticks(8).Count());
        foreach (var (value, label) in _x.Ticks(8).Where(tick => _x.Part(tick.Value) is >= -1e-9 and <= 1 + 1e-9))
        {
            _svg.Append(Culture, $"<path d=\"M{AtX(value):0.#} {_bottom:0.#}v5\" stroke=\"{Theme.Muted}\"/>");
            Text(AtX(value), _bottom + 19, Html.Clip(label, (int)Math.Max(3, space / Letter)), "middle");
        }
        _svg.Append(Culture, $"<path d=\"M{_from:0.#} {_bottom:0.#}H{_to:0.#}\" stroke=\"{Theme.Muted}\"/>");
        Text((_from + _to) / 2, _bottom + 42, _x.Title, "middle");
        Upright(16, _y.Title);
        if (_right is null)
            return;
        foreach (var (value, label) in _right.Ticks(6).Where(tick => _right.Part(tick.Value) is >= -1e-9 and <= 1 + 1e-9))
            Text(_to + 8, AtY(value, _right) + 4.5, label, "start");
        Upright(Width - 8, _right.Title);
    }

    private void DrawBar(StaticBar bar)
    {
        var (low, high) = (bar.Place - bar.Width / 2, bar.Place + bar.Width / 2);
        var (x1, x2) = bar.Series.IsHorizontal ? (AtX(bar.Start), AtX(bar.End)) : (AtX(low), AtX(high));
        var (y1, y2) = bar.Series.IsHorizontal ? (AtY(low, _y), AtY(high, _y)) : (AtY(bar.Start, _y), AtY(bar.End, _y));
        var (left, top, width, height) = (Math.Min(x1, x2), Math.Min(y1, y2), Math.Abs(x2 - x1), Math.Abs(y2 - y1));
        var color = bar.Series.ColorAt(bar.Index);
        _svg.Append(Culture, $"<rect x=\"{left:0.#}\" y=\"{top:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" ")
            .Append($"fill=\"{Html.Encode(color)}\" opacity=\"{Round(bar.Series.Opacity)}\"/>");
        var label = bar.Series.Label(bar.Index);
        var size = Math.Min(12, 1.7 * (bar.Series.IsHorizontal ? height : width) / Math.Max(1, Html.Width(label)));
        if (label.Length == 0 || size < 7)
            return;
        var style = $"font-size:{Round(size)}px;fill:{Theme.On(color)}";
        if (bar.Series.IsHorizontal)
            Text(left + 6, top + height / 2 + size / 3, label, "start", style);
        else
            Text(left + width / 2, Math.Max(y1, y2) - 6, label, "middle", style);
    }

    private void DrawWhisker(StaticBar bar)
    {
        if (bar.Series.IsHorizontal || bar.Series.Whisker(bar.Index) is not { } whisker)
            return;
        var (x, low, high) = (AtX(bar.Place), AtY(bar.End - whisker.Below, _y), AtY(bar.End + whisker.Above, _y));
        if (Math.Abs(low - high) > 0.5)
            _svg.Append(Culture, $"<path d=\"M{x - 4:0.#} {high:0.#}h8m-4 0V{low:0.#}m-4 0h8\" class=\"w\" stroke-width=\"1.5\"/>");
    }

    private void DrawPoints(StaticSeries series, StaticAxis axis)
    {
        var at = Charts.Thinned(series.Count, series.HasMarkers ? Math.Max(MostPoints, series.Count) : MostPoints);
        var path = new StringBuilder();
        var pen = 'M';
        foreach (var i in at)
        {
            var (x, y) = (AtX(_x.Value(series.X[i])), AtY(axis.Value(series.Y[i]), axis));
            if (!double.IsFinite(x) || !double.IsFinite(y))
            {
                pen = 'M'; // a gap
                continue;
            }
            path.Append(Culture, $"{pen}{x:0.#} {y:0.#}");
            pen = 'L';
            if (series.HasMarkers)
                _svg.Append(Culture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3.5\" fill=\"{Html.Encode(series.ColorAt(i))}\"/>");
            var place = series.LabelPlace;
            var (left, right) = (place.Contains("left", StringComparison.Ordinal), place.Contains("right", StringComparison.Ordinal));
            var drop =
                place.StartsWith("top", StringComparison.Ordinal) ? -8
                : place.StartsWith("bottom", StringComparison.Ordinal) ? 17
                : 4.5;
            Text(
                x
                    + (
                        right ? 8
                        : left ? -8
                        : 0
                    ),
                y + drop,
                series.Label(i),
                right ? "start"
                    : left ? "end"
                    : "middle"
            );
        }
        if (series.HasLine && path.Length > 0)
            Stroke(path.ToString(), series);
    }

    private void Stroke(string path, StaticSeries series) =>
        _svg.Append($"<path d=\"{path}\" fill=\"none\" stroke=\"{Html.Encode(series.Color)}\" stroke-width=\"{Round(series.LineWidth)}\" ")
            .Append(
                $"opacity=\"{Round(series.Opacity)}\"{(series.Dashes is { Length: > 0 } dashes ? $" stroke-dasharray=\"{dashes}\"" : "")}/>"
            );

    private void Upright(double x, string text)
    {
        if (text.Length > 0)
            _svg.Append(Culture, $"<g transform=\"translate({x:0.#} {(_top + _bottom) / 2:0.#}) rotate(-90)\">");
        Text(0, 0, text, "middle");
        if (text.Length > 0)
            _svg.Append("</g>");
    }

    private void Text(double x, double y, string text, string anchor, string style = "")
    {
        if (text.Length > 0)
            _svg.Append(Culture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\"")
                .Append(style.Length == 0 ? "" : $" style=\"{style}\"")
                .Append('>')
                .Append(Html.Encode(text))
                .Append("</text>");
    }
}
