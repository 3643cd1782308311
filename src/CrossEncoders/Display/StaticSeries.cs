using System.Text.Json;

namespace CrossEncoders.Display;

/// <summary>A series of a figure, as far as a <see cref="StaticChart"/> draws it: bars, or points joined by a line.</summary>
internal sealed class StaticSeries
{
    private readonly JsonElement _trace;
    private readonly int _number;

    private StaticSeries(JsonElement trace, int number)
    {
        (_trace, _number) = (trace, number);
        var (x, y) = (List("x"), List("y"));
        (X, Y) = (x.Length == 0 ? Numbered(y.Length) : x, y.Length == 0 ? Numbered(x.Length) : y);
        Count = Math.Min(X.Length, Y.Length);
    }

    /// <summary>The values along the horizontal axis.</summary>
    public JsonElement[] X { get; }

    /// <summary>The values along the vertical axis.</summary>
    public JsonElement[] Y { get; }

    /// <summary>How many points or bars there are.</summary>
    public int Count { get; }

    public bool IsBar => Text(_trace, "type") == "bar";

    public bool IsHorizontal => IsBar && Text(_trace, "orientation") == "h";

    /// <summary>Whether its vertical axis is the one on the right.</summary>
    public bool IsRight => Text(_trace, "yaxis") == "y2";

    public string Name => StaticChart.Plain(Text(_trace, "name") ?? "");

    public bool InLegend => Name.Length > 0 && Text(_trace, "showlegend") is null or "True";

    public double Opacity => Number(_trace, "opacity", 1);

    public bool HasLine => !IsBar && Mode.Contains("lines", StringComparison.Ordinal);

    public bool HasMarkers => !IsBar && Mode.Contains("markers", StringComparison.Ordinal);

    public double LineWidth => Number(Part("line"), "width", 2);

    /// <summary>The line's pattern, as SVG writes it; empty for a solid one.</summary>
    public string Dashes =>
        Text(Part("line"), "dash") switch
        {
            "dash" or "longdash" => "8 5",
            "dot" => "2 4",
            "dashdot" or "longdashdot" => "8 4 2 4",
            _ => "",
        };

    /// <summary>The line's color, and that of points and bars without one of their own.</summary>
    public string Color => Text(Part(IsBar ? "marker" : "line"), "color") is { Length: > 0 } color ? color : Theme.Hex(_number);

    /// <summary>The whiskers of a point: how far below and above it they reach; null where it has none.</summary>
    public (double Below, double Above)? Whisker(int index) =>
        At(Part("error_y"), "array", index) is { ValueKind: JsonValueKind.Number } above
            ? (
                At(Part("error_y"), "arrayminus", index) is { ValueKind: JsonValueKind.Number } below
                    ? below.GetDouble()
                    : above.GetDouble(),
                above.GetDouble()
            )
            : null;

    /// <summary>What is written at a point or in a bar; bars take any text, lines only in a mode that says so.</summary>
    public string Label(int index) =>
        IsBar || Mode.Contains("text", StringComparison.Ordinal)
            ? StaticChart.Plain(At(_trace, "text", index) is { ValueKind: not JsonValueKind.Null } text ? $"{text}" : "")
            : "";

    /// <summary>Where a point's text stands, in plotly.js's words, for example "middle right".</summary>
    public string LabelPlace => Text(_trace, "textposition") ?? "top center";

    /// <summary>The color of one point or bar.</summary>
    public string ColorAt(int index) => At(Part("marker"), "color", index) is { ValueKind: JsonValueKind.String } own ? $"{own}" : Color;

    /// <summary>The series of a figure; null where one of them is of a kind that is not drawn here.</summary>
    public static IReadOnlyList<StaticSeries>? Of(JsonElement data)
    {
        var traces = data.EnumerateArray().Where(trace => Text(trace, "visible") is null or "True").ToArray();
        return traces.All(trace => Text(trace, "type") is null or "scatter" or "scattergl" or "bar")
            ? [.. traces.Select((trace, i) => new StaticSeries(trace, i))]
            : null;
    }

    /// <summary>Whether its axes are drawn: those of logarithms or dates are not, nor those of a second panel.</summary>
    public bool FitsInto(JsonElement layout)
    {
        JsonElement Axis(string name) => layout.TryGetProperty(name, out var axis) ? axis : default;
        bool IsDrawn(string name) => Text(Axis(name), "type") is null or "-" or "linear" or "category";
        return Text(_trace, "xaxis") is null or "x"
            && IsDrawn("xaxis")
            && (
                Text(_trace, "yaxis") is null or "y"
                    ? IsDrawn("yaxis")
                    : IsRight && IsDrawn("yaxis2") && Text(Axis("yaxis2"), "overlaying") == "y"
            );
    }

    private string Mode => Text(_trace, "mode") ?? "lines";

    private JsonElement Part(string name) =>
        _trace.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object ? part : default;

    private JsonElement[] List(string name) =>
        _trace.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static JsonElement At(JsonElement parent, string name, int index) =>
        parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value) ? default
        : value.ValueKind != JsonValueKind.Array ? value
        : index < value.GetArrayLength() ? value[index]
        : default;

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False
            ? value.ToString()
            : null;

    private static double Number(JsonElement parent, string name, double otherwise) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : otherwise;

    private static JsonElement[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(i => JsonSerializer.SerializeToElement(i))];
}
