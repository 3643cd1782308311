using System.Globalization;
using System.Text;

namespace CrossEncoders.Texts;

/// <summary>Where the words of a text lie, as a reader sees them.</summary>
internal static class WordSpans
{
    /// <summary>
    /// Runs of letters and digits, with an apostrophe inside a word and a point or comma inside a number; every Chinese character and every
    /// other sign for itself; blanks belong to none.
    /// </summary>
    public static List<(int Start, int Length)> Of(string text)
    {
        var spans = new List<(int, int)>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = start + Width(text, start);
            if (IsLetter(text, start))
                end = WordEnd(text, end);
            else if (char.IsWhiteSpace(text[start]))
                continue;
            spans.Add((start, end - start));
        }

        return spans;
    }

    private static int WordEnd(string text, int end)
    {
        while (end < text.Length)
        {
            if (IsLetter(text, end))
                end += Width(text, end);
            else if (Joins(text, end))
                end++;
            else
                break;
        }

        return end;
    }

    private static bool Joins(string text, int at) =>
        at + 1 < text.Length
        && (
            text[at] is '\'' or '’'
                ? char.IsLetter(text[at - 1]) && IsLetter(text, at + 1)
                : text[at] is '.' or ',' && char.IsDigit(text[at - 1]) && char.IsDigit(text[at + 1])
        );

    private static bool IsLetter(string text, int at) =>
        Rune.TryGetRuneAt(text, at, out var rune)
        && !Han.Is(rune)
        && (
            Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        );

    private static int Width(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1;
}
