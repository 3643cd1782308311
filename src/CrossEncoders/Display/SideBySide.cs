using System.Text;

namespace CrossEncoders.Display;

/// <summary>Texts in columns beside each other, below each other where there is no room.</summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed class SideBySide : IHtmlView
{
    private readonly (string Title, string Text)[] _columns;

    private SideBySide((string, string)[] columns) => _columns = columns;

    /// <summary>A column for each text.</summary>
    /// <param name="columns">Titles and texts.</param>
    public static SideBySide Of(params (string Title, string Text)[] columns) => new(columns);

    /// <summary>The columns as a fragment of HTML; line breaks of the texts stay.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder("<div style=\"display:flex;flex-wrap:wrap;gap:1em;margin:.4em 0\">");
        foreach (var (title, text) in _columns)
            html.Append(
                "<section style=\"flex:1 1 18em;min-width:0;border:1px solid rgba(128,128,128,.4);border-radius:.4em;padding:.5em .8em\">"
                    + $"<strong>{Html.Encode(title)}</strong>"
                    + $"<div style=\"white-space:pre-wrap;overflow-wrap:anywhere;margin-top:.3em\">{Html.Encode(text)}</div></section>"
            );
        return html.Append("</div>").ToString();
    }

    /// <summary>The texts below each other.</summary>
    public override string ToString() => string.Join("\n\n", _columns.Select(column => $"{column.Title}\n{column.Text}"));
}
