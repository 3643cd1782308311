using Plotly.NET;

namespace CrossEncoders.Display;

/// <summary>
/// The look of all charts: white ground, dark text, colors that stay apart in print and for the color-blind (Okabe and Ito).
/// </summary>
internal static class Theme
{
    public const string Ink = "#222222";
    public const string Muted = "#777777";

    // Named fonts first for Chinese: a page whose language is not declared may otherwise get Japanese forms.
    private const string Fonts =
        "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', "
        + "'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif";

    private static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5D4A8A", "#777777"];

    /// <summary>The color of the n-th series.</summary>
    public static Color Series(int index) => Color.fromHex(Palette[index % Palette.Length]);

    /// <summary>An axis with a title.</summary>
    public static Dictionary<string, object?> Axis(string title) =>
        new()
        {
            ["title"] = new { text = title, standoff = 10 },
            ["automargin"] = true,
            ["gridcolor"] = "#E3E3E3",
            ["zerolinecolor"] = "#BBBBBB",
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
        look.SetProperty("paper_bgcolor", "#FFFFFF");
        look.SetProperty("plot_bgcolor", "#FFFFFF");
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
        var layout = Layout.combine(look, GenericChart.getLayout(chart));
        // Plotly.NET's defaults fix the size; the page's width is better.
        layout.RemoveProperty("width");
        layout.RemoveProperty("height");
        return GenericChart.setConfig(config, GenericChart.setLayout(layout, chart));
    }
}
