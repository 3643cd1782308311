using System.IO.Compression;

namespace CrossEncoders.Tests.Documents;

/// <summary>A small Word document of parts in WordprocessingML.</summary>
internal sealed class WordFile(string body)
{
    private const string Namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    public string Styles { get; init; } = "";

    public string Numbering { get; init; } = "";

    public string Footnotes { get; init; } = "";

    public string Endnotes { get; init; } = "";

    public string Declaration { get; init; } = "";

    /// <summary>A paragraph with properties and a text.</summary>
    public static string P(string text, string properties = "") => $"<w:p><w:pPr>{properties}</w:pPr>{R(text)}</w:p>";

    /// <summary>A run with properties and a text.</summary>
    public static string R(string text, string properties = "") =>
        $"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>";

    /// <summary>The properties of an item.</summary>
    public static string Item(int list, int depth = 0) => $"<w:numPr><w:ilvl w:val=\"{depth}\"/><w:numId w:val=\"{list}\"/></w:numPr>";

    /// <summary>A list of a format and text for each level, all of which start at 1.</summary>
    public static string List(int id, params (string Format, string Text)[] levels) =>
        $"<w:abstractNum w:abstractNumId=\"{id}\">"
        + $"{string.Concat(levels.Select((level, i) => Level(i, level.Format, level.Text)))}</w:abstractNum>";

    public static string Level(int depth, string format, string text, int start = 1, string more = "") =>
        $"<w:lvl w:ilvl=\"{depth}\"><w:start w:val=\"{start}\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/>{more}</w:lvl>";

    public static string Num(int id, int list, string more = "") =>
        $"<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"{list}\"/>{more}</w:num>";

    public byte[] ToBytes()
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(zip, "document", $"<w:body>{body}</w:body>");
            Part(zip, "styles", Styles);
            Part(zip, "numbering", Numbering);
            Part(zip, "footnotes", Footnotes);
            Part(zip, "endnotes", Endnotes);
        }
        return file.ToArray();
    }

    private void Part(ZipArchive zip, string name, string content)
    {
        if (content.Length == 0)
            return;
        using var writer = new StreamWriter(zip.CreateEntry($"word/{name}.xml").Open());
        writer.Write($"{(name == "document" ? Declaration : "")}<w:{name} xmlns:w=\"{Namespace}\">{content}</w:{name}>");
    }
}
