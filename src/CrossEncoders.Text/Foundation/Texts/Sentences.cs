namespace CrossEncoders.Texts;

/// <summary>Finds where sentences start, in English and Chinese.</summary>
internal static class Sentences
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "no",
        "nos",
        "fig",
        "figs",
        "vs",
        "approx",
        "ca",
        "cf",
        "e.g",
        "i.e",
        "al",
        "sec",
        "min",
        "max",
        "tel",
        "dept",
        "inc",
        "ltd",
        "ch",
        "vol",
        "pp",
        "p",
        "eq",
        "ref",
        "incl",
        "resp",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sept",
        "oct",
        "nov",
        "dec",
    };

    /// <summary>The sentences of a text, each with the white space behind it.</summary>
    public static List<string> Of(string text)
    {
        int[] starts = [.. Starts(text, 0, text.Length).Select(sentence => sentence.Start), text.Length];
        return [.. starts.Zip(starts.Skip(1), (start, end) => text[start..end])];
    }

    /// <summary>The starts of the sentences in a range, each with its number in the range; the first is the range's own start.</summary>
    public static IEnumerable<(int Start, int Number)> Starts(string text, int start, int end)
    {
        yield return (start, 0);
        var number = 0;
        var from = start;
        for (var i = start; i < end; i++)
        {
            if (!Ends(text, start, end, i))
                continue;
            var next = i + 1;
            while (next < end && IsCloser(text[next]))
                next++;
            // Repeated marks (?!, ……) end one sentence.
            if (next < end && IsMark(text[next]))
                continue;
            var wide = IsWide(text[i]);
            // Chinese is also typed with half-width marks, and has no space behind them.
            var typed = text[i] is '!' or '?' && next == i + 1 && next < end && Han.Is(text[next]);
            if (!wide && !typed && next < end && !char.IsWhiteSpace(text[next]))
                continue;
            while (next < end && char.IsWhiteSpace(text[next]))
                next++;
            if (next >= end)
                yield break;
            if (text[i] is '.' or '…' && char.IsLower(text[next]))
                continue;
            if (next - from < 2)
                continue;
            yield return (next, ++number);
            from = next;
            i = next - 1;
        }
    }

    private static bool Ends(string text, int start, int end, int i)
    {
        if (!IsMark(text[i]))
            return false;
        if (text[i] != '.')
            return true;
        if (i + 1 < end && !char.IsWhiteSpace(text[i + 1]) && !IsCloser(text[i + 1]))
            return false;
        var word = i;
        // No abbreviation is this long; without the limit a text without spaces would take quadratic time.
        while (word > start && i - word < 64 && !char.IsWhiteSpace(text[word - 1]) && text[word - 1] is not ('(' or '"' or '“'))
            word--;
        // "2." at the start of an item and "J. Smith" end nothing; "N8." or "30 K." do.
        var length = i - word;
        if (length == 0)
            return true;
        if (Abbreviations.Contains(text[word..i]))
            return false;
        if (length == 1 && char.IsLetter(text[word]) && char.IsUpper(text[word]))
            return word > start && char.IsDigit(Before(text, start, word));
        return word > start || !text.AsSpan(word, length).ContainsAnyInRange('0', '9') || length > 3;
    }

    private static char Before(string text, int start, int word)
    {
        var i = word - 1;
        while (i > start && char.IsWhiteSpace(text[i]))
            i--;
        return text[i];
    }

    private static bool IsMark(char c) => c is '.' or '!' or '?' or '…' || IsWide(c);

    private static bool IsWide(char c) => c is '。' or '！' or '？' or '；';

    private static bool IsCloser(char c) =>
        c is '"' or '\'' or ')' or ']' or '”' or '’' or '」' or '』' or '）' or '】' or '》' or '*' or '_' or '`';
}
