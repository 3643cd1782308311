using System.Text;

namespace CrossEncoders.Documents;

/// <summary>
/// Makes a page shallow before it is parsed: the parser takes quadratic time for elements that are nested without end, and for marks
/// such as &lt;b&gt; that are never closed. Tags nested deeper than on any page that a person wrote are left out, their text stays; font
/// tags, which do not change the text, become &lt;span&gt;.
/// </summary>
internal sealed class HtmlDepth
{
    private const int Deepest = 256;
    private const int MostTags = 2_000_000;

    private static readonly HashSet<string> Void = Words("area base br col embed hr img input link meta source track wbr");

    // Their end may be left out, so that an open one says nothing about the depth.
    private static readonly HashSet<string> Implied = Words(
        "p li dt dd option optgroup tr td th tbody thead tfoot colgroup caption rp rt html head body"
    );

    private static readonly HashSet<string> Marks = Words("a b big code em font i nobr s small strike strong tt u");

    // Their content is not markup.
    private static readonly HashSet<string> Raw = Words("script style textarea title xmp iframe noembed noframes noscript plaintext");

    // An end tag closes these over open elements of other kinds, but not over a wall.
    private static readonly HashSet<string> Blocks = Words(
        "address article aside blockquote center details div dl fieldset figure footer form header main nav ol section summary table ul"
    );

    private static readonly HashSet<string> Walls = Words("table object template select svg math marquee applet button");

    private readonly string _html;
    private readonly StringBuilder _page;
    private readonly List<string> _open = [];
    private int _below; // tags that were left out and are still open

    private HtmlDepth(string html) => (_html, _page) = (html, new StringBuilder(html.Length + 16));

    /// <summary>The page with its tags nested no deeper than the limit.</summary>
    /// <exception cref="FormatException">It has more tags than are allowed.</exception>
    public static string Bounded(string html) => new HtmlDepth(html).Bounded();

    private static HashSet<string> Words(string words) => [.. words.Split(' ')];

    private string Bounded()
    {
        var tags = 0;
        for (var at = 0; at < _html.Length; )
        {
            var start = _html.IndexOf('<', at);
            if (start < 0)
                start = _html.Length;
            _page.Append(_html, at, start - at);
            if (start + 1 >= _html.Length)
                return _page.Append(_html, start, _html.Length - start).ToString();
            if (++tags > MostTags)
                throw new FormatException($"it has more than {MostTags} tags");
            at = Tag(start);
        }
        return _page.ToString();
    }

    /// <summary>Writes what starts with a '&lt;'; returns where it ends.</summary>
    private int Tag(int start)
    {
        var next = _html[start + 1];
        var closes = next == '/';
        var name = Name(start + (closes ? 2 : 1));
        // "a < b" is text.
        var end = name.Length > 0 || next is '!' or '?' or '/' ? End(start) : start + 1;
        if (name.Length == 0)
            _page.Append(_html, start, end - start);
        else if (closes)
            Close(name);
        else if (Raw.Contains(name))
            return Text(start, end, name);
        else
            Open(start, end, name);
        return end;
    }

    private int Text(int start, int end, string name)
    {
        var close = _html.IndexOf("</" + name, end, StringComparison.OrdinalIgnoreCase);
        var last = close < 0 ? _html.Length : End(close);
        // A browser that runs scripts does not show it.
        if (name != "noscript")
            _page.Append(_html, start, last - start);
        return last;
    }

    private void Open(int start, int end, string name)
    {
        var isMark = Marks.Contains(name);
        var isOpen = !Void.Contains(name) && !Implied.Contains(name) && !(_html[end - 2] == '/' && IsDrawing());
        if (isOpen && _open.Count >= Deepest)
        {
            _below++;
            _page.Append(isMark || name == "span" ? "" : " ");
            return;
        }
        if (isOpen)
            _open.Add(isMark ? "span" : name);
        if (isMark)
            _page.Append("<span").Append(_html, start + 1 + name.Length, end - start - 1 - name.Length);
        else
            _page.Append(_html, start, end - start);
    }

    private void Close(string name)
    {
        var kind = Marks.Contains(name) ? "span" : name;
        if (_below > 0 && !Implied.Contains(kind))
        {
            _below--;
            return;
        }
        var known = Known(kind);
        if (known >= 0)
            _open.RemoveRange(known, _open.Count - known);
        if (known >= 0 || Implied.Contains(kind) || kind == "br")
            _page.Append("</").Append(kind).Append('>');
    }

    /// <summary>The open element that an end closes; -1 where one between keeps the parser from closing it.</summary>
    private int Known(string kind)
    {
        var isBlock = Blocks.Contains(kind);
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i] == kind)
                return i;
            if (isBlock ? Walls.Contains(_open[i]) : _open[i] != "span")
                return -1;
        }
        return -1;
    }

    // Only there an element without content may end in "/>".
    private bool IsDrawing() => _open.Contains("svg") || _open.Contains("math");

    /// <summary>Where a tag or comment ends: after its '&gt;', those in quoted values left out.</summary>
    private int End(int start)
    {
        if (string.CompareOrdinal(_html, start, "<!--", 0, 4) == 0)
            return _html.IndexOf("-->", start + 2, StringComparison.Ordinal) is >= 0 and var close ? close + 3 : _html.Length;
        var (quote, last) = ('\0', '\0');
        for (var i = start + 1; i < _html.Length; i++)
        {
            var c = _html[i];
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'' && last == '=')
                quote = c;
            else if (c == '>')
                return i + 1;
            last = char.IsWhiteSpace(c) ? last : c;
        }
        return _html.Length;
    }

    private string Name(int start)
    {
        var end = start;
        while (end < _html.Length && end - start < 32 && (char.IsAsciiLetterOrDigit(_html[end]) || _html[end] is '-' or ':'))
            end++;
        return end > start && char.IsAsciiLetter(_html[start]) ? _html[start..end].ToLowerInvariant() : "";
    }
}
