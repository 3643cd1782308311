using System.Net;
using System.Text;

namespace NotebookRunner.Reports;

/// <summary>The head of a report: verdicts, headline figures, all figures, and what the report was made from.</summary>
internal static class ReportHead
{
    private const int ShownDigits = 12; // of a hash; all of it stands in the page's facts

    public static string Of(ReportFacts facts, ReportWords words)
    {
        var html = new StringBuilder();
        foreach (var verdict in facts.Verdicts)
            html.Append($"<p class=\"verdict\">{Html(verdict)}</p>\n");
        var headline = facts.Figures.Where(figure => figure.Headline).ToList();
        if (headline.Count > 0)
            Figures(html, words.Headline, headline, words);
        if (facts.Figures.Count > headline.Count)
        {
            html.Append($"<details class=\"figures\"><summary>{words.AllFigures} ({facts.Figures.Count})</summary>\n");
            Figures(html, words.AllFigures, facts.Figures, words);
            html.Append("</details>\n");
        }
        html.Append($"<details class=\"facts\"><summary>{words.MadeFrom}</summary>\n<table>\n");
        Row(html, words.Parameters, facts.Parameters.Select(parameter => $"{parameter.Key} = {parameter.Value}"));
        Row(html, words.Seed, facts.Seeds.Select(seed => $"{seed.Key} = {seed.Value}"));
        Row(html, words.Data, facts.Data.Select(data => $"{data.Key} {data.Value[..Math.Min(ShownDigits, data.Value.Length)]}"));
        Row(html, words.Commit, facts.Commit is { } commit ? [commit] : []);
        Row(html, words.Machine, [facts.Machine]);
        Row(html, words.Packages, facts.Packages.Select(package => $"{package.Key} {package.Value}"));
        return html.Append("</table></details>\n").Append(facts.ToHtml()).ToString();
    }

    private static void Figures(StringBuilder html, string caption, IEnumerable<Figure> figures, ReportWords words)
    {
        html.Append($"<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\">\n<table class=\"headline\">\n")
            .Append($"<thead><tr><th scope=\"col\">{words.Figure}</th><th scope=\"col\">{words.Value}</th>")
            .Append($"<th scope=\"col\">{words.Verdict}</th></tr></thead>\n<tbody>\n");
        foreach (var figure in figures)
            html.Append($"<tr><td>{Html(figure.Name)}</td><td>{Html($"{figure}")}</td><td>{Html(figure.Verdict ?? "")}</td></tr>\n");
        html.Append("</tbody></table></div>\n");
    }

    private static void Row(StringBuilder html, string name, IEnumerable<string> values)
    {
        var list = string.Join(" ", values.Select(value => $"<code>{Html(value)}</code>"));
        if (list.Length > 0)
            html.Append($"<tr><th scope=\"row\">{name}</th><td>{list}</td></tr>\n");
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
