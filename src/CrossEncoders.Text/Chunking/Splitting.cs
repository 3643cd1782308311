namespace CrossEncoders.Chunking;

/// <summary>
/// Cuts what is too long for a chunk into clauses, then words, then characters; never between the halves of a surrogate pair.
/// </summary>
internal static class Splitting
{
    /// <summary>Parts of a range with at most <paramref name="most"/> tokens each; the range itself where it fits.</summary>
    public static IEnumerable<(int Start, int End, int Tokens)> Fit(string text, int start, int end, int most, Func<string, int> count)
    {
        var open = new Stack<(int Start, int End)>();
        open.Push((start, end));
        while (open.TryPop(out var part))
        {
            // No token is longer than 16 characters on average: what is far too long need not be counted.
            var tooLong = (long)part.End - part.Start > 16L * Math.Max(most, 1);
            var tokens = tooLong ? int.MaxValue : count(text[part.Start..part.End].Trim());
            var halves = tokens > most ? Halves(text, part.Start, part.End) : [part];
            if (halves is [_])
            {
                yield return (part.Start, part.End, tooLong ? count(text[part.Start..part.End].Trim()) : tokens);
                continue;
            }
            open.Push(halves[1]);
            open.Push(halves[0]);
        }
    }

    /// <summary>
    /// The end of the longest stretch from a start that has at most <paramref name="most"/> tokens; a character at least.
    /// </summary>
    public static int Longest(string text, int start, int most, Func<string, int> count)
    {
        bool Fits(int length) => count(text.Substring(start, length).Trim()) <= most;
        var (fits, tooLong) = (0, text.Length - start + 1);
        for (var length = Math.Min(4 * most, text.Length - start); length < tooLong && length > fits; )
        {
            if (Fits(length))
                fits = length;
            else
                tooLong = length;
            length = tooLong > text.Length - start ? Math.Min(2 * length, text.Length - start) : fits + (tooLong - fits) / 2;
        }
        var end = start + Math.Max(1, fits);
        if (end < text.Length && char.IsLowSurrogate(text[end]) && char.IsHighSurrogate(text[end - 1]))
            end += end - start > 1 ? -1 : 1;
        return end;
    }

    /// <summary>Two parts of a range, cut near its middle at the best place; one if it is a single character.</summary>
    public static (int Start, int End)[] Halves(string text, int start, int end)
    {
        var middle = start + (end - start) / 2;
        var reach = Math.Min((end - start) / 4, 4000);
        var cut = Nearest(text, middle, reach, start, end, clause: true)
            ?? Nearest(text, middle, reach, start, end, clause: false)
            ?? middle;
        if (cut > start && cut < end && char.IsLowSurrogate(text[cut]) && char.IsHighSurrogate(text[cut - 1]))
            cut++;
        return cut <= start || cut >= end ? [(start, end)] : [(start, cut), (cut, end)];
    }

    private static int? Nearest(string text, int middle, int reach, int start, int end, bool clause)
    {
        for (var distance = 0; distance <= reach; distance++)
        {
            if (middle + distance < end && IsPlace(text, middle + distance, start, clause))
                return middle + distance;
            if (middle - distance > start && IsPlace(text, middle - distance, start, clause))
                return middle - distance;
        }
        return null;
    }

    /// <summary>Whether a part may start at a position: after white space that follows a clause, or after any white space.</summary>
    private static bool IsPlace(string text, int at, int start, bool clause)
    {
        if (at <= start || char.IsWhiteSpace(text[at]))
            return false;
        var before = text[at - 1];
        if (before is '，' or '、' or '：' or '；' or '。' or '！' or '？')
            return true;
        if (!char.IsWhiteSpace(before))
            return false;
        return !clause || (at - 2 >= start && text[at - 2] is ',' or ';' or ':' or '|' or '.' or '!' or '?' or '\n') || before == '\n';
    }
}
