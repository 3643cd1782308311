using System.Text.RegularExpressions;

namespace NotebookRunner.Reports;

/// <summary>
/// Takes script bundles out of outputs. In a notebook each first chart brings plotly.js along, in a script marked
/// <c>data-plotly-bundle</c>; a page with many notebooks needs it once, in its head.
/// </summary>
internal sealed partial class SharedScripts
{
    /// <summary>The bundle, the first one seen; empty when no chart was drawn.</summary>
    public string Html { get; private set; } = "";

    /// <summary>An output's HTML without its bundles.</summary>
    public string Take(string html) =>
        Bundle()
            .Replace(html, match =>
            {
                if (Html.Length == 0)
                    Html = match.Value;
                return "";
            });

    [GeneratedRegex(@"<script\b[^>]*\bdata-plotly-bundle\b[^>]*>.*?</script\s*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Bundle();
}
