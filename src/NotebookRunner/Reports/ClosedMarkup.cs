using System.Net;
using System.Text;

namespace NotebookRunner.Reports;

/// <summary>
/// Makes markup that a cell shows end with its output: what it leaves open (elements, comments, scripts, a tag) is closed, and what it
/// closes without having opened it is left out. Otherwise it could hide or swallow the rest of the page.
/// </summary>
/// <remarks>After the tokenization of the HTML standard, section 13.2.5; in time linear in the text.</remarks>
internal sealed class ClosedMarkup
{
    private static readonly HashSet<string> Void = "area base br col embed frame hr img input keygen link meta param source track wbr"
        .Split(' ')
        .ToHashSet();

    // Their content is text up to their end tag.
    private static readonly HashSet<string> Raw = "script style textarea title xmp iframe noembed noframes noscript".Split(' ').ToHashSet();

    private readonly string _html;
    private readonly StringBuilder _closed = new();
    private readonly List<string> _open = [];
    private readonly Dictionary<string, int> _counts = []; // how many of a name are open
    private int _foreign; // how many elements of SVG or MathML are open, where tags may close themselves
    private int _at;

    private readonly Action<string>? _onScript;

    private ClosedMarkup(string html, Action<string>? onScript) => (_html, _onScript) = (html, onScript);

    /// <summary>The markup, closed.</summary>
    /// <param name="html">The markup.</param>
    /// <param name="onScript">Told of each script's text, as it stands in what is returned.</param>
    public static string Of(string html, Action<string>? onScript = null)
    {
        var markup = new ClosedMarkup(html, onScript);
        while (markup._at < html.Length)
            markup.Step();
        markup.Close(0);
        return markup._closed.ToString();
    }

    private void Step()
    {
        var start = _html.IndexOf('<', _at);
        Copy(start < 0 ? _html.Length : start);
        if (start < 0)
            return;
        var next = start + 1 < _html.Length ? _html[start + 1] : ' ';
        if (Is(start, "<!--"))
            Comment();
        else if (next is '!' or '?' || (next == '/' && start + 2 < _html.Length && !char.IsAsciiLetter(_html[start + 2])))
            Until(_foreign > 0 && Is(start, "<![CDATA[") ? "]]>" : ">", start);
        else if (char.IsAsciiLetter(next) || next == '/')
            Tag(start, isEnd: next == '/');
        else
            Copy(start + 1);
    }

    private void Comment()
    {
        if (Is(_at, "<!-->") || Is(_at, "<!--->"))
        {
            Copy(_html.IndexOf('>', _at) + 1);
            return;
        }
        for (var at = _at + 4; _html.IndexOf("--", at, StringComparison.Ordinal) is >= 0 and var dashes; at = dashes + 1)
            if (Is(dashes, "-->") || Is(dashes, "--!>"))
            {
                Copy(_html.IndexOf('>', dashes) + 1);
                return;
            }
        Rest("-->");
    }

    private void Until(string mark, int start)
    {
        var end = _html.IndexOf(mark, start, StringComparison.Ordinal);
        if (end < 0)
            Rest(mark);
        else
            Copy(end + mark.Length);
    }

    private void Tag(int start, bool isEnd)
    {
        var from = start + (isEnd ? 2 : 1);
        var nameEnd = from;
        while (nameEnd < _html.Length && !IsBreak(_html[nameEnd]))
            nameEnd++;
        var name = _html[from..nameEnd].ToLowerInvariant();
        var end = TagEnd(nameEnd);
        if (end < 0 || name is "plaintext")
        {
            _closed.Append(WebUtility.HtmlEncode(_html[_at..])); // nothing could end it
            _at = _html.Length;
        }
        else if (isEnd)
        {
            if (_counts.GetValueOrDefault(name) > 0)
            {
                Close(_open.LastIndexOf(name) + 1);
                Pop();
                _closed.Append("</").Append(name).Append('>');
            }
            _at = end;
        }
        else
        {
            Copy(end);
            if (Void.Contains(name) || (_foreign > 0 && _html[end - 2] == '/'))
                return;
            if (_foreign == 0 && Raw.Contains(name))
                Content(name);
            else
                Open(name);
        }
    }

    /// <summary>Copies the text of an element that has no elements in it.</summary>
    private void Content(string name)
    {
        var mark = $"</{name}";
        var end = _at;
        do end = _html.IndexOf(mark, end, StringComparison.OrdinalIgnoreCase) is >= 0 and var found ? found + mark.Length : -1;
        while (end >= 0 && end < _html.Length && !IsBreak(_html[end]));
        var text = end < 0 ? _html[_at..] : _html[_at..(end - mark.Length)];
        // What looks like a comment in a script could keep its end tag from ending it.
        if (name == "script")
        {
            text = text.Replace("<!--", @"<\!--");
            _onScript?.Invoke(text);
        }
        _closed.Append(text).Append(mark).Append('>');
        _at =
            end < 0 ? _html.Length
            : TagEnd(end) is >= 0 and var after ? after
            : _html.Length;
    }

    /// <summary>Where a tag ends, seen from the end of its name; -1 where it does not.</summary>
    private int TagEnd(int at)
    {
        while (true)
        {
            while (at < _html.Length && _html[at] != '>' && IsBreak(_html[at]))
                at++;
            if (at >= _html.Length || _html[at] == '>')
                return at < _html.Length ? at + 1 : -1;
            for (at++; at < _html.Length && _html[at] != '=' && !IsBreak(_html[at]); at++) { }
            at = AfterBlanks(at);
            if (at >= _html.Length || _html[at] != '=')
                continue;
            at = AfterBlanks(at + 1);
            if (at < _html.Length && _html[at] is '"' or '\'')
            {
                var quote = _html.IndexOf(_html[at], at + 1);
                at = quote < 0 ? _html.Length : quote + 1;
            }
            else
            {
                while (at < _html.Length && _html[at] != '>' && !char.IsWhiteSpace(_html[at]))
                    at++;
            }
        }
    }

    private int AfterBlanks(int at)
    {
        while (at < _html.Length && char.IsWhiteSpace(_html[at]))
            at++;
        return at;
    }

    private void Open(string name)
    {
        _open.Add(name);
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        _foreign += IsForeign(name) ? 1 : 0;
    }

    private string Pop()
    {
        var name = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        _counts[name]--;
        _foreign -= IsForeign(name) ? 1 : 0;
        return name;
    }

    /// <summary>Closes the innermost elements until so many are left.</summary>
    private void Close(int left)
    {
        while (_open.Count > left)
            if (Pop() is not "p" and var name) // a paragraph ends by itself, and its end tag alone would be one more
                _closed.Append("</").Append(name).Append('>');
    }

    private static bool IsForeign(string name) => name is "svg" or "math";

    private static bool IsBreak(char c) => c is '>' or '/' || char.IsWhiteSpace(c);

    private bool Is(int at, string text) => string.CompareOrdinal(_html, at, text, 0, text.Length) == 0;

    private void Copy(int end)
    {
        _closed.Append(_html, _at, end - _at);
        _at = end;
    }

    private void Rest(string mark)
    {
        Copy(_html.Length);
        _closed.Append(mark);
    }
}
