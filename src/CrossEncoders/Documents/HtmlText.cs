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

    private readonly StringBuilder _text = new();
    private readonly Dictionary<IElement, int> _positions = [];
    private int _marker = -1;

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
                    Inline(inline.Data);
                continue;
            }
            var name = element.LocalName;
            if (hidden.Contains(element))
                continue;
            if (depth >= MaxDepth)
                Inline(Flat(element));
            else if (name is ['h', >= '1' and <= '6'])
            {
                if (Squeeze(Flat(element)) is { Length: > 0 } heading)
                    Line(new string('#', name[1] - '0') + " " + heading, blank: true);
            }
            else if (name is "br")
                Break(1);
            else if (name is "pre")
                Preformatted(element);
            else if (name is "li")
                Item(element, depth);
            else if (name is "tr")
                Row(element);
            else if (Blocks.Contains(name))
            {
                var gap = name is "ul" or "ol" && element.ParentElement?.LocalName is "li" ? 1 : 2;
                Break(gap);
                Block(element, depth + 1);
                Break(gap);
            }
            else
                Block(element, depth + 1);
        }
    }

    private void Item(IElement element, int depth)
    {
        Break(1);
        if (element.ParentElement is { LocalName: "ol" } list)
        {
            if (!_positions.TryGetValue(list, out var position))
                position = int.TryParse(list.GetAttribute("start"), out var start) ? start : 1;
            _text.Append(position).Append(". ");
            _positions[list] = position + 1;
        }
        else
        {
            _text.Append("- ");
        }
        var marker = _marker = _text.Length;
        Block(element, depth + 1);
        if (_text.Length == marker)
            while (_text.Length > 0 && _text[^1] != '\n')
                _text.Length--;
        Break(1);
    }

    private void Row(IElement row)
    {
        var cells = row.Children.Where(cell => cell.LocalName is "td" or "th" && !hidden.Contains(cell)).ToList();
        if (cells.Count == 0)
            return;
        Line("| " + string.Join(" | ", cells.Select(cell => Squeeze(Flat(cell)).Replace("|", "\\|"))) + " |", blank: false);
        if (cells.TrueForAll(cell => cell.LocalName == "th"))
            Line("|" + string.Concat(Enumerable.Repeat("---|", cells.Count)), blank: false);
    }

    private void Preformatted(IElement element)
    {
        Break(2);
        _text.Append("```\n").Append(Preserved(element).Trim('\n')).Append("\n```");
        Break(2);
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

    private void Line(string line, bool blank)
    {
        Break(blank ? 2 : 1);
        _text.Append(line);
        Break(blank ? 2 : 1);
    }

    /// <summary>Ends the line, leaving at least the given number of newlines.</summary>
    private void Break(int newlines)
    {
        // A block at the start of a list item stays on the line of its marker.
        if (_text.Length == _marker)
            return;
        while (_text.Length > 0 && _text[^1] == ' ')
            _text.Length--;
        if (_text.Length == 0)
            return;
        for (var have = 0; have < newlines; have++)
        {
            if (_text.Length > have && _text[_text.Length - 1 - have] == '\n')
                continue;
            _text.Append('\n');
        }
    }

    private void Inline(string data)
    {
        foreach (var c in data)
        {
            if (!char.IsWhiteSpace(c))
                _text.Append(c);
            else if (_text.Length > 0 && _text[^1] is not (' ' or '\n'))
                _text.Append(' ');
        }
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

    private static string Squeeze(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
