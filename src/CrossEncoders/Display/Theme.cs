using System.Globalization;
using Plotly.NET;

namespace CrossEncoders.Display;

/// <summary>
/// The look of all charts, the same on a light page and a dark one: no ground of their own, text in the page's color, and colors after
/// Okabe and Ito that stay apart in print and for the color-blind, each at least three times as bright or as dark as either ground
/// (WCAG 2.2, 1.4.11).
/// </summary>
internal static class Theme
{
    public const string Ink = "#222222";
    public const string InkOnDark = "#E3E7EC";
    public const string Muted = "#777777";
    public const string Clear = "rgba(0,0,0,0)";
    public const string Grid = "rgba(128,128,128,.3)";

    /// <summary>
    /// What plotly.js draws in colors of its own goes with the page: text, whiskers, grid. Print takes the still picture.
    /// </summary>
    public const string Css = """
        <style>
        [data-chart-plain] .main-svg :not(.hovertext):not(.axistext) > text:not(.bartext) { fill: currentColor !important; }
        [data-chart-plain] .errorbar path { stroke: currentColor !important; }
        [data-chart-plain] .gridlayer path, [data-chart-plain] .zerolinelayer path { stroke: rgba(128,128,128,.3) !important; }
        @media print { [data-chart-still] { display: none !important; } [data-chart-image] { display: block !important; } }
        </style>
        """;

    // Named fonts first for Chinese: a page whose language is not declared may otherwise get Japanese forms.
    public const string Fonts =
        "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', "
        + "'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif";

    private static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#C4689B", "#A87900", "#3F94C9", "#8467B0", "#777777"];

    /// <summary>The color of the n-th series.</summary>
    public static Color Series(int index) => Color.fromHex(Hex(index));

    /// <summary>The same as text.</summary>
    public static string Hex(int index) => Palette[index % Palette.Length];

    /// <summary>Black or white, whichever reads better on a color; white where the color is not written in hex or rgb.</summary>
    public static string On(string color)
    {
        double[] parts =
            color is ['#', ..] && int.TryParse(color.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex)
                ? [hex >> 16, (hex >> 8) & 255, hex & 255]
                :
                [
                    .. color
                        .Split('(', ',', ')')
                        .Skip(1)
                        .Take(3)
                        .Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : 0),
                ];
        return parts.Length == 3 && Luminance(parts) > 0.18 ? "#000000" : "#FFFFFF";
    }

    /// <summary>Relative luminance of WCAG 2.2, 0 to 1, of three parts from 0 to 255.</summary>
    public static double Luminance(IReadOnlyList<double> parts)
    {
        double Linear(double part) => part / 255 <= 0.04045 ? part / 255 / 12.92 : Math.Pow((part / 255 + 0.055) / 1.055, 2.4);
        return 0.2126 * Linear(parts[0]) + 0.7152 * Linear(parts[1]) + 0.0722 * Linear(parts[2]);
    }

    /// <summary>An axis with a title.</summary>
    public static Dictionary<string, object?> Axis(string title) =>
        new()
        {
            ["title"] = new { text = title, standoff = 10 },
            ["automargin"] = true,
            ["gridcolor"] = Grid,
            ["zerolinecolor"] = Grid,
            ["linecolor"] = "#888888",
            ["ticks"] = "outside",
            ["tickcolor"] = "#888888",
        };

    /// <summary>Sets an entry of the layout, by plotly.js's name for it.</summary>
    public static GenericChart With(this GenericChart chart, string entry, object value)
    {
        var layout = new Layout();
        layout.SetProperty(entry, value);
        return GenericChart.addLayout(layout, chart);
    }

    /// <summary>The chart with the look; entries its layout has already stay, but for its size.</summary>
    public static GenericChart Apply(GenericChart chart, string title)
    {
        var config = new Config();
        config.SetProperty("responsive", true);
        config.SetProperty("displaylogo", false);
        config.SetProperty("modeBarButtonsToRemove", new[] { "lasso2d", "select2d", "autoScale2d" });
        var layout = Layout.combine(Look(title), GenericChart.getLayout(chart));
        // Plotly.NET's defaults fix the size; the page's width is better.
        layout.RemoveProperty("width");
        layout.RemoveProperty("height");
        return GenericChart.setConfig(config, GenericChart.setLayout(layout, chart));
    }

    private static Layout Look(string title)
    {
        var look = new Layout();
        look.SetProperty(
            "title",
            new
            {
                text = Html.Label(title),
                x = 0,
                xref = "paper",
                xanchor = "left",
                y = 0.97,
                yanchor = "top",
                font = new { size = 16 },
            }
        );
        look.SetProperty(
            "font",
            new
            {
                family = Fonts,
                size = 13,
                color = Ink,
            }
        );
        look.SetProperty("paper_bgcolor", Clear);
        look.SetProperty("plot_bgcolor", Clear);
        look.SetProperty("modebar", new { bgcolor = Clear, color = "#808080" });
        look.SetProperty(
            "margin",
            new
            {
                l = 60,
                r = 30,
                t = 84,
                b = 50,
            }
        );
        look.SetProperty(
            "legend",
            new
            {
                orientation = "h",
                traceorder = "normal",
                x = 0,
                y = 1.02,
                xanchor = "left",
                yanchor = "bottom",
            }
        );
        look.SetProperty("hoverlabel", new { font = new { family = Fonts } });
        return look;
    }
}
