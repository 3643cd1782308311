using System.Net;
using System.Text;

namespace NotebookRunner.Reports;

/// <summary>The head of a report: the headline figures, and what the report was made from.</summary>
internal static class ReportHead
{
    private const int ShownDigits = 12; // of a hash; all of it stands in the page's facts

    public static string Of(ReportFacts facts)
    {
        var html = new StringBuilder();
        if (facts.Figures.Count > 0)
        {
            html.Append("<details class=\"figures\"><summary>Headline figures</summary>\n<table>\n");
            html.Append("<thead><tr><th scope=\"col\">figure</th><th scope=\"col\">value [95 % interval]</th></tr></thead>\n<tbody>\n");
            foreach (var figure in facts.Figures)
                html.Append($"<tr><td>{Html(figure.Name)}</td><td>{Html(figure.ToString())}</td></tr>\n");
            html.Append("</tbody></table></details>\n");
        }
        html.Append("<details class=\"facts\"><summary>What this report was made from</summary>\n<table>\n");
        Row(html, "Parameters", facts.Parameters.Select(parameter => $"{parameter.Key} = {parameter.Value}"));
        Row(html, "Seed", facts.Seeds.Select(seed => $"{seed.Key} = {seed.Value}"));
        Row(html, "Data (SHA-256)", facts.Data.Select(data => $"{data.Key} {data.Value[..Math.Min(ShownDigits, data.Value.Length)]}"));
        Row(html, "Commit", facts.Commit is { } commit ? [commit] : []);
        Row(html, "Machine", [facts.Machine]);
        Row(html, "Packages", facts.Packages.Select(package => $"{package.Key} {package.Value}"));
        return html.Append("</table></details>\n").Append(facts.ToHtml()).ToString();
    }

    private static void Row(StringBuilder html, string name, IEnumerable<string> values)
    {
        var list = string.Join(" ", values.Select(value => $"<code>{Html(value)}</code>"));
        if (list.Length > 0)
            html.Append($"<tr><th scope=\"row\">{name}</th><td>{list}</td></tr>\n");
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
