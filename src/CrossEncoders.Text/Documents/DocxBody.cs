using System.Text;
using System.Xml;

namespace CrossEncoders.Documents;

/// <summary>The paragraphs and tables of a Word document, or of one of its notes, to Markdown, from a stream of XML events.</summary>
internal sealed class DocxBody
{
    private readonly DocxStyles _styles;
    private readonly DocxNumbers _numbers;
    private readonly IReadOnlyDictionary<string, string> _notes;
    private readonly MarkdownLines _text = new();
    private readonly Stack<DocxParagraph> _open = new();
    private readonly List<string> _cells = [];
    private DocxParagraph? _unfinished;
    private StringBuilder? _cell;
    private int _tables;
    private bool _firstRow;
    private bool _rowIsGone;
    private bool _inRun;

    public DocxBody(DocxStyles styles, DocxNumbers numbers, IReadOnlyDictionary<string, string> notes) =>
        (_styles, _numbers, _notes) = (styles, numbers, notes);

    public override string ToString() => _text.ToString().Trim();

    /// <summary>Reads all that is left of a part, or of a note in it.</summary>
    public void Read(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.EndElement)
                End(reader.LocalName);
            else if (
                reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace
            )
                Characters(reader.Value);
            else if (reader.NodeType == XmlNodeType.Element)
            {
                var (name, empty) = (reader.LocalName, reader.IsEmptyElement);
                // The same content once more for older readers, what was taken away, how something was formatted before.
                if (name is "Fallback" or "moveFrom" or "del" && !empty || name.EndsWith("Change", StringComparison.Ordinal))
                {
                    DocxPart.Skip(reader);
                    continue;
                }
                Start(name, reader);
                if (empty)
                    End(name);
            }
        }
        if (_unfinished is { } last)
            Emit(last);
    }

    private void Start(string name, XmlReader reader)
    {
        switch (name)
        {
            case "p":
                _open.Push(new DocxParagraph(_styles));
                _inRun = false;
                break;
            case "tbl":
                if (_tables++ == 0)
                {
                    _firstRow = true;
                    _text.Break(2);
                }
                break;
            case "tr":
                _rowIsGone = false;
                if (_tables == 1)
                    _cells.Clear();
                break;
            case "tc":
                if (_tables == 1)
                    _cell = new StringBuilder();
                break;
            default:
                if (_open.TryPeek(out var paragraph))
                    StartIn(paragraph, name, reader);
                else if (name is "del" && _tables == 1)
                    _rowIsGone = true;
                break;
        }
    }

    private void StartIn(DocxParagraph paragraph, string name, XmlReader reader)
    {
        switch (name)
        {
            case "r":
                paragraph.StartRun();
                _inRun = true;
                break;
            case "vanish" when _inRun:
                paragraph.HideRun(DocxPart.IsOn(reader));
                break;
            case "rStyle" when _inRun:
                paragraph.StyleRun(DocxPart.Value(reader));
                break;
            case "del" or "moveFrom" when !_inRun:
                paragraph.IsOpen = true;
                break;
            case "t":
                paragraph.InText = true;
                break;
            case "tab" when _inRun:
                paragraph.Append(" ");
                break;
            case "br" or "cr":
                paragraph.Append("\n");
                break;
            case "noBreakHyphen":
                paragraph.Append("-");
                break;
            case "footnoteReference" or "endnoteReference":
                if (!paragraph.IsHidden && _notes.TryGetValue($"{name[..^9]} {DocxPart.Attribute(reader, "id")}", out var note))
                    paragraph.Notes.Add(note);
                break;
            case "numPr":
                paragraph.IsItem = true;
                break;
            case "numId":
                paragraph.List = DocxPart.Value(reader);
                break;
            case "ilvl":
                paragraph.Depth = DocxPart.Number(reader) is { } depth ? Math.Clamp(depth, 0, 8) : null;
                break;
            case "outlineLvl":
                paragraph.Outline = DocxPart.Outline(reader) ?? paragraph.Outline;
                break;
            case "pStyle":
                paragraph.Style = DocxPart.Value(reader);
                break;
        }
    }

    private void End(string name)
    {
        switch (name)
        {
            case "t" when _open.TryPeek(out var paragraph):
                paragraph.InText = false;
                break;
            case "r":
                _inRun = false;
                break;
            case "p" when _open.TryPop(out var done):
                Finish(done);
                break;
            case "tc" when _tables == 1 && _cell is not null:
                _cells.Add(_cell.ToString());
                break;
            case "tr" when _tables == 1 && _cells.Count > 0 && !_rowIsGone:
                _text.Row(_cells, _firstRow);
                _firstRow = false;
                break;
            case "tbl" when _tables > 0 && --_tables == 0:
                _cell = null;
                _text.Break(2);
                break;
        }
    }

    private void Characters(string value)
    {
        if (_open.TryPeek(out var paragraph) && paragraph.InText)
            paragraph.Append(value);
    }

    private void Finish(DocxParagraph paragraph)
    {
        if (_unfinished is { } before)
        {
            paragraph.Text.Insert(0, before.Text.ToString());
            paragraph.Notes.InsertRange(0, before.Notes);
        }
        _unfinished = paragraph.IsOpen ? paragraph : null;
        if (!paragraph.IsOpen)
            Emit(paragraph);
    }

    private void Emit(DocxParagraph paragraph)
    {
        var text = paragraph.Text.ToString().Trim();
        if (text.Length == 0)
            return;
        var (number, depth) = Number(paragraph);
        var numbered = number is null or "" ? text : $"{number} {text}";
        if (_cell is not null)
            _cell.Append(' ').AppendJoin(' ', paragraph.Notes.Select(note => $"({note})").Prepend(numbered));
        else if (paragraph.Level > 0)
            _text.Line(new string('#', paragraph.Level) + " " + numbered.Replace('\n', ' '), 2);
        else if (depth is { } items)
            _text.Line(new string(' ', 2 * items) + (number is null ? "- " + text : numbered), 1);
        else
            _text.Line(text, 2);
        if (_cell is null)
            foreach (var note in paragraph.Notes)
                _text.Line($"[Note: {note}]", 2);
    }

    /// <summary>The number that an item has, null for a bullet, and its depth; null for a paragraph that is not an item.</summary>
    private (string? Number, int? Depth) Number(DocxParagraph paragraph)
    {
        var style = _styles.List(paragraph.Style);
        var list = paragraph.List ?? style?.List;
        if (list == "0" || (list is null && !paragraph.IsItem))
            return (null, null);
        var depth = paragraph.Depth ?? (style is { } of && list is not null ? _numbers.DepthOf(list, of.Style) ?? of.Depth : 0);
        return (list is null ? null : _numbers.Next(list, depth), depth);
    }
}
