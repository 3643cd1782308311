using System.Globalization;
using Plotly.NET;

namespace CrossEncoders.Display;

public static partial class Charts
{
    private const int MostRead = 16; // bars whose values are said in words

    /// <summary>A metric of several systems, bars side by side for each slice, with the intervals as whiskers.</summary>
    /// <param name="bars">The bars; systems and slices appear in the order of their first bar.</param>
    /// <param name="metric">The metric's name, for example "MRR@10".</param>
    /// <param name="title">The chart's title; the metric's name if null.</param>
    public static Chart Rankings(IReadOnlyList<MetricBar> bars, string metric, string? title = null)
    {
        var slices = bars.Select(bar => bar.Slice).Distinct().ToArray();
        var plots = bars.GroupBy(bar => bar.System).Select((system, i) => Group([.. system], i)).ToArray();
        var y = Theme.Axis(metric);
        y["rangemode"] = "tozero";
        if (bars.All(bar => bar.Value is >= 0 and <= 1 && (bar.High ?? 0) <= 1) && bars.Any(bar => bar.Value > 0.5))
            y["range"] = new[] { 0, 1.05 };
        var x = Theme.Axis("");
        (x["type"], x["categoryorder"], x["categoryarray"]) = ("category", "array", slices.Select(Html.Label).ToArray());
        var plot = Combine(plots).With("barmode", "group").With("bargap", 0.25).With("bargroupgap", 0.06).With("xaxis", x).With("yaxis", y);
        var hasIntervals = bars.Any(bar => bar.Low is not null);
        var data = hasIntervals
            ? bars.ToTable(
                60,
                ("system", b => b.System),
                ("slice", b => b.Slice),
                (metric, b => b.Value),
                ("low", b => b.Low),
                ("high", b => b.High)
            )
            : bars.ToTable(60, ("system", b => b.System), ("slice", b => b.Slice), (metric, b => b.Value));
        return new Chart(
            plot,
            title ?? metric,
            data,
            bars.Count == 0 ? "No systems." : $"{(title is null ? "" : $"{metric}: ")}{Read(bars, slices)}."
        );
    }

    /// <summary>The bars in words, slice by slice.</summary>
    private static string Read(IReadOnlyList<MetricBar> bars, string[] slices)
    {
        string Words(MetricBar bar) =>
            $"{bar.System} {Read(bar.Value)}" + (bar is { Low: { } low, High: { } high } ? $" [{Read(low)}, {Read(high)}]" : "");
        var read = slices.SelectMany(slice => bars.Where(bar => bar.Slice == slice)).Take(MostRead).GroupBy(bar => bar.Slice);
        var words = string.Join("; ", read.Select(slice => $"{slice.Key}: {string.Join(", ", slice.Select(Words))}"));
        return bars.Count > MostRead ? $"{words}; {bars.Count - MostRead} more in the table" : words;
    }

    private static string Read(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static GenericChart Group(MetricBar[] bars, int number)
    {
        var text = bars.Select(bar => Read(bar.Value)).ToArray();
        var plot = Plotly.NET.CSharp.Chart.Column<double, string, string>(
            bars.Select(bar => bar.Value).ToArray(),
            new([.. bars.Select(bar => Html.Label(bar.Slice))], true),
            Name: Html.Label(bars[0].System),
            ShowLegend: true,
            MarkerColor: Theme.Series(number),
            UseDefaults: false
        );
        return GenericChart.mapTrace(
            Function<Trace, Trace>(trace =>
            {
                // Inside and at the foot, where no whisker crosses it.
                (string Key, object Value)[] properties =
                [
                    ("text", text),
                    ("textposition", "inside"),
                    ("insidetextanchor", "start"),
                    ("textangle", 0),
                    ("insidetextfont", new { color = Theme.On(Theme.Hex(number)), size = 12 }),
                    ("hovertemplate", "%{x}: %{y:.4f}"),
                ];
                foreach (var (key, value) in properties)
                    trace.SetProperty(key, value);
                if (bars.Any(bar => bar.Low is not null && bar.High is not null))
                    trace.SetProperty(
                        "error_y",
                        new
                        {
                            type = "data",
                            symmetric = false,
                            array = bars.Select(bar => (bar.High ?? bar.Value) - bar.Value).ToArray(),
                            arrayminus = bars.Select(bar => bar.Value - (bar.Low ?? bar.Value)).ToArray(),
                            color = Theme.Ink,
                            thickness = 1.2,
                            width = 4,
                        }
                    );
                return trace;
            }),
            plot
        );
    }
}
