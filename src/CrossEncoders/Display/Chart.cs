using System.Security.Cryptography;
using System.Text;
using Plotly.NET;

namespace CrossEncoders.Display;

/// <summary>
/// A Plotly.NET chart that draws itself, offline, wherever HTML is shown: Jupyter, VS Code, the report. Where no script runs, and in
/// print, a still picture of it shows; where no script runs its data shows as a table, too.
/// </summary>
/// <remarks>
/// Every chart brings plotly.js along (compressed, 1.4 MB each; a page loads it once), because a notebook must still draw its other
/// charts when the first one's cell was cleared, run again, or not scrolled to yet.
/// </remarks>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed class Chart : IHtmlView
{
    /// <summary>A chart with the kit's look.</summary>
    /// <param name="chart">The chart made with Plotly.NET; what its layout sets itself stays.</param>
    /// <param name="title">The title, also read aloud by screen readers.</param>
    /// <param name="data">
    /// What the chart says, in at most a few dozen rows: shown below it on demand, and instead of it where no script runs.
    /// </param>
    /// <param name="summary">
    /// What one reads off it, with its figures: the picture's description and the plain text; the data's size if null.
    /// </param>
    /// <param name="height">Height in pixels; the width is that of the page.</param>
    public Chart(GenericChart chart, string title, Table data, string? summary = null, int height = 400)
    {
        (Plot, Title, Data, Height) = (Theme.Apply(chart, title), title, data, height);
        Summary = summary ?? $"{data.TotalRows} rows of data.";
    }

    /// <summary>The Plotly.NET chart, to style further or save.</summary>
    public GenericChart Plot { get; }

    /// <summary>The title.</summary>
    public string Title { get; }

    /// <summary>What the chart says, as a table.</summary>
    public Table Data { get; }

    /// <summary>What the chart says, in words.</summary>
    public string Summary { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The chart as a fragment of HTML that needs nothing else.</summary>
    public string ToHtml()
    {
        var figure = Html.ScriptJson(GenericChart.toJson(Plot));
        // Named by its content: the same chart twice on a page is drawn twice, and a notebook run again gives the same output.
        var id = "chart-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(figure)))[..12];
        var description = Html.Encode($"{Title}. {Summary}");
        var still = StaticChart.Svg(figure, Height) is { } svg ? Convert.ToBase64String(Encoding.UTF8.GetBytes(svg)) : null;
        var image = still is null
            ? ""
            : $"<img data-chart-image=\"{id}\" alt=\"{description}\" src=\"data:image/svg+xml;base64,{still}\" "
                + $"style=\"display:block;width:100%;max-width:{StaticChart.Width}px;height:auto\">\n";
        var plain = figure.Contains($"\"paper_bgcolor\":\"{Theme.Clear}\"", StringComparison.Ordinal);
        return $$"""
            {{PlotlyBundle.Script}}
            <figure style="margin:0 0 1em;max-width:100%;break-inside:avoid">
            {{Theme.Css}}
            {{image}}<div data-chart="{{id}}"{{(still is null ? "" : " data-chart-still")}}{{(
                plain ? " data-chart-plain" : ""
            )}} role="img" aria-label="{{description}}" style="display:none;width:100%;height:{{Height}}px"></div>
            <details data-chart-table="{{id}}" open><summary style="font-size:.85em;opacity:.75">{{Html.Encode(Title)}}: data</summary>
            {{Data.ToHtml()}}
            </details>
            </figure>
            <script>
            (function () {
            function figure() { return {{figure}}; }
            var tries = 0;
            (function draw() {
              var places = document.querySelectorAll('[data-chart="{{id}}"]:not([data-drawn])');
              if (!window.Plotly || !places.length) { if (tries++ < 300) setTimeout(draw, 50); return; }
              places.forEach(function (place) {
                var f = figure();
                place.setAttribute("data-drawn", "");
                place.style.display = "block";
                Plotly.newPlot(place, f.data, f.layout, f.config);
              });
              document.querySelectorAll('[data-chart-image="{{id}}"]').forEach(function (image) { image.style.display = "none"; });
              document.querySelectorAll('[data-chart-table="{{id}}"]').forEach(function (table) { table.open = false; });
            })();
            })();
            </script>
            """;
    }

    /// <summary>Title and summary.</summary>
    public override string ToString() => $"{Title}: {Summary}";
}
