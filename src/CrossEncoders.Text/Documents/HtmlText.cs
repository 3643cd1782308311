using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace CrossEncoders.Documents;

/// <summary>
/// HTML to the Markdown that the chunker understands: headings, list items and table rows; what a browser hides is dropped.
/// </summary>
internal sealed class HtmlText(HtmlHidden hidden)
{
    // Beyond this depth a page is hostile; its text is taken without structure instead of deepening the recursion.
    private const int MaxDepth = 200;

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "legend",
        "main",
        "nav",
        "ol",
        "p",
        "section",
        "summary",
        "table",
        "ul",
    };

    private readonly MarkdownLines _text = new();
    private readonly Dictionary<IElement, int> _positions = [];

    /// <summary>The title element's text (null where absent) and the page's text.</summary>
    public static Content Convert(string html)
    {
        // The parser alone: no browsing context, so nothing is fetched or run.
        using var page = new HtmlParser().ParseDocument(HtmlDepth.Bounded(html));
        var converter = new HtmlText(new HtmlHidden(page));
        if (page.Body is not null)
            converter.Block(page.Body, 0);
        var text = converter._text.ToString().Trim();
        return new(page.Title, text.Length == 0 ? "" : text + "\n");
    }

    private void Block(INode node, int depth)
    {
        foreach (var child in node.ChildNodes)
        {
            if (child is not IElement element)
            {
                if (child is IText inline)
                    _text.Inline(inline.Data);
                continue;
            }
            var name = element.LocalName;
            if (hidden.Contains(element))
                continue;
            if (depth >= MaxDepth)
                _text.Inline(Flat(element));
            else if (name is ['h', >= '1' and <= '6'])
            {
                if (MarkdownLines.Squeeze(Flat(element)) is { Length: > 0 } heading)
                    _text.Line(new string('#', name[1] - '0') + " " + heading, 2);
            }
            else if (name is "br")
                _text.Break(1);
            else if (name is "pre")
                _text.Line($"```\n{Preserved(element).Trim('\n')}\n```", 2);
            else if (name is "li")
                Item(element, depth);
            else if (name is "tr")
                Row(element);
            else if (Blocks.Contains(name))
            {
                var gap = name is "ul" or "ol" && element.ParentElement?.LocalName is "li" ? 1 : 2;
                _text.Break(gap);
                Block(element, depth + 1);
                _text.Break(gap);
            }
            else
                Block(element, depth + 1);
        }
    }

    private void Item(IElement element, int depth)
    {
        var marker = "- ";
        if (element.ParentElement is { LocalName: "ol" } list)
        {
            if (!_positions.TryGetValue(list, out var position))
                position = int.TryParse(list.GetAttribute("start"), out var start) ? start : 1;
            marker = $"{position}. ";
            _positions[list] = position + 1;
        }
        var item = _text.StartItem(marker);
        Block(element, depth + 1);
        _text.EndItem(item);
    }

    private void Row(IElement row)
    {
        var cells = row.Children.Where(cell => cell.LocalName is "td" or "th" && !hidden.Contains(cell)).ToList();
        if (cells.Count > 0)
            _text.Row([.. cells.Select(Flat)], cells.TrueForAll(cell => cell.LocalName == "th"));
    }

    /// <summary>The text of an element with its line breaks, without what is hidden.</summary>
    private string Preserved(IElement element)
    {
        var text = new StringBuilder();
        var open = new Stack<INode>();
        open.Push(element);
        while (open.TryPop(out var node))
        {
            if (node is IText inline)
                text.Append(inline.Data);
            else if (node is IElement { LocalName: "br" })
                text.Append('\n');
            if (node is IElement inner && hidden.Contains(inner))
                continue;
            for (var i = node.ChildNodes.Length - 1; i >= 0; i--)
                open.Push(node.ChildNodes[i]);
        }
        return text.ToString();
    }

    /// <summary>The text of an element and everything in it on one line, without what is dropped; not recursive.</summary>
    private string Flat(IElement element)
    {
        var text = new StringBuilder();
        var open = new Stack<INode?>(); // null: a space
        open.Push(element);
        while (open.TryPop(out var node))
        {
            if (node is null or IElement { LocalName: "br" or "p" or "li" or "div" or "table" or "tr" or "td" or "th" or "pre" })
                text.Append(' ');
            if (node is null)
                continue;
            if (node is IText inline)
                text.Append(inline.Data);
            if (node is IElement inner && hidden.Contains(inner))
                continue;
            if (node is IElement { LocalName: "table" or "pre" })
                open.Push(null);
            for (var i = node.ChildNodes.Length - 1; i >= 0; i--)
                open.Push(node.ChildNodes[i]);
        }
        return text.ToString();
    }
}
