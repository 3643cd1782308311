using System.IO.Compression;
using System.Text;
using System.Xml;

namespace CrossEncoders.Documents;

/// <summary>
/// A Word document (.docx) to the Markdown that the chunker understands: headings by their style or outline level, list items with their depth, table rows. Read as a stream
/// of XML events under a limit, so that a file that unpacks to gigabytes, or nests without end, costs neither memory nor the stack.
/// </summary>
/// <remarks>Layout: ECMA-376, Office Open XML, part 1, WordprocessingML.</remarks>
internal sealed class DocxText
{
    private readonly Dictionary<string, int> _levels; // heading level by style id
    private readonly StringBuilder _text = new();
    private readonly Stack<Paragraph> _open = new();
    private readonly List<string> _cells = [];
    private StringBuilder? _cell;
    private int _tables;
    private bool _firstRow;

    private DocxText(Dictionary<string, int> levels) => _levels = levels;

    /// <summary>The title in the file's properties (null where absent) and the text.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="maxCharacters">The most characters that a part of it may unpack to.</param>
    /// <exception cref="FormatException">It is no Word document, is encrypted, or unpacks to more than is allowed.</exception>
    public static Content Convert(byte[] bytes, long maxCharacters)
    {
        // An encrypted document is not a zip but an OLE container around one.
        if (bytes is [0xD0, 0xCF, 0x11, 0xE0, ..])
            throw new FormatException("it is encrypted, or of the old .doc format; save it as .docx without a password");
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            var body = zip.GetEntry("word/document.xml")
                ?? throw new FormatException("it has no word/document.xml, so it is no Word document");
            var converter = new DocxText(Styles(zip, maxCharacters));
            using var reader = Open(body, maxCharacters);
            converter.Read(reader);
            return new(Title(zip, maxCharacters), converter._text.ToString().Trim());
        }
        catch (XmlException error) when (error.Message.Contains("MaxCharactersInDocument", StringComparison.Ordinal))
        {
            throw new FormatException($"it unpacks to more than the {maxCharacters} characters allowed", error);
        }
        catch (Exception error) when (error is XmlException or InvalidDataException or IOException or NotSupportedException)
        {
            throw new FormatException($"it is no readable Word document ({error.Message.TrimEnd('.')})", error);
        }
    }

    private void Read(XmlReader reader)
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
                if (reader.LocalName == "Fallback") // the same content once more, for older readers
                {
                    using var skipped = reader.ReadSubtree();
                    while (skipped.Read())
                        continue;
                    continue;
                }

                var (name, empty) = (reader.LocalName, reader.IsEmptyElement);
                Start(name, reader);
                if (empty)
                    End(name);
            }
        }
    }

    private void Start(string name, XmlReader reader)
    {
        var paragraph = _open.TryPeek(out var top) ? top : null;
        switch (name)
        {
            case "p":
                _open.Push(new Paragraph());
                break;
            case "t":
                if (paragraph is not null)
                    paragraph.InText = true;
                break;
            case "tab":
                paragraph?.Text.Append(' ');
                break;
            case "br" or "cr":
                paragraph?.Text.Append('\n');
                break;
            case "noBreakHyphen":
                paragraph?.Text.Append('-');
                break;
            case "numPr":
                if (paragraph is not null)
                    paragraph.IsItem = true;
                break;
            case "ilvl":
                if (paragraph is not null && int.TryParse(Value(reader), out var depth))
                    paragraph.Depth = Math.Clamp(depth, 0, 8);
                break;
            case "outlineLvl":
                if (paragraph is not null && Outline(reader) is { } outline)
                    paragraph.Level = outline;
                break;
            case "pStyle":
                if (paragraph is not null && Value(reader) is { } style)
                    paragraph.Level = _levels.GetValueOrDefault(style);
                break;
            case "tbl":
                if (_tables++ == 0)
                    (_firstRow, _) = (true, Break(2));
                break;
            case "tr":
                if (_tables == 1)
                    _cells.Clear();
                break;
            case "tc":
                if (_tables == 1)
                    _cell = new StringBuilder();
                break;
        }
    }

    private void End(string name)
    {
        switch (name)
        {
            case "t":
                if (_open.TryPeek(out var paragraph))
                    paragraph.InText = false;
                break;
            case "p":
                if (_open.TryPop(out var done))
                    Emit(done);
                break;
            case "tc":
                if (_tables == 1 && _cell is not null)
                    _cells.Add(
                        string.Join(' ', _cell.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|")
                    );
                break;
            case "tr":
                if (_tables == 1)
                    Row();
                break;
            case "tbl":
                if (_tables > 0 && --_tables == 0)
                    (_cell, _) = (null, Break(2));
                break;
        }
    }

    private void Characters(string value)
    {
        if (_open.TryPeek(out var paragraph) && paragraph.InText)
            paragraph.Text.Append(value);
    }

    private void Emit(Paragraph paragraph)
    {
        var text = paragraph.Text.ToString().Trim();
        if (text.Length == 0)
            return;
        if (_cell is not null)
            _cell.Append(' ').Append(text);
        else if (paragraph.Level > 0)
            Line(new string('#', paragraph.Level) + " " + text.Replace('\n', ' '), 2);
        else if (paragraph.IsItem)
            Line(new string(' ', 2 * paragraph.Depth) + "- " + text, 1);
        else
            Line(text, 2);
    }

    private void Row()
    {
        if (_cells.Count == 0)
            return;
        Line("| " + string.Join(" | ", _cells) + " |", 1);
        if (_firstRow)
            Line("|" + string.Concat(Enumerable.Repeat("---|", _cells.Count)), 1);
        _firstRow = false;
    }

    private void Line(string line, int newlines)
    {
        Break(newlines);
        _text.Append(line);
        Break(newlines);
    }

    /// <summary>Ends the line, leaving at least the given number of newlines.</summary>
    private bool Break(int newlines)
    {
        if (_text.Length == 0)
            return false;
        for (var have = 0; have < newlines; have++)
        {
            if (_text.Length > have && _text[_text.Length - 1 - have] == '\n')
                continue;
            _text.Append('\n');
        }

        return true;
    }

    /// <summary>Style ids are the author's language; the names behind them are not: "heading 1", "Title".</summary>
    private static Dictionary<string, int> Styles(ZipArchive zip, long maxCharacters)
    {
        var levels = new Dictionary<string, int>();
        if (zip.GetEntry("word/styles.xml") is not { } entry)
            return levels;
        using var reader = Open(entry, maxCharacters);
        string? id = null;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.LocalName == "style")
                id = Attribute(reader, "styleId");
            if (reader.LocalName == "outlineLvl" && id is not null && Outline(reader) is { } outline)
                levels.TryAdd(id, outline);
            if (reader.LocalName != "name" || id is null || Value(reader) is not { } name)
                continue;
            if (name.Equals("title", StringComparison.OrdinalIgnoreCase))
                levels[id] = 1;
            else if (
                name.StartsWith("heading ", StringComparison.OrdinalIgnoreCase) && int.TryParse(name["heading ".Length..], out var level)
            )
                levels[id] = Math.Clamp(level, 1, 6);
        }

        return levels;
    }

    /// <summary>An outline level as a heading's; 0 for that of running text, null where it is no number.</summary>
    private static int? Outline(XmlReader reader) =>
        int.TryParse(Value(reader), out var level)
            ? level is >= 0 and < 9
                ? Math.Min(level + 1, 6)
                : 0
            : null;

    private static string? Title(ZipArchive zip, long maxCharacters)
    {
        if (zip.GetEntry("docProps/core.xml") is not { } entry)
            return null;
        using var reader = Open(entry, maxCharacters);
        while (reader.Read())
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "title", IsEmptyElement: false })
                return reader.Read() && reader.NodeType == XmlNodeType.Text ? reader.Value : null;
        return null;
    }

    private static XmlReader Open(ZipArchiveEntry entry, long maxCharacters) =>
        XmlReader.Create(
            entry.Open(),
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersInDocument = maxCharacters,
                CloseInput = true,
            }
        );

    private static string? Value(XmlReader reader) => Attribute(reader, "val");

    /// <summary>An attribute by its local name: the namespace differs between the transitional and the strict format.</summary>
    private static string? Attribute(XmlReader reader, string name)
    {
        string? value = null;
        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
            if (reader.LocalName == name)
                value = reader.Value;
        reader.MoveToElement();
        return value;
    }

    private sealed class Paragraph
    {
        public StringBuilder Text { get; } = new();

        public int Level { get; set; }

        public bool IsItem { get; set; }

        public int Depth { get; set; }

        public bool InText { get; set; }
    }
}
