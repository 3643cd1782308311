using System.Text.Json;

namespace CrossEncoders.Display;

/// <summary>A bar of a <see cref="StaticChart"/>, in the values of its axes.</summary>
internal sealed record StaticBar(StaticSeries Series, int Index, double Place, double Width, double Start, double End);

/// <summary>Where a figure's bars stand: beside each other, on each other, or one before the other, as its layout says.</summary>
internal sealed class StaticBars
{
    /// <summary>The bars of all series of a figure.</summary>
    public StaticBars(JsonElement layout, IReadOnlyList<StaticSeries> series, StaticAxis x, StaticAxis y)
    {
        var bars = series.Where(one => one.IsBar).ToList();
        if (bars.Count == 0)
            return;
        (double Place, double Value)[] Values(StaticSeries one) =>
            [
                .. Enumerable
                    .Range(0, one.Count)
                    .Select(i => (x.Value(one.X[i]), y.Value(one.Y[i])))
                    .Select(pair => one.IsHorizontal ? (pair.Item2, pair.Item1) : pair),
            ];
        var places = bars.SelectMany(one => Values(one).Select(bar => bar.Place)).Where(double.IsFinite).Distinct().Order().ToArray();
        var slot = places.Zip(places.Skip(1), (a, b) => b - a).DefaultIfEmpty(1).Min();
        var whole = slot * (1 - Number(layout, "bargap", 0.2));
        var mode = layout.TryGetProperty("barmode", out var said) ? said.ToString() : "group";
        var each = mode == "group" ? whole / bars.Count : whole;
        var width = each * (1 - (mode == "group" ? Number(layout, "bargroupgap", 0) : 0));
        var reached = new Dictionary<(double Place, bool Negative), double>();
        for (var number = 0; number < bars.Count; number++)
        {
            foreach (var (i, (place, value)) in Values(bars[number]).Index())
            {
                if (!double.IsFinite(place) || !double.IsFinite(value))
                    continue;
                var start = mode is "stack" or "relative" ? reached.GetValueOrDefault((place, value < 0)) : 0;
                reached[(place, value < 0)] = start + value;
                var middle = mode == "group" ? place - whole / 2 + each * (number + 0.5) : place;
                All.Add(new(bars[number], i, middle, width, start, start + value));
            }
        }
        Places = places.Length == 0 ? [] : [places[0] - slot / 2, places[^1] + slot / 2];
        Ends = All.SelectMany(bar => new[] { bar.End, bar.End + (bar.Series.Whisker(bar.Index)?.Above ?? 0) });
    }

    /// <summary>All of them, those of the first series first.</summary>
    public List<StaticBar> All { get; } = [];

    /// <summary>The ends of the axis along which they stand.</summary>
    public IEnumerable<double> Places { get; } = [];

    /// <summary>How high they and their whiskers reach.</summary>
    public IEnumerable<double> Ends { get; } = [];

    private static double Number(JsonElement layout, string name, double otherwise) =>
        layout.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;
}
