using System.Globalization;
using System.Text.Json;

namespace CrossEncoders.Display;

/// <summary>An axis of a <see cref="StaticChart"/>: names or numbers to places along it.</summary>
internal sealed class StaticAxis
{
    private readonly JsonElement _layout;
    private readonly List<string>? _names;

    /// <summary>An axis for these values of the figure's series.</summary>
    /// <param name="layout">plotly.js's entry for the axis; undefined where there is none.</param>
    /// <param name="values">All that lies on it.</param>
    public StaticAxis(JsonElement layout, IEnumerable<JsonElement> values)
    {
        _layout = layout;
        var all = values.ToList();
        if (Text("type") == "category" || all.Any(value => value.ValueKind == JsonValueKind.String && Number(value) is null))
            _names = [.. Figures("categoryarray").Concat(all).Select(value => value.ToString()).Distinct(StringComparer.Ordinal)];
        (Low, High) = (-0.5, Math.Max(1, _names?.Count ?? 1) - 0.5);
    }

    /// <summary>Whether it has names instead of numbers.</summary>
    public bool IsNamed => _names is not null;

    /// <summary>The value at its start.</summary>
    public double Low { get; private set; }

    /// <summary>The value at its end.</summary>
    public double High { get; private set; }

    /// <summary>What is written beside it.</summary>
    public string Title =>
        _layout.ValueKind != JsonValueKind.Object || !_layout.TryGetProperty("title", out var title) ? ""
        : title.ValueKind == JsonValueKind.String ? StaticChart.Plain($"{title}")
        : title.ValueKind == JsonValueKind.Object && title.TryGetProperty("text", out var text) ? StaticChart.Plain($"{text}")
        : "";

    /// <summary>A value of a series as a number on the axis; NaN where it is none.</summary>
    public double Value(JsonElement value) => _names is not null ? _names.IndexOf(value.ToString()) : Number(value) ?? double.NaN;

    /// <summary>A number, also one in quotes, as those are written that are not finite.</summary>
    private static double? Number(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number or JsonValueKind.String
        && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Where a value lies, 0 at the axis' start and 1 at its end.</summary>
    public double Part(double value) => (value - Low) / (High - Low);

    /// <summary>Makes room for these numbers; the layout's own range goes first.</summary>
    /// <param name="values">The numbers; others than finite ones are left out.</param>
    /// <param name="padding">A part of the range that is added on both sides, but not below 0 where it starts there.</param>
    /// <param name="fromZero">Whether 0 has to be on it.</param>
    public void Cover(IEnumerable<double> values, double padding, bool fromZero)
    {
        if (IsNamed)
            return;
        var finite = values.Where(double.IsFinite).ToArray();
        var range = Figures("range").Select(Value).ToArray();
        fromZero |= Text("rangemode") == "tozero";
        var (low, high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        if (fromZero)
            (low, high) = (Math.Min(0, low), Math.Max(0, high));
        if (high <= low)
            (low, high) = (fromZero ? low : low - 1, high + 1);
        var more = (high - low) * padding;
        (Low, High) = (fromZero && low == 0 ? 0 : low - more, fromZero && high == 0 ? 0 : high + more);
        if (range is [var first, var last] && double.IsFinite(first) && double.IsFinite(last) && first != last)
            (Low, High) = (first, last);
        else if (Text("autorange") == "reversed")
            (Low, High) = (High, Low);
    }

    /// <summary>Round numbers with their labels, or the names.</summary>
    public IEnumerable<(double Value, string Label)> Ticks(int about)
    {
        if (_names is not null)
            return _names.Select((name, i) => ((double)i, StaticChart.Plain(name)));
        var (low, high) = (Math.Min(Low, High), Math.Max(Low, High));
        var step = Histogram.RoundStep((high - low) / about);
        var first = Math.Ceiling(low / step - 1e-9);
        return Enumerable
            .Range(0, (int)Math.Min(50, Math.Floor(high / step + 1e-9) - first + 1))
            .Select(i => (first + i) * step)
            .Select(value => (value, Label(value, step)));
    }

    private static string Label(double value, double step) =>
        value.ToString(
            Math.Abs(value) < step / 2 ? "0"
                : step is >= 0.001 and < 1e6 ? "#,0.###"
                : "0.##e0",
            CultureInfo.InvariantCulture
        );

    private string? Text(string property) =>
        _layout.ValueKind == JsonValueKind.Object && _layout.TryGetProperty(property, out var text) ? text.ToString() : null;

    private IEnumerable<JsonElement> Figures(string property) =>
        _layout.ValueKind == JsonValueKind.Object && _layout.TryGetProperty(property, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];
}
