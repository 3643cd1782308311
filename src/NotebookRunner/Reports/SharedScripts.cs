using System.Text;

namespace NotebookRunner.Reports;

/// <summary>
/// Takes script bundles out of outputs. In a notebook each chart brings plotly.js along, in a script marked
/// <c>data-plotly-bundle</c>; a page with many notebooks needs it once, in its head.
/// </summary>
internal sealed class SharedScripts
{
    private const string Start = "<script data-plotly-bundle";
    private const string End = "</script>";

    /// <summary>The bundle, the first one seen; empty when no chart was drawn.</summary>
    public string Html { get; private set; } = "";

    /// <summary>An output's HTML without its bundles.</summary>
    public string Take(string html)
    {
        var rest = new StringBuilder();
        var from = 0;
        while (
            html.IndexOf(Start, from, StringComparison.Ordinal) is >= 0 and var start
            && html.IndexOf(End, start, StringComparison.Ordinal) is >= 0 and var end
        )
        {
            end += End.Length;
            if (Html.Length == 0)
                Html = html[start..end];
            rest.Append(html, from, start - from);
            from = end;
        }
        return from == 0 ? html : rest.Append(html, from, html.Length - from).ToString();
    }
}
