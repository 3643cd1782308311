using System.Text;

namespace CrossEncoders.Tokenization;

/// <summary>
/// GPT-2's splitting into contractions, letters, numbers, other characters and white space, each with the space before it, and its
/// spelling of the UTF-8 bytes as visible characters.
/// </summary>
/// <remarks>
/// The rule is <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>; by hand, since .NET's expressions see
/// surrogates where tokenizers sees letters.
/// </remarks>
internal sealed class ByteLevelPreTokenizer(bool prependSpace, bool split) : PreTokenizer
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    private static readonly char[] Spelling = SpellBytes();

    internal enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }

    /// <inheritdoc/>
    public override void Split(string text, List<string> words)
    {
        if (text.Length == 0)
            return;
        if (prependSpace && text[0] != ' ')
            text = $" {text}";
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = split ? WordEnd(text, start) : text.Length;
            words.Add(Spell(text.AsSpan(start, end - start)));
        }
    }

    /// <summary>The 256 bytes as characters: the visible Latin-1 ones as they are, the others from U+0100 on.</summary>
    private static char[] SpellBytes()
    {
        var (spelling, next) = (new char[256], 256);
        for (var value = 0; value < 256; value++)
        {
            var visible = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            spelling[value] = (char)(visible ? value : next++);
        }

        return spelling;
    }

    private static string Spell(ReadOnlySpan<char> word)
    {
        Span<byte> bytes = word.Length <= 64 ? stackalloc byte[64 * 3] : new byte[Encoding.UTF8.GetMaxByteCount(word.Length)];
        bytes = bytes[..Encoding.UTF8.GetBytes(word, bytes)];
        return string.Create(bytes.Length, bytes, static (output, bytes) =>
        {
            for (var i = 0; i < output.Length; i++)
                output[i] = Spelling[bytes[i]];
        });
    }

    private static int WordEnd(string text, int start)
    {
        if (ContractionEnd(text, start, StringComparison.Ordinal) is > 0 and var contraction)
            return contraction;
        var first = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        var kind = KindAt(text, first, out _);
        if (kind != Kind.Space)
            return RunEnd(text, first, kind);
        var end = RunEnd(text, start, Kind.Space);
        return end == text.Length || end - start == 1 ? end : end - 1;
    }

    /// <summary>Where a contraction ends that starts here; 0 where none does.</summary>
    internal static int ContractionEnd(string text, int start, StringComparison comparison) =>
        text[start] == '\'' && Contractions.FirstOrDefault(each => text.AsSpan(start).StartsWith(each, comparison)) is { } found
            ? start + found.Length
            : 0;

    internal static int RunEnd(string text, int start, Kind kind)
    {
        var end = start;
        while (end < text.Length && KindAt(text, end, out var width) == kind)
            end += width;
        return end;
    }

    internal static Kind KindAt(string text, int position, out int width)
    {
        var rune = Rune.GetRuneAt(text, position);
        width = rune.Utf16SequenceLength;
        if (Rune.IsLetter(rune))
            return Kind.Letter;
        if (Rune.IsNumber(rune))
            return Kind.Number;
        return Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other;
    }
}
