using System.Text;
using System.Text.RegularExpressions;
using CrossEncoders.Texts;

namespace CrossEncoders.Documents;

/// <summary>
/// Lines of pages to paragraphs: what the width of a page broke is joined again, also over the end of a column or a page.
/// </summary>
internal static partial class PdfParagraphs
{
    /// <summary>The text of all pages.</summary>
    public static string Of(IReadOnlyList<List<PdfLine>> pages)
    {
        var text = new StringBuilder();
        PdfLine? before = null;
        foreach (var page in pages.Where(page => page.Count > 0))
        {
            var joined = Joined(WithBreaks(page));
            if (joined.Length == 0)
                continue;
            if (before is null)
                text.Append(joined);
            else if (GoesOn(before, page[0], Widest(pages, before)))
                Append(text, joined);
            else
                text.Append("\n\n").Append(joined);
            before = page[^1];
        }
        return text.ToString();
    }

    private static double Widest(IReadOnlyList<List<PdfLine>> pages, PdfLine last) =>
        pages.First(page => page.Contains(last)).Where(line => Math.Abs(line.Left - last.Left) < 4 * last.Size).Max(line => line.Width);

    /// <summary>Whether the last line of a page goes on in the first one of the next.</summary>
    private static bool GoesOn(PdfLine last, PdfLine next, double widest) =>
        last.Width > 0.6 * widest
        && !IsEnd(last.Text)
        && Math.Abs(last.Size - next.Size) < 0.5
        && last.Font == next.Font
        && !StartsItem().IsMatch(next.Text);

    /// <summary>The lines of a page, a wider gap as an empty line.</summary>
    private static string WithBreaks(List<PdfLine> lines)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                text.Append(Break(lines[i - 1], lines[i]));
            text.Append(lines[i].Text);
        }
        return text.ToString();
    }

    private static string Break(PdfLine last, PdfLine next)
    {
        if (last.IsBeside(next))
            return " ";
        // A step up is the next column, which goes on like a line.
        var gap = last.Y - next.Y;
        return gap > 1.7 * Math.Min(last.Size, next.Size) ? "\n\n" : "\n";
    }

    /// <summary>Joins a line to the next where the line is nearly as long as the longest of its page and ends no sentence.</summary>
    internal static string Joined(string page)
    {
        string[] lines = [.. page.Replace("\r\n", "\n").Split('\n').Select(line => line.Trim())];
        var width = lines.Max(line => line.Length);
        var text = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            if (i == 0)
                text.Append(lines[i]);
            else if (
                lines[i - 1].Length > 0.6 * width
                && lines[i].Length > 0
                && !IsEnd(lines[i - 1])
                && !StartsListItem().IsMatch(lines[i])
            )
                Append(text, lines[i]);
            else
                text.Append('\n').Append(lines[i]);
        }

        return text.ToString().Trim();
    }

    internal static bool IsEnd(string line) => ".!?:。！？：".Contains(line[^1]);

    /// <summary>Appends what goes on from the line before, and joins a word that was broken there.</summary>
    private static void Append(StringBuilder text, string next)
    {
        if (text[^1] == '\u00AD' || (text[^1] == '-' && char.IsLower(next[0])))
            text.Length--;
        else if (!(IsChinese(text[^1]) && IsChinese(next[0])))
            text.Append(' ');
        text.Append(next);
    }

    /// <summary>Whether a character is Chinese, or a mark as wide as one.</summary>
    private static bool IsChinese(char c) => Han.Is(c) || c is >= '\u3001' and <= '\u301F' or >= '\uFF01' and <= '\uFF5E';

    // Within a page a line may start with a number or an "e.g." of its sentence: only what stands apart is a mark.
    [GeneratedRegex(
        @"^([•·▪]|[-*–]\s|\(?\d{1,3}[.)](\s|\p{IsCJKUnifiedIdeographs})|\(?[a-z]\)\s|[（(]?([一二三四五六七八九十]{1,3}|\d{1,3})[）、])\s*\S"
    )]
    private static partial Regex StartsListItem();

    [GeneratedRegex(@"^([-*•·▪–]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\d{1,3}(\.\d{1,3})+|第[一二三四五六七八九十百千零〇两\d]{1,7}[章节])\s*\S")]
    private static partial Regex StartsItem();
}
