using System.Globalization;
using System.Text;

namespace CrossEncoders.Tokenization;

/// <summary>Splits at white space, which is dropped, and around every punctuation character.</summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(string text, List<string> words)
    {
        var start = 0;
        for (int i = 0, width; i < text.Length; i += width)
        {
            var rune = Rune.GetRuneAt(text, i);
            width = rune.Utf16SequenceLength;
            var space = Rune.IsWhiteSpace(rune);
            if (!space && !IsPunctuation(rune))
                continue;
            if (i > start)
                words.Add(text[start..i]);
            if (!space)
                words.Add(text.Substring(i, width));
            start = i + width;
        }

        if (start < text.Length)
            words.Add(start == 0 ? text : text[start..]);
    }

    /// <summary>All ASCII symbols count, as <c>$</c> and <c>^</c>; beyond ASCII what Unicode calls punctuation.</summary>
    public static bool IsPunctuation(Rune rune) =>
        rune.IsAscii
            ? rune.Value is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
            : UnicodeCategories.Of(rune)
                is UnicodeCategory.ConnectorPunctuation
                    or UnicodeCategory.DashPunctuation
                    or UnicodeCategory.OpenPunctuation
                    or UnicodeCategory.ClosePunctuation
                    or UnicodeCategory.InitialQuotePunctuation
                    or UnicodeCategory.FinalQuotePunctuation
                    or UnicodeCategory.OtherPunctuation;
}
