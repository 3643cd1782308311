using System.Globalization;
using System.Reflection;
using System.Text;

namespace CrossEncoders.Texts;

/// <summary>A page of headings, paragraphs, lists, tables and blocks in which nothing foreign becomes markup.</summary>
internal sealed class MarkdownPage
{
    private const int Longest = 200;

    private readonly StringBuilder _text = new();

    public MarkdownPage(string title) => _text.Append("# ").Append(Escape(title)).Append('\n');

    /// <summary>A table with a column for each property of the rows; nothing where there are no rows.</summary>
    public void Table<T>(string? heading, IReadOnlyList<T> rows)
    {
        if (rows.Count == 0)
            return;
        var columns = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        if (heading is not null)
            _text.Append("\n## ").Append(Escape(heading)).Append('\n');
        Table(
            [.. columns.Select(column => column.Name.ToLowerInvariant())],
            rows.Select(row => columns.Select(column => column.GetValue(row)))
        );
    }

    /// <summary>A table of rows with a cell for each column.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IEnumerable<object?>> rows)
    {
        _text.Append('\n');
        Line(columns.Select(Escape));
        Line(columns.Select(_ => "---"));
        foreach (var row in rows)
            Line(row.Select(Cell));
    }

    public void Paragraph(string text) => _text.Append('\n').Append(Escape(text)).Append('\n');

    public void List(IEnumerable<string> items)
    {
        _text.Append('\n');
        foreach (var item in items)
            _text.Append("- ").Append(Escape(item)).Append('\n');
    }

    /// <summary>Text as it is, in a fence that it cannot close.</summary>
    public void Block(string heading, string text)
    {
        var (run, longest) = (0, 2);
        foreach (var c in text)
            longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        var fence = new string('`', longest + 1);
        _text
            .Append("\n## ")
            .Append(Escape(heading))
            .Append("\n\n")
            .Append(fence)
            .Append("text\n")
            .Append(text.ReplaceLineEndings("\n").Trim())
            .Append('\n')
            .Append(fence)
            .Append('\n');
    }

    public override string ToString() => _text.ToString();

    private void Line(IEnumerable<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Cell(object? value) =>
        value switch
        {
            null => "–",
            double or float => ((IFormattable)value).ToString("0.####", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => Escape(Excerpt.Of(value.ToString() ?? "", Longest)),
        };

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '~' or '$' => escaped.Append('\\').Append(c),
                _ when char.IsControl(c) || char.IsWhiteSpace(c) => escaped.Append(' '),
                _ => escaped.Append(c),
            };
        return escaped.ToString();
    }
}
