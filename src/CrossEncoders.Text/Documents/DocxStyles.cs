using System.Globalization;
using System.IO.Compression;

namespace CrossEncoders.Documents;

/// <summary>
/// What the styles of a Word document say about the paragraphs and runs that have them, those that they are based on included.
/// </summary>
/// <remarks>ECMA-376, part 1, 17.7. Style ids are in the author's language; the names behind them are not: "heading 1", "Title".</remarks>
internal sealed class DocxStyles
{
    private readonly Dictionary<string, Style> _styles = [];
    private string? _default; // the style of paragraphs that name none

    public static DocxStyles Read(ZipArchive zip, long maxCharacters)
    {
        var styles = new DocxStyles();
        using var reader = DocxPart.Open(zip, "word/styles.xml", maxCharacters);
        Style? style = null;
        while (reader is not null && reader.Read())
        {
            if (reader.NodeType != System.Xml.XmlNodeType.Element)
                continue;
            switch (reader.LocalName)
            {
                case "style":
                    style = new Style();
                    var id = DocxPart.Attribute(reader, "styleId") ?? "";
                    styles._styles[id] = style;
                    if (DocxPart.Attribute(reader, "default") is "1" or "true" && DocxPart.Attribute(reader, "type") is "paragraph")
                        styles._default = id;
                    break;
                case "latentStyles" or "docDefaults" or "rPrChange" or "pPrChange":
                    DocxPart.Skip(reader);
                    break;
                default:
                    style?.Take(reader);
                    break;
            }
        }
        return styles;
    }

    /// <summary>The level of a heading that has this style; 0 for running text.</summary>
    public int Level(string? id) =>
        Chain(id).Select(style => style.Named ?? style.Level).FirstOrDefault(level => level is not null)
        ?? (_styles.ContainsKey(id ?? "") ? 0 : Style.LevelOf(Spaced(id)) ?? 0);

    /// <summary>Whether text of this style is hidden.</summary>
    public bool IsHidden(string? id) => Chain(id).Select(style => style.Hidden).FirstOrDefault(hidden => hidden is not null) ?? false;

    /// <summary>The list that paragraphs of this style belong to, and the style that says so.</summary>
    public (string Style, string List, int Depth)? List(string? id)
    {
        var steps = 0;
        for (id ??= _default; id is not null && _styles.TryGetValue(id, out var style) && steps++ < 32; id = style.BasedOn)
            if (style.List is not null)
                return (id, style.List, style.Depth);
        return null;
    }

    private IEnumerable<Style> Chain(string? id)
    {
        // A style may be based on itself: it ends here.
        var steps = 0;
        for (id ??= _default; id is not null && _styles.TryGetValue(id, out var style) && steps++ < 32; id = style.BasedOn)
            yield return style;
    }

    // Documents without styles still name those of Word: "Heading1".
    private static string Spaced(string? id) =>
        id is { Length: > 7 } && id.StartsWith("Heading", StringComparison.Ordinal) ? "heading " + id[7..] : id ?? "";

    private sealed class Style
    {
        public string? BasedOn { get; private set; }

        public int? Named { get; private set; }

        public int? Level { get; private set; }

        public bool? Hidden { get; private set; }

        public string? List { get; private set; }

        public int Depth { get; private set; }

        public void Take(System.Xml.XmlReader reader)
        {
            switch (reader.LocalName)
            {
                case "name":
                    Named = LevelOf(DocxPart.Value(reader) ?? "");
                    break;
                case "basedOn":
                    BasedOn = DocxPart.Value(reader);
                    break;
                case "outlineLvl":
                    Level = DocxPart.Outline(reader) ?? Level;
                    break;
                case "vanish":
                    Hidden = DocxPart.IsOn(reader);
                    break;
                case "numId":
                    List = DocxPart.Value(reader);
                    break;
                case "ilvl":
                    Depth = Math.Clamp(DocxPart.Number(reader) ?? 0, 0, 8);
                    break;
            }
        }

        public static int? LevelOf(string name) =>
            name.Equals("title", StringComparison.OrdinalIgnoreCase) ? 1
            : name.StartsWith("heading ", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(name["heading ".Length..], CultureInfo.InvariantCulture, out var level)
                ? Math.Clamp(level, 1, 6)
            : null;
    }
}
