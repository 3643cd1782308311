using System.Globalization;
using System.Net;
using System.Text;
using NotebookRunner.Execution;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>
/// One HTML page with every notebook of a run: text, folded code, outputs. It needs nothing but itself: plotly.js is in it once,
/// images are data URIs, and its content security policy allows nothing else.
/// </summary>
internal static class Report
{
    /// <summary>Writes the page atomically, without the secrets that a cell may have printed.</summary>
    /// <exception cref="IOException">It cannot be written; the message names the file.</exception>
    public static void Save(string path, IReadOnlyList<NotebookResult> results, ReportFacts facts, Secrets secrets) =>
        WholeFile.WriteAllText(path, secrets.Hide(Page(path, results, facts)));

    private static string Page(string path, IReadOnlyList<NotebookResult> results, ReportFacts facts)
    {
        var scripts = new SharedScripts();
        var words = ReportWords.For(results.Select(result => result.Notebook));
        var markdown = new MarkdownPages(
            Path.GetDirectoryName(Path.GetFullPath(path))!,
            results.Select((result, i) => (result.Notebook.Name, Section(i))).ToDictionary(StringComparer.Ordinal)
        );
        var contents = new StringBuilder();
        var body = new StringBuilder();
        for (var i = 0; i < results.Count; i++)
            AppendNotebook(Section(i), results[i], markdown, scripts, words, contents, body);

        var failed = results.Any(result => result.Failed);
        var title = facts.Notebooks == 1 && results.Count == 1 ? results[0].Notebook.Name : words.Title;
        return $"""
            <!DOCTYPE html>
            <html lang="{words.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="{scripts.Policy}">
            <link rel="icon" href="data:,">
            <title>{Html(title)}</title>
            <style>
            {ReportStyle.Css}
            </style>
            {scripts.Html}
            </head>
            <body>
            <header>
            <h1>{Html(title)}</h1>
            <p class="summary {(failed ? "failed" : "passed")}">{Html(Summary(facts, words))}</p>
            {ReportHead.Of(facts, words)}
            </header>
            <nav aria-label="{words.Contents}">
            <h2>{words.Contents}</h2>
            <ol>
            {contents}</ol>
            </nav>
            <main>
            {body}</main>
            </body>
            </html>

            """;
    }

    private static string Section(int index) => $"notebook-{index + 1}";

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Summary(ReportFacts facts, ReportWords words) =>
        string.Format(
            CultureInfo.InvariantCulture,
            words.Summary,
            facts.Complete,
            facts.Notebooks,
            Duration(TimeSpan.FromSeconds(facts.Seconds)),
            facts.Time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        );

    private static string Duration(TimeSpan time) =>
        time.TotalMinutes >= 1
            ? $"{(int)time.TotalMinutes} min {time.Seconds} s"
            : $"{time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";

    private static string Taken(NotebookResult result, ReportWords words) =>
        result.TakenFrom is { } time
            ? " · "
                + string.Format(
                    CultureInfo.InvariantCulture,
                    words.Unchanged,
                    time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
                )
            : "";

    private static void AppendNotebook(
        string section,
        NotebookResult result,
        MarkdownPages markdown,
        SharedScripts scripts,
        ReportWords words,
        StringBuilder contents,
        StringBuilder body
    )
    {
        var headings = new List<Heading>();
        var cells = new StringBuilder();
        foreach (var cell in result.Notebook.Cells)
        {
            if (cell.IsMarkdown)
                cells
                    .Append($"<div class=\"text\"{Language(cell, words.Language)}>\n")
                    .Append(Text(cell, result.Notebook, section, markdown, headings, words))
                    .Append("</div>\n");
            else if (cell.IsExecutable)
                AppendCode(cell, result, scripts, words, cells);
        }

        var name = Path.GetFileNameWithoutExtension(result.Notebook.Name);
        var title = headings.FirstOrDefault(heading => heading.Level == 1)?.Text ?? name;
        contents.Append($"<li><a href=\"#{section}\">{Html(title)}</a>");
        if (result.Failed)
            contents.Append($" <span class=\"failed\">{words.Failed}</span>");
        if (headings.Any(heading => heading.Level == 2))
        {
            contents.Append("\n<ul>\n");
            foreach (var heading in headings.Where(heading => heading.Level == 2))
                contents.Append($"<li><a href=\"#{heading.Id}\">{Html(heading.Text)}</a></li>\n");
            contents.Append("</ul>\n");
        }
        contents.Append("</li>\n");

        body.Append(
            $"<section id=\"{section}\">\n<p class=\"file\">{Html(result.Notebook.Name)} · "
                + $"{Duration(result.Duration)}{Taken(result, words)}</p>\n"
        );
        if (headings.All(heading => heading.Level != 1))
            body.Append($"<h1>{Html(name)}</h1>\n");
        foreach (var stopped in result.Failures.Where(failure => failure.Number == 0))
            body.Append($"<pre class=\"output error\">{Html(stopped.Error)}</pre>\n");
        body.Append(cells).Append("</section>\n");
    }

    private static string Language(Cell cell, string page) =>
        ReportWords.LanguageOf(cell.Source) is var language && language == page ? "" : $" lang=\"{language}\"";

    /// <summary>A text that no renderer takes, nested a thousand times, say, is shown as it was written.</summary>
    private static string Text(
        Cell cell,
        Notebook notebook,
        string section,
        MarkdownPages markdown,
        List<Heading> headings,
        ReportWords words
    )
    {
        try
        {
            return markdown.Render(cell, notebook, section, headings);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"<pre>{Html(cell.Source)}</pre>\n" + $"<pre class=\"output error\">{words.NotRendered}{Html(error.Message)}</pre>\n";
        }
    }

    private static void AppendCode(Cell cell, NotebookResult result, SharedScripts scripts, ReportWords words, StringBuilder html)
    {
        var count = (int?)cell.Json["execution_count"];
        var label = count?.ToString(CultureInfo.InvariantCulture) ?? " ";
        var seconds = result.Seconds.FirstOrDefault(pair => pair.Key.Json == cell.Json).Value;
        var state =
            cell.IsSkipped ? words.Kept
            : count is null ? words.NotRun
            : $"{seconds.ToString("0.0", CultureInfo.InvariantCulture)} s";
        html.Append($"<div class=\"cell\">\n<details><summary><span class=\"count\">[{label}]</span> ")
            .Append($"<code>{Html(cell.FirstLine)}</code> <span class=\"time\">{state}</span></summary>")
            .Append($"<pre class=\"code\"><code>{Html(cell.Source)}</code></pre></details>\n");
        foreach (var output in cell.Outputs)
            html.Append(OutputHtml.Of(output!.AsObject(), scripts));
        html.Append("</div>\n");
    }
}
