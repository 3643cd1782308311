using System.IO.Compression;
using System.Text;
using System.Xml;

namespace CrossEncoders.Documents;

/// <summary>Counts the items of a Word document's lists and writes their numbers as Word shows them.</summary>
/// <remarks>ECMA-376, part 1, 17.9.</remarks>
internal sealed class DocxNumbers
{
    private const int Levels = 9;

    private readonly Dictionary<string, Level[]> _abstract = [];
    private readonly Dictionary<string, string> _abstractOf = [];
    private readonly Dictionary<(string List, int Depth), int> _restarts = [];
    private readonly Dictionary<string, int?[]> _counters = [];
    private readonly HashSet<string> _used = [];

    public static DocxNumbers Read(ZipArchive zip, long maxCharacters)
    {
        var numbers = new DocxNumbers();
        using var reader = DocxPart.Open(zip, "word/numbering.xml", maxCharacters);
        Level[]? levels = null;
        var (list, depth) = ("", 0);
        while (reader is not null && reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            switch (reader.LocalName)
            {
                case "abstractNum":
                    levels = [.. Enumerable.Range(0, Levels).Select(_ => new Level())];
                    numbers._abstract[DocxPart.Attribute(reader, "abstractNumId") ?? ""] = levels;
                    break;
                case "num":
                    levels = null;
                    list = DocxPart.Attribute(reader, "numId") ?? "";
                    break;
                case "abstractNumId":
                    numbers._abstractOf[list] = DocxPart.Value(reader) ?? "";
                    break;
                case "lvl" or "lvlOverride":
                    _ = int.TryParse(DocxPart.Attribute(reader, "ilvl"), out depth);
                    depth = Math.Clamp(depth, 0, Levels - 1);
                    break;
                case "startOverride":
                    numbers._restarts[(list, depth)] = DocxPart.Number(reader) ?? 1;
                    break;
                default:
                    levels?[depth].Take(reader);
                    break;
            }
        }
        return numbers;
    }

    /// <summary>The depth that a list has for paragraphs of a style; null where it names none.</summary>
    public int? DepthOf(string list, string style) =>
        LevelsOf(list) is { } levels && Array.FindIndex(levels, level => level.Style == style) is >= 0 and var depth ? depth : null;

    /// <summary>The next item's number, such as "3." or "b)"; null for a bullet, or a list of which nothing is known.</summary>
    public string? Next(string list, int depth)
    {
        if (LevelsOf(list) is not { } levels)
            return null;
        var name = _abstractOf[list];
        if (!_counters.TryGetValue(name, out var counters))
            _counters[name] = counters = new int?[Levels];
        // A list that shares its numbers with another starts over where it says so, once.
        if (_used.Add(list))
            for (var i = 0; i < Levels; i++)
                if (_restarts.TryGetValue((list, i), out var start))
                    counters[i] = start - 1;
        for (var i = 0; i < depth; i++)
            counters[i] ??= levels[i].Start;
        counters[depth] = counters[depth] + 1 ?? levels[depth].Start;
        for (var i = depth + 1; i < Levels; i++)
            if (levels[i].Restart is null || (levels[i].Restart > 0 && depth < levels[i].Restart))
                counters[i] = null;
        return levels[depth].Format is "bullet" ? null : Label(levels, counters, depth);
    }

    private Level[]? LevelsOf(string list) =>
        _abstractOf.TryGetValue(list, out var name) && _abstract.TryGetValue(name, out var levels) ? levels : null;

    private static string Label(Level[] levels, int?[] counters, int depth)
    {
        var label = new StringBuilder();
        var text = levels[depth].Text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%' || i + 1 == text.Length || text[i + 1] is < '1' or > '9')
            {
                label.Append(text[i]);
                continue;
            }
            var level = text[++i] - '1';
            var format = levels[depth].IsLegal ? "decimal" : levels[level].Format;
            label.Append(ListNumber.Of(counters[level] ?? levels[level].Start, format));
        }
        return label.ToString().Trim();
    }

    private sealed class Level
    {
        public int Start { get; private set; } = 1;

        public string Format { get; private set; } = "decimal";

        public string Text { get; private set; } = "";

        public string? Style { get; private set; }

        /// <summary>The level, from 1, whose items start this one over; 0 for none, null for any above.</summary>
        public int? Restart { get; private set; }

        public bool IsLegal { get; private set; }

        public void Take(XmlReader reader)
        {
            switch (reader.LocalName)
            {
                case "start":
                    Start = DocxPart.Number(reader) ?? 1;
                    break;
                case "numFmt":
                    Format = DocxPart.Value(reader) ?? "decimal";
                    break;
                case "lvlText":
                    Text = (DocxPart.Value(reader) ?? "") is { Length: <= 100 } text ? text : "";
                    break;
                case "lvlRestart":
                    Restart = DocxPart.Number(reader);
                    break;
                case "isLgl":
                    IsLegal = DocxPart.IsOn(reader);
                    break;
                case "pStyle":
                    Style = DocxPart.Value(reader);
                    break;
            }
        }
    }
}
