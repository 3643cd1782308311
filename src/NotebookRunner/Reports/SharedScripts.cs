using System.Security.Cryptography;
using System.Text;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>
/// The scripts of a page. In a notebook each chart brings plotly.js along, in a script marked <c>data-plotly-bundle</c>; a page with many
/// notebooks needs it once, in its head. And each script is known by its hash: a browser runs these and no others, so that a handler or
/// an address in text that came through unescaped stays without effect.
/// </summary>
internal sealed class SharedScripts
{
    private readonly SortedSet<string> _allowed = new(StringComparer.Ordinal);

    /// <summary>The bundle, the first one seen; empty when no chart was drawn.</summary>
    public string Html { get; private set; } = "";

    /// <summary>
    /// The page's content security policy: nothing is loaded. Charts set styles of their own.
    /// </summary>
    public string Policy =>
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        + $"script-src {(_allowed.Count == 0 ? "'none'" : string.Join(' ', _allowed))}; "
        + "style-src 'unsafe-inline'; img-src data: blob:; font-src data:";

    /// <summary>An output's HTML, closed and without its bundles.</summary>
    public string Take(string html) => ClosedMarkup.Of(WithoutBundles(html), Allow);

    private string WithoutBundles(string html)
    {
        var rest = new StringBuilder();
        var from = 0;
        foreach (var (start, end) in PlotlyBundle.Of(html))
        {
            if (Html.Length == 0)
                Html = Known(html[start..end]);
            rest.Append(html, from, start - from);
            from = end;
        }
        return from == 0 ? html : rest.Append(html, from, html.Length - from).ToString();
    }

    /// <summary>The bundle unpacks a script and runs it, for which it needs a word that nothing else on the page knows.</summary>
    private string Known(string bundle)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        _allowed.Add($"'nonce-{nonce}'");
        return $"{PlotlyBundle.Start} nonce=\"{nonce}\"{ClosedMarkup.Of(bundle)[PlotlyBundle.Start.Length..]}";
    }

    /// <summary>A browser reads each line end as one character before it takes the hash.</summary>
    private void Allow(string script) =>
        _allowed.Add($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\n"))))}'");
}
