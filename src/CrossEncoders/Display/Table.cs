using System.Text;
using CrossEncoders.Texts;

namespace CrossEncoders.Display;

/// <summary>Rows to look at: an HTML table in a notebook or report, aligned columns in a console. Nothing in it is computed.</summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed class Table : IHtmlView
{
    private const int ShortText = 120;
    private const int TextClip = 48;
    private const string CellStyle = "padding:.25em .7em;border-bottom:1px solid rgba(128,128,128,.35);vertical-align:top;";

    private readonly CellFormat[] _formats;

    /// <summary>A table of the given cells.</summary>
    /// <param name="columns">The columns' heads.</param>
    /// <param name="rows">The rows shown, each with a cell for every column; null shows as a dash.</param>
    /// <param name="caption">A line above the table.</param>
    /// <param name="totalRows">How many rows there are in all, if not all are shown.</param>
    /// <exception cref="CrossEncoderException">A row has more or fewer cells than there are columns.</exception>
    public Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> rows, string? caption = null, long? totalRows = null)
    {
        foreach (var row in rows)
            if (row.Count != columns.Count)
                throw new CrossEncoderException(
                    $"A table of {columns.Count} columns got a row of {row.Count} cells. Give each row one cell a column."
                );
        (Columns, Rows, Caption, TotalRows) = (columns, rows, caption, totalRows ?? rows.Count);
        _formats = [.. Enumerable.Range(0, columns.Count).Select(c => CellFormat.For(rows.Select(row => row[c])))];
    }

    /// <summary>The columns' heads.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The rows shown.</summary>
    public IReadOnlyList<IReadOnlyList<object?>> Rows { get; }

    /// <summary>The line above the table.</summary>
    public string? Caption { get; }

    /// <summary>Rows in all, shown or not.</summary>
    public long TotalRows { get; }

    /// <summary>What of the table has a name in reports.</summary>
    internal IReadOnlyList<Figure> Figures { get; init; } = [];

    private int HtmlClip { get; init; } = ShortText;

    /// <summary>The same table under another caption.</summary>
    public Table WithCaption(string caption) => new(Columns, Rows, caption, TotalRows) { Figures = Figures, HtmlClip = HtmlClip };

    /// <summary>The same table with all texts whole where it is shown as HTML; otherwise what is long is cut.</summary>
    public Table WithWholeTexts() => new(Columns, Rows, Caption, TotalRows) { Figures = Figures, HtmlClip = int.MaxValue };

    /// <summary>
    /// The same table, which gives a report of the run a figure for its head. Reports of two runs are compared by the figures' names.
    /// </summary>
    /// <param name="name">What it is, the same in every run, for example "questions answered".</param>
    /// <param name="value">The figure.</param>
    /// <param name="low">Lower end of its interval, if there is one.</param>
    /// <param name="high">Upper end of its interval.</param>
    /// <param name="higherIsBetter">Its direction; null if it has none.</param>
    public Table WithHeadline(string name, double value, double? low = null, double? high = null, bool? higherIsBetter = null) =>
        With([.. Figures, new Figure(name, value, low, high, higherIsBetter, Headline: true)]);

    internal Table With(IEnumerable<Figure> figures) =>
        new(Columns, Rows, Caption, TotalRows) { Figures = [.. figures], HtmlClip = HtmlClip };

    /// <summary>The table as a fragment of HTML, with its style inside: hosts and sanitizers keep no style sheets.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder(
            // What scrolls must be reached by keyboard, too.
            $"<div style=\"overflow-x:auto;max-width:100%\" tabindex=\"0\" role=\"group\" aria-label=\"Table\""
                + $"{Figure.Attribute(Figures)}>"
                + "<table style=\"border-collapse:collapse;font-size:.92em;margin:.4em 0\">"
        );
        if (Caption is not null)
            html.Append("<caption style=\"text-align:left;font-weight:600;padding:.3em 0\">")
                .Append(Html.Encode(Caption))
                .Append("</caption>");
        html.Append("<thead><tr>");
        for (var c = 0; c < Columns.Count; c++)
            html.Append($"<th scope=\"col\" style=\"{Align(c)}{CellStyle}border-bottom:2px solid #888\">")
                .Append(Html.Encode(Columns[c]))
                .Append("</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in Rows)
        {
            html.Append("<tr>");
            for (var c = 0; c < Columns.Count; c++)
                AppendCell(html, c, row[c]);
            html.Append("</tr>");
        }
        html.Append("</tbody></table>");
        if (More is { } more)
            html.Append("<p style=\"margin:.2em 0;opacity:.75;font-size:.85em\">").Append(more).Append("</p>");
        return html.Append("</div>").ToString();
    }

    /// <summary>The table as aligned text.</summary>
    public override string ToString()
    {
        var cells = Rows.Select(row => row.Select((value, c) => Html.Clip(OneLine(_formats[c].Text(value)), TextClip)).ToArray()).ToArray();
        var widths = Columns.Select((head, c) => cells.Select(row => Html.Width(row[c])).Append(Html.Width(head)).Max()).ToArray();
        var text = new StringBuilder();
        if (Caption is not null)
            text.AppendLine(Caption);
        AppendLine(text, Columns, widths);
        text.AppendLine(string.Join("  ", widths.Select(width => new string('-', width))));
        foreach (var row in cells)
            AppendLine(text, row, widths);
        return text.Append(More).ToString().TrimEnd();
    }

    private string? More => TotalRows > Rows.Count ? $"{CellFormat.Integer(Rows.Count)} of {CellFormat.Integer(TotalRows)} rows" : null;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');

    private string Align(int column) =>
        _formats[column].IsNumber ? "text-align:right;font-variant-numeric:tabular-nums;" : "text-align:left;";

    private void AppendCell(StringBuilder html, int column, object? value)
    {
        var text = _formats[column].Text(value);
        var shown = Html.Clip(text, HtmlClip);
        html.Append($"<td style=\"{Align(column)}{CellStyle}\"");
        if (text.Count(Han.Is) * 2 > text.Count(char.IsLetter))
            html.Append(" lang=\"zh\""); // or it may get Japanese forms, and be read aloud as English
        if (shown.Length < text.Length)
            html.Append(" title=\"").Append(Html.Encode(text)).Append('"');
        html.Append('>').Append(Html.Encode(shown)).Append("</td>");
    }

    private void AppendLine(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var c = 0; c < cells.Count; c++)
        {
            var padding = new string(' ', widths[c] - Html.Width(cells[c]));
            line.Append(c > 0 ? "  " : "").Append(_formats[c].IsNumber ? padding + cells[c] : cells[c] + padding);
        }
        text.AppendLine(line.ToString().TrimEnd());
    }
}
