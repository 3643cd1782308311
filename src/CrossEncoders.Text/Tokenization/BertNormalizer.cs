using System.Globalization;
using System.Text;
using CrossEncoders.Texts;

namespace CrossEncoders.Tokenization;

/// <summary>BERT's cleaning: control characters, white space, Chinese characters, accents, case; each may be switched off.</summary>
internal sealed class BertNormalizer(bool cleanText, bool spaceChinese, bool stripAccents, bool lowerCase) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        if (cleanText || spaceChinese)
            text = Clean(text);
        if (stripAccents)
            text = WithoutAccents(text);
        return lowerCase ? Lower(text) : text;
    }

    /// <summary>Lower case, character by character, independent of language and context.</summary>
    public static string Lower(string text)
    {
        text = text.ToLowerInvariant();
        // The only character whose lower case is two characters, which .NET therefore leaves alone.
        return text.Contains('\u0130') ? text.Replace("\u0130", "i\u0307", StringComparison.Ordinal) : text;
    }

    /// <summary>Decomposes a text and drops its non-spacing marks.</summary>
    public static string WithoutAccents(string text)
    {
        text = CanonicalNormalization.Decompose(text);
        if (!text.AsSpan().ContainsAnyInRange('\u0300', char.MaxValue))
            return text;
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (UnicodeCategories.Of(rune) != UnicodeCategory.NonSpacingMark)
                output.Append(rune);
        }

        return output.ToString();
    }

    private string Clean(string text)
    {
        var output = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleanText && IsDropped(rune))
                continue;
            if (cleanText && Rune.IsWhiteSpace(rune))
                output.Append(' ');
            else if (spaceChinese && IsChinese(rune.Value))
                output.Append(' ').Append(rune).Append(' ');
            else
                output.Append(rune);
        }

        return output.ToString();
    }

    private static bool IsDropped(Rune rune) =>
        rune.Value is 0 or 0xFFFD
        || (
            rune.Value is not ('\t' or '\n' or '\r')
            && UnicodeCategories.Of(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
        );

    private static bool IsChinese(int rune) =>
        rune
            is (>= 0x4E00 and <= 0x9FFF)
                or (>= 0x3400 and <= 0x4DBF)
                or (>= 0x20000 and <= 0x2A6DF)
                or (>= 0x2A700 and <= 0x2B73F)
                or (>= 0x2B740 and <= 0x2B81F)
                or (>= 0x2B920 and <= 0x2CEAF)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0x2F800 and <= 0x2FA1F);
}
