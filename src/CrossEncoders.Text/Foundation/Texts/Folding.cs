using System.Text;

namespace CrossEncoders.Texts;

/// <summary>
/// The form in which texts are compared: canonically composed (NFC), ligatures as their letters, full-width and half-width forms in their
/// usual width, and without the characters that no one sees, such as soft hyphens. The same under every globalization mode.
/// </summary>
internal static class Folding
{
    // Unicode's compatibility decompositions of U+FB00 to U+FB06 and U+FB13 to U+FB17.
    private static readonly string[] LatinLigatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];
    private static readonly string[] ArmenianLigatures = ["մն", "մե", "մի", "վն", "մխ"];

    // Of U+FF61 to U+FF9F; the last two are the marks of voiced sounds, which compose with the letter before.
    private const string HalfWidthForms =
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309A";

    /// <summary>The text in the form in which it is compared.</summary>
    public static string Of(string text)
    {
        var stable = 0;
        while (stable < text.Length && IsStable(text[stable]))
            stable++;
        if (stable == text.Length)
            return text;
        var folded = new StringBuilder(text.Length + 16).Append(text, 0, stable);
        foreach (var c in text.AsSpan(stable))
            Append(folded, c);
        return CanonicalNormalization.Compose(folded.ToString());
    }

    /// <summary>The text with its ligatures written as letters, and nothing else changed.</summary>
    public static string WithoutLigatures(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uFB00', '\uFB17'))
            return text;
        var letters = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            _ = Ligature(c) is { } ligature ? letters.Append(ligature) : letters.Append(c);
        return letters.ToString();
    }

    /// <summary>Whether a character is never seen and says nothing: soft hyphens, joiners, marks of direction, variants.</summary>
    public static bool IsInvisible(char c) =>
        c
            is '\u00AD'
                or '\u034F'
                or '\u061C'
                or (>= '\u180B' and <= '\u180F')
                or '\uFEFF'
                or (>= '\u200B' and <= '\u200F')
                or (>= '\u202A' and <= '\u202E')
                or (>= '\u2060' and <= '\u206F')
                or (>= '\uFE00' and <= '\uFE0F');

    // Nothing here folds, composes or is dropped: most texts need no more than a look at each character.
    private static bool IsStable(char c) =>
        c
            is < '\u0300'
                and not '\u00AD'
                or (>= '\u2010' and <= '\u2027')
                or (>= '\u3001' and <= '\u9FFF' and not '\u3099' and not '\u309A');

    private static string? Ligature(char c) =>
        c switch
        {
            >= '\uFB00' and <= '\uFB06' => LatinLigatures[c - '\uFB00'],
            >= '\uFB13' and <= '\uFB17' => ArmenianLigatures[c - '\uFB13'],
            _ => null,
        };

    private static void Append(StringBuilder folded, char c)
    {
        if (IsInvisible(c))
            return;
        _ = c switch
        {
            '\u3000' => folded.Append(' '),
            >= '\uFF01' and <= '\uFF5E' => folded.Append((char)(c - 0xFEE0)),
            >= '\uFF61' and <= '\uFF9F' => folded.Append(HalfWidthForms[c - '\uFF61']),
            _ => Ligature(c) is { } letters ? folded.Append(letters) : folded.Append(c),
        };
    }
}
