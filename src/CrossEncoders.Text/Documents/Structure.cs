using System.Text.RegularExpressions;
using CrossEncoders.Texts;

namespace CrossEncoders.Documents;

/// <summary>Finds the units of a Markdown or plain text.</summary>
internal static partial class Structure
{
    /// <summary>Whether a document's id names a plain text, whose headings have no marks.</summary>
    public static bool IsPlain(string id) => id.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    /// <summary>The units of a text, in order, tiling it.</summary>
    public static List<Unit> Parse(string text, bool plain)
    {
        var lines = Lines(text);
        var units = new List<Unit>();
        string? header = null;
        CodeFence? fence = null;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = Content(text, lines[i]);
            if (line.IsEmpty)
            {
                header = null;
                continue;
            }
            var afterBlank = i == 0 || Content(text, lines[i - 1]).IsEmpty;
            var cut = afterBlank ? Cut.Paragraph : Cut.Line;
            if (fence is { } open)
            {
                units.Add(new Unit(lines[i].Start, 0, Cut.Line));
                if (open.IsClosedBy(line))
                    fence = null;
            }
            else if (CodeFence.Opened(line) is { } opened)
            {
                units.Add(new Unit(lines[i].Start, 0, cut));
                fence = opened;
            }
            else if (HeadingAt(text, lines, i, plain, units.Count == 0, afterBlank) is { } heading)
            {
                units.Add(new Unit(lines[i].Start, 0, Cut.Heading) { Level = heading.Level, Heading = heading.Text });
                i += heading.Lines - 1;
                header = null;
            }
            else if (IsRow(line))
            {
                // The line of dashes under a header belongs to the header.
                var ruled = header is null && i + 1 < lines.Count && IsRule(Content(text, lines[i + 1]));
                units.Add(new Unit(lines[i].Start, 0, cut) { TableHeader = header });
                if (ruled || (header is null && line[0] != '|'))
                    header = line.ToString();
                if (ruled)
                    i++;
            }
            else
            {
                header = null;
                i = Paragraph(text, lines, i, plain, cut, units);
            }
        }
        return Tile(units, text.Length);
    }

    /// <summary>Adds the sentences of the paragraph that starts at a line; returns its last line.</summary>
    private static int Paragraph(string text, List<(int Start, int End)> lines, int from, bool plain, Cut cut, List<Unit> units)
    {
        var last = from;
        while (last + 1 < lines.Count && Continues(text, lines, last + 1, plain))
            last++;
        foreach (var (start, number) in Sentences.Starts(text, lines[from].Start, lines[last].End))
        {
            var within = StartsLine(text, start) ? Cut.Line : Cut.Sentence;
            units.Add(new Unit(start, 0, number == 0 ? cut : within));
        }
        return last;
    }

    /// <summary>The text of a heading. Marks close it only behind a blank: "## In C#" ends with its language.</summary>
    public static string WithoutMarks(ReadOnlySpan<char> heading)
    {
        var text = heading.TrimStart('#');
        var open = text.TrimEnd('#');
        return (open.IsEmpty || char.IsWhiteSpace(open[^1]) ? open : text).Trim().ToString();
    }

    private static List<Unit> Tile(List<Unit> units, int length)
    {
        for (var i = 0; i < units.Count; i++)
        {
            var end = i + 1 < units.Count ? units[i + 1].Start : length;
            var bound =
                i > 0
                && units[i].Level == 0
                && (units[i - 1].Level > 0 || (units[i].TableHeader is not null && units[i - 1].TableHeader is null));
            units[i] = units[i] with { Start = i == 0 ? 0 : units[i].Start, End = end, Cut = bound ? Cut.Bound : units[i].Cut };
        }
        return units;
    }

    private static List<(int Start, int End)> Lines(string text)
    {
        var lines = new List<(int, int)>();
        for (var start = 0; start < text.Length; )
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add((start, end));
            start = end;
        }
        return lines;
    }

    private static ReadOnlySpan<char> Content(string text, (int Start, int End) line) =>
        text.AsSpan(line.Start, line.End - line.Start).Trim();

    private static bool StartsLine(string text, int at)
    {
        while (at > 0 && text[at - 1] is ' ' or '\t')
            at--;
        return at == 0 || text[at - 1] == '\n';
    }

    /// <summary>Whether a line goes on with the paragraph or list item before it.</summary>
    private static bool Continues(string text, List<(int Start, int End)> lines, int i, bool plain)
    {
        var line = Content(text, lines[i]);
        return !line.IsEmpty
            && !IsRow(line)
            && CodeFence.Opened(line) is null
            && !ListItem().IsMatch(line)
            && HeadingAt(text, lines, i, plain, first: false, afterBlank: false) is null;
    }

    private static (int Level, string Text, int Lines)? HeadingAt(
        string text,
        List<(int Start, int End)> lines,
        int i,
        bool plain,
        bool first,
        bool afterBlank
    )
    {
        var line = Content(text, lines[i]);
        if (line.Length > 200)
            return null;
        var marks = line.IndexOfAnyExcept('#');
        if (!plain && marks is >= 1 and <= 6 && line[marks] == ' ')
            return (marks, WithoutMarks(line), 1);
        var next = i + 1 < lines.Count ? Content(text, lines[i + 1]) : default;
        if ((afterBlank || first) && next.Length >= 3 && !ListItem().IsMatch(line) && !IsRow(line) && line.IndexOfAnyExcept('=', '-') >= 0)
        {
            if (next.IndexOfAnyExcept('=') < 0)
                return (1, line.ToString(), 2);
            if (next.IndexOfAnyExcept('-') < 0)
                return (first ? 1 : 2, line.ToString(), 2);
        }
        if (!plain || line.Length > 80 || ".。!！?？;；,，、:：|-*".Contains(line[^1]))
            return null;
        if (first)
            return (1, line.ToString(), 1);
        if (char.IsWhiteSpace(text[lines[i].Start]) || IsRow(line))
            return null;
        // Without marks: capitals only, or a short line that stands alone and is numbered or Chinese.
        var capitals =
            line.ContainsAnyInRange('A', 'Z')
            && !line.ContainsAnyInRange('a', 'z')
            && TextLanguage.HanShare(line) is 0
            && line.Length >= 4
            && (afterBlank || line.Contains(' '));
        var alone =
            afterBlank
            && next.IsEmpty
            && line.Length <= 60
            && Numbered().IsMatch(line)
            && !(i + 2 < lines.Count && Numbered().IsMatch(Content(text, lines[i + 2])));
        return capitals || alone ? (2, line.ToString(), 1) : null;
    }

    private static bool IsRow(ReadOnlySpan<char> line) =>
        line[0] == '|' || (line.Length < 1000 && !ListItem().IsMatch(line) && Columns().IsMatch(line));

    private static bool IsRule(ReadOnlySpan<char> line) => line.Length >= 3 && line.Contains('-') && line.IndexOfAnyExcept("|-: +=") < 0;

    [GeneratedRegex(@"^([-*+•·]|\(?(\d{1,3}|[a-zA-Z])[.)]|[（(]?[一二三四五六七八九十]{1,3}[)）、]|\d{1,3}[、）]|>)\s*\S")]
    private static partial Regex ListItem();

    [GeneratedRegex(
        @"^(\d{1,3}(\.\d{1,3})*[.)、 ]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百千零〇两0-9]{1,7}[章节部分条]|[A-Z][.)] )"
    )]
    private static partial Regex Numbered();

    // Columns of a plain-text table: two or more gaps of at least two spaces, or one of three; not the two spaces after a full stop.
    [GeneratedRegex(@"[^\s.!?:;,](\t| {2,})\S.*[^\s.!?:;,](\t| {2,})\S|[^\s.!?:;,](\t| {3,})\S")]
    private static partial Regex Columns();
}
