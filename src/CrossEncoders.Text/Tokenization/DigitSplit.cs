using static CrossEncoders.Tokenization.ByteLevelPreTokenizer;

namespace CrossEncoders.Tokenization;

/// <summary>
/// Qwen's splitting: contractions, letters with one sign or blank before them, single digits, other characters with the line ends after
/// them, and white space.
/// </summary>
/// <remarks>The rule is <see cref="Rule"/>; by hand, since .NET's expressions see surrogates where tokenizers sees letters.</remarks>
internal sealed class DigitSplit : PreTokenizer
{
    /// <summary>The expression as the files write it.</summary>
    public const string Rule =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <inheritdoc/>
    public override void Split(string text, List<string> words)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordEnd(text, start);
            words.Add(text[start..end]);
        }
    }

    private static int WordEnd(string text, int start)
    {
        if (ContractionEnd(text, start, StringComparison.OrdinalIgnoreCase) is > 0 and var contraction)
            return contraction;
        var kind = KindAt(text, start, out var width);
        var next = start + width;
        if (kind == Kind.Letter)
            return RunEnd(text, start, Kind.Letter);
        if (kind == Kind.Number)
            return next;
        if (text[start] is not ('\r' or '\n') && next < text.Length && KindAt(text, next, out _) == Kind.Letter)
            return RunEnd(text, next, Kind.Letter);
        if (kind == Kind.Other || (text[start] == ' ' && next < text.Length && KindAt(text, next, out _) == Kind.Other))
            return LineEnds(text, RunEnd(text, kind == Kind.Other ? start : next, Kind.Other));
        var end = RunEnd(text, start, Kind.Space);
        if (text.AsSpan(start, end - start).LastIndexOfAny('\r', '\n') is >= 0 and var line)
            return start + line + 1;
        return end == text.Length || end - start == 1 ? end : end - 1;
    }

    private static int LineEnds(string text, int end)
    {
        while (end < text.Length && text[end] is '\r' or '\n')
            end++;
        return end;
    }
}
