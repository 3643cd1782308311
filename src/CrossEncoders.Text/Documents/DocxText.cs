using System.IO.Compression;
using System.Xml;

namespace CrossEncoders.Documents;

/// <summary>
/// A Word document (.docx) to the Markdown that the chunker understands, as Word shows it without marks of revision: headings by their
/// style or outline level, list items with their numbers and depth, table rows, notes after the paragraph that refers to them; what was
/// deleted, moved away or hidden is not in it. Read as a stream of XML events under a limit, so that a file that unpacks to gigabytes, or
/// nests without end, costs neither memory nor the stack.
/// </summary>
/// <remarks>Layout: ECMA-376, Office Open XML, part 1, WordprocessingML.</remarks>
internal static class DocxText
{
    /// <summary>The title in the file's properties (null where absent) and the text.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="maxCharacters">The most characters that a part of it may unpack to.</param>
    /// <exception cref="FormatException">It is not a Word document, is encrypted, or unpacks to more than is allowed.</exception>
    public static Content Convert(byte[] bytes, long maxCharacters)
    {
        // An encrypted document is not a zip but an OLE container around one.
        if (bytes is [0xD0, 0xCF, 0x11, 0xE0, ..])
            throw new FormatException("it is encrypted, or of the old .doc format; save it as .docx without a password");
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            using var body = DocxPart.Open(zip, "word/document.xml", maxCharacters)
                ?? throw new FormatException("it has no word/document.xml, so it is not a Word document");
            var styles = DocxStyles.Read(zip, maxCharacters);
            var notes = new Dictionary<string, string>();
            foreach (var kind in (string[])["footnote", "endnote"])
                ReadNotes(zip, kind, styles, notes, maxCharacters);
            var converter = new DocxBody(styles, DocxNumbers.Read(zip, maxCharacters), notes);
            converter.Read(body);
            return new(Title(zip, maxCharacters), converter.ToString());
        }
        catch (XmlException error) when (error.Message.Contains("MaxCharactersInDocument", StringComparison.Ordinal))
        {
            throw new FormatException($"it unpacks to more than the {maxCharacters} characters allowed", error);
        }
        catch (Exception error) when (error is not (OutOfMemoryException or FormatException))
        {
            throw new FormatException($"it cannot be read as a Word document ({error.Message.Split('\n')[0].TrimEnd('.', '\r')})", error);
        }
    }

    private static void ReadNotes(ZipArchive zip, string kind, DocxStyles styles, Dictionary<string, string> notes, long maxCharacters)
    {
        using var reader = DocxPart.Open(zip, $"word/{kind}s.xml", maxCharacters);
        while (reader is not null && reader.Read())
        {
            // Those with a type are the lines above the notes.
            if (
                reader.NodeType != XmlNodeType.Element
                || reader.LocalName != kind
                || DocxPart.Attribute(reader, "type") is not (null or "normal")
            )
                continue;
            var id = DocxPart.Attribute(reader, "id");
            var note = new DocxBody(styles, new DocxNumbers(), notes);
            using (var part = reader.ReadSubtree())
                note.Read(part);
            notes[$"{kind} {id}"] = string.Join(' ', note.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private static string? Title(ZipArchive zip, long maxCharacters)
    {
        using var reader = DocxPart.Open(zip, "docProps/core.xml", maxCharacters);
        while (reader is not null && reader.Read())
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "title", IsEmptyElement: false })
                return reader.Read() && reader.NodeType == XmlNodeType.Text ? reader.Value : null;
        return null;
    }
}
