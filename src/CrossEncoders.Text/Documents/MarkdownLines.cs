using System.Text;

namespace CrossEncoders.Documents;

/// <summary>Lines of Markdown, with empty lines where blocks end.</summary>
internal sealed class MarkdownLines
{
    private readonly StringBuilder _text = new();
    private int _marker = -1;

    public override string ToString() => _text.ToString();

    /// <summary>A text with all white space, line breaks too, on one line.</summary>
    public static string Squeeze(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>
    /// A line with at least the given number of newlines before and after it. It takes the place of a marker right before it, behind which
    /// it would be no heading, row or code.
    /// </summary>
    public void Line(string line, int newlines)
    {
        if (_text.Length == _marker)
            TakeMarkerBack();
        Break(newlines);
        _text.Append(line);
        Break(newlines);
    }

    /// <summary>Goes on with the line; white space of any kind and length becomes one space.</summary>
    public void Inline(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                _text.Append(c);
            else if (_text.Length > 0 && _text[^1] is not (' ' or '\n'))
                _text.Append(' ');
        }
    }

    /// <summary>A row of a table; below a header a line of dashes.</summary>
    public void Row(IReadOnlyCollection<string> cells, bool isHeader)
    {
        Line("| " + string.Join(" | ", cells.Select(cell => Squeeze(cell).Replace("|", "\\|"))) + " |", 1);
        if (isHeader)
            Line("|" + string.Concat(Enumerable.Repeat("---|", cells.Count)), 1);
    }

    /// <summary>Begins an item of a list with its marker; returns what <see cref="EndItem"/> wants to know.</summary>
    public int StartItem(string marker)
    {
        Break(1);
        _text.Append(marker);
        return _marker = _text.Length;
    }

    /// <summary>Ends an item; one without content leaves no marker behind.</summary>
    public void EndItem(int start)
    {
        if (_marker == start && _text.Length == start)
            TakeMarkerBack();
        _marker = -1;
        Break(1);
    }

    private void TakeMarkerBack()
    {
        while (_text.Length > 0 && _text[^1] != '\n')
            _text.Length--;
        _marker = -1;
    }

    /// <summary>Ends the line, leaving at least the given number of newlines.</summary>
    public void Break(int newlines)
    {
        // A block at the start of a list item stays on the line of its marker.
        if (_text.Length == _marker)
            return;
        while (_text.Length > 0 && _text[^1] == ' ')
            _text.Length--;
        for (var have = 0; have < newlines && _text.Length > 0; have++)
            if (_text.Length <= have || _text[_text.Length - 1 - have] != '\n')
                _text.Append('\n');
    }
}
