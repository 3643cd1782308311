using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>A heading of a notebook's text.</summary>
internal sealed record Heading(int Level, string Text, string Id);

/// <summary>
/// Renders the notebooks' text. Raw HTML in it stays text, but for <see cref="FoldedText"/>. Links to other notebooks lead to their
/// sections, images become part of the page.
/// </summary>
/// <param name="reportFolder">Where the page will lie; relative links are rewritten for it.</param>
/// <param name="sections">Notebook file name → id of its section.</param>
internal sealed partial class MarkdownPages(string reportFolder, IReadOnlyDictionary<string, string> sections)
{
    private const long LargestImage = 64L << 20;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseEmphasisExtras()
        .UseTaskLists()
        .UseAutoLinks()
        .UseFootnotes()
        .UseDefinitionLists()
        .DisableHtml()
        .Build();

    private int _texts;

    /// <summary>A text on its own, without places to link to.</summary>
    public static string Render(string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().Where(link => !IsAllowed(link.Url, link.IsImage)))
            Disarm(link);
        DisarmAutolinks(document);
        return Write(document, text);
    }

    /// <summary>A markdown cell; its headings are added to the notebook's.</summary>
    public string Render(Cell cell, Notebook notebook, string section, List<Heading> headings)
    {
        var document = Markdown.Parse(cell.Source, Pipeline);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            var text = PlainText(heading.Inline);
            var slug = Slug(text);
            var id = $"{section}-{(slug.Length == 0 ? "heading" : slug)}";
            if (headings.Any(other => other.Id == id))
                id += $"-{headings.Count + 1}";
            headings.Add(new(heading.Level, text, id));
            heading.GetAttributes().Id = id;
        }
        foreach (var link in document.Descendants<LinkInline>())
        {
            link.Url = link.IsImage ? Image(link.Url ?? "", cell, notebook) : Link(link.Url ?? "", notebook, section);
            if (!IsAllowed(link.Url, link.IsImage))
                Disarm(link);
        }
        DisarmAutolinks(document);
        // The renderer counts a text's footnotes from 1; on a page with many texts their ids would be many times the same.
        return FootnoteId().Replace(Write(document, cell.Source), $"$1{section}-text-{++_texts}-");
    }

    /// <summary>A text's blocks, links and headings.</summary>
    public static MarkdownDocument Parse(string text) => Markdown.Parse(text, Pipeline);

    /// <summary>A heading's text, or the name by which a link asks for one, as it stands in the ids of headings.</summary>
    public static string Slug(string text) => NotInSlug().Replace(text.ToLowerInvariant(), "-").Trim('-');

    /// <summary>Whether an address is on the web or elsewhere outside the folder.</summary>
    public static bool HasScheme(string url) => Scheme().IsMatch(url);

    private static string Write(MarkdownDocument document, string source)
    {
        using var html = new StringWriter();
        var renderer = new HtmlRenderer(html);
        Pipeline.Setup(renderer);
        FoldedText.Render(renderer, document, source);
        return html.ToString();
    }

    /// <summary>An image must be in the page; a link may lead anywhere but into a script.</summary>
    private static bool IsAllowed(string? url, bool isImage) =>
        isImage
            ? url?.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase) is true
            : url is not null && !Scheme().IsMatch(url) || SafeScheme().IsMatch(url ?? "");

    /// <summary>What may not be loaded is shown as a link where it can be followed, else as its text.</summary>
    private static void Disarm(LinkInline link)
    {
        link.IsImage = false;
        if (!IsAllowed(link.Url, isImage: false))
            link.Url = "#";
    }

    /// <summary>An address in angle brackets that leads into a script is shown as the text it is.</summary>
    private static void DisarmAutolinks(MarkdownDocument document)
    {
        foreach (
            var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail && !SafeScheme().IsMatch(link.Url)).ToList()
        )
            link.ReplaceBy(new LiteralInline(link.Url));
    }

    private static string Image(string url, Cell cell, Notebook notebook)
    {
        if (url.StartsWith("attachment:", StringComparison.Ordinal))
        {
            var attachment = ((cell.Json["attachments"] as JsonObject)?[url["attachment:".Length..]] as JsonObject)?.FirstOrDefault();
            return attachment is { Key: { } mime, Value: { } content }
                ? $"data:{mime};base64,{string.Concat(Cell.Text(content).Split())}"
                : url;
        }
        var file = Scheme().IsMatch(url) ? null : Path.Combine(notebook.Folder, Uri.UnescapeDataString(url));
        var type = Path.GetExtension(url).ToLowerInvariant() switch
        {
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".gif" => "image/gif",
            ".svg" => "image/svg+xml",
            ".webp" => "image/webp",
            _ => null,
        };
        return type is not null && Content(file) is { } bytes ? $"data:{type};base64,{Convert.ToBase64String(bytes)}" : url;
    }

    /// <summary>A file's bytes; null where it cannot be read, is not a file (a pipe has no length) or is not a picture for a
    /// page.</summary>
    private static byte[]? Content(string? file)
    {
        try
        {
            return File.Exists(file) && new FileInfo(file).Length is > 0 and <= LargestImage ? File.ReadAllBytes(file) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // The page then has a link in its place.
        }
    }

    private string Link(string url, Notebook notebook, string section)
    {
        if (url.StartsWith('#'))
            return $"#{section}-{Slug(Uri.UnescapeDataString(url[1..]))}";
        if (Scheme().IsMatch(url) || url.StartsWith('/') || url.Length == 0)
            return url;
        var path = url.Split('#')[0];
        var file = Uri.UnescapeDataString(path);
        if (sections.TryGetValue(file, out var other))
            return "#" + other;
        if (file.Contains('\0'))
            return url; // No file has such a name.
        var target = Path.GetFullPath(Path.Combine(notebook.Folder, file));
        var relative = Path.GetRelativePath(reportFolder, target).Replace('\\', '/');
        return string.Join('/', relative.Split('/').Select(Uri.EscapeDataString)) + url[path.Length..];
    }

    /// <summary>A heading without its marks.</summary>
    public static string PlainText(ContainerInline? inlines) =>
        string.Concat(
            (inlines?.Descendants() ?? []).Select(inline =>
                inline switch
                {
                    LiteralInline literal => literal.Content.ToString(),
                    CodeInline code => code.Content,
                    LineBreakInline => " ",
                    _ => "",
                }
            )
        );

    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:|^//", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^(https?|mailto):", RegexOptions.IgnoreCase)]
    private static partial Regex SafeScheme();

    [GeneratedRegex(@"( id=""| href=""#)(?=fn(ref)?:\d+"")")]
    private static partial Regex FootnoteId();

    [GeneratedRegex(@"[^\p{L}\p{N}]+")]
    private static partial Regex NotInSlug();
}
