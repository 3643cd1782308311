using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>Links and images of a notebook's text that lead nowhere. Addresses on the web are not asked.</summary>
internal static class DeadLinks
{
    public static IEnumerable<CellProblem> Of(Notebook notebook)
    {
        var headings = Headings(notebook);
        foreach (var (cell, number) in notebook.Cells.Select((cell, i) => (cell, i + 1)).Where(pair => pair.cell.IsMarkdown))
        foreach (var link in Blocks(cell).OfType<LinkInline>())
            if (Problem(link.Url ?? "", cell, notebook, headings) is { } problem)
                yield return new(number, link.Line + 1, $"the {(link.IsImage ? "image" : "link")} \"{link.Url}\" {problem}.");
    }

    private static string? Problem(string url, Cell cell, Notebook notebook, IReadOnlySet<string> headings)
    {
        if (url.StartsWith("attachment:", StringComparison.Ordinal))
            return (cell.Json["attachments"] as System.Text.Json.Nodes.JsonObject)?.ContainsKey(url["attachment:".Length..]) is true
                ? null
                : "names an attachment that the cell does not have";
        if (MarkdownPages.HasScheme(url))
            return null;
        if (url.StartsWith('/'))
            return "is an absolute path; make it relative to the notebook";
        var (path, anchor) = url.Split('#', 2) is [var before, var after] ? (before, after) : (url, null);
        if (path.Length == 0)
            return anchor is { Length: > 0 } && headings.Contains(MarkdownPages.Slug(Uri.UnescapeDataString(anchor)))
                ? null
                : "names a heading that the notebook does not have";
        var file = Path.GetFullPath(Path.Combine(notebook.Folder, Uri.UnescapeDataString(path).Replace('\0', '\uFFFD')));
        if (!Path.Exists(file))
            return "leads to a file that is not there";
        return
            anchor is not { Length: > 0 }
            || Path.GetExtension(file) != ".ipynb"
            || Headings(Notebook.Load(file)).Contains(MarkdownPages.Slug(Uri.UnescapeDataString(anchor)))
            ? null
            : "names a heading that the other notebook does not have";
    }

    private static HashSet<string> Headings(Notebook notebook) =>
        notebook
            .Cells.Where(cell => cell.IsMarkdown)
            .SelectMany(cell => Blocks(cell).OfType<HeadingBlock>())
            .Select(heading => MarkdownPages.Slug(MarkdownPages.PlainText(heading.Inline)))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>All parts of a text; none of one that no parser takes, nested a thousand times, say.</summary>
    private static List<MarkdownObject> Blocks(Cell cell)
    {
        try
        {
            return [.. MarkdownPages.Parse(cell.Source).Descendants()];
        }
        catch (ArgumentException)
        {
            return [];
        }
    }
}
