using System.Text;

namespace CrossEncoders.Texts;

/// <summary>Texts made comparable: small letters and digits only, in the form of <see cref="Folding"/>.</summary>
internal static class Normal
{
    /// <summary>A text's letters and digits in small letters, joined.</summary>
    public static string Of(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var c in Folding.Of(text))
            if (char.IsLetterOrDigit(c) || char.IsSurrogate(c))
                normal.Append(char.ToLowerInvariant(c));
        return normal.ToString();
    }

    /// <summary>The words of a text in small letters; Chinese counts by overlapping pairs of characters.</summary>
    public static HashSet<string> Words(string text)
    {
        text = Folding.Of(text);
        var words = new HashSet<string>();
        for (var i = 0; i < text.Length; i++)
        {
            if (Han.Is(text[i]))
            {
                var next = i + Length(text, i);
                words.Add(text[i..(next < text.Length && Han.Is(text[next]) ? next + Length(text, next) : next)]);
                i = next - 1;
                continue;
            }
            var start = i;
            while (i < text.Length && char.IsLetterOrDigit(text[i]) && !Han.Is(text[i]))
                i++;
            if (i > start)
                words.Add(text[start..i--].ToLowerInvariant());
        }
        return words;
    }

    /// <summary>The length of the character at a place: 2 for a surrogate pair.</summary>
    private static int Length(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    /// <summary>
    /// The words of a text that hold a digit, in ordinal order: texts whose numbers or codes differ are about different things.
    /// </summary>
    public static string Codes(string text) =>
        string.Join(' ', Words(text).Where(word => word.Any(char.IsDigit)).Order(StringComparer.Ordinal));

    /// <summary>The share of words two texts have in common (Jaccard index, 0 to 1).</summary>
    public static double Overlap(HashSet<string> one, HashSet<string> two)
    {
        var common = one.Count(two.Contains);
        return one.Count + two.Count == 0 ? 1 : (double)common / (one.Count + two.Count - common);
    }
}
