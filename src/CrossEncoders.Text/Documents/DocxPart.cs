using System.IO.Compression;
using System.Xml;

namespace CrossEncoders.Documents;

/// <summary>A part of a Word document as a stream of XML events under a limit.</summary>
internal static class DocxPart
{
    /// <summary>A reader of a part; null where the document has none of that name.</summary>
    public static XmlReader? Open(ZipArchive zip, string name, long maxCharacters) =>
        zip.GetEntry(name) is not { } entry
            ? null
            : XmlReader.Create(
                entry.Open(),
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Prohibit,
                    XmlResolver = null,
                    MaxCharactersInDocument = maxCharacters,
                    CloseInput = true,
                }
            );

    /// <summary>The attribute "val" of an element.</summary>
    public static string? Value(XmlReader reader) => Attribute(reader, "val");

    /// <summary>The attribute "val" as a whole number; null where there is none.</summary>
    public static int? Number(XmlReader reader) => int.TryParse(Value(reader), out var number) ? number : null;

    /// <summary>Whether a switch is on: it is where it has no value.</summary>
    public static bool IsOn(XmlReader reader) => Value(reader) is not ("0" or "false" or "off");

    /// <summary>An attribute by its local name: the namespace differs between the transitional and the strict format.</summary>
    public static string? Attribute(XmlReader reader, string name)
    {
        string? value = null;
        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
            if (reader.LocalName == name)
                value = reader.Value;
        reader.MoveToElement();
        return value;
    }

    /// <summary>An outline level as a heading's; 0 for that of running text, null where it is not a number.</summary>
    public static int? Outline(XmlReader reader) =>
        Number(reader) is not { } level ? null
        : level is >= 0 and < 9 ? Math.Min(level + 1, 6)
        : 0;

    /// <summary>Passes over an element and all in it, however deep; the reader stands on its end then.</summary>
    public static void Skip(XmlReader reader)
    {
        if (reader.IsEmptyElement)
            return;
        var depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth)
            continue;
    }
}
