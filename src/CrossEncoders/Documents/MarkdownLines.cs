using System.Text;

namespace CrossEncoders.Documents;

/// <summary>Lines of Markdown, with empty lines where blocks end.</summary>
internal sealed class MarkdownLines
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>A line with at least the given number of newlines before and after it.</summary>
    public void Line(string line, int newlines)
    {
        Break(newlines);
        _text.Append(line);
        Break(newlines);
    }

    /// <summary>A row of a table; under the first one a line of dashes.</summary>
    public void Row(IReadOnlyCollection<string> cells, bool isHeader)
    {
        Line("| " + string.Join(" | ", cells) + " |", 1);
        if (isHeader)
            Line("|" + string.Concat(Enumerable.Repeat("---|", cells.Count)), 1);
    }

    /// <summary>Ends the line, leaving at least the given number of newlines.</summary>
    public void Break(int newlines)
    {
        for (var have = 0; have < newlines && _text.Length > 0; have++)
            if (_text.Length <= have || _text[_text.Length - 1 - have] != '\n')
                _text.Append('\n');
    }
}
