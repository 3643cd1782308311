using System.Buffers;
using System.Globalization;
using System.Text;

namespace CrossEncoders.Tokenization;

/// <summary>A token recognized as written in the text, before the model sees it.</summary>
/// <param name="Content">The token's text.</param>
/// <param name="Id">Its id.</param>
/// <param name="SingleWord">Not recognized inside a word.</param>
/// <param name="StripLeft">Takes the white space before it along.</param>
/// <param name="StripRight">Takes the white space after it along.</param>
/// <param name="Normalized">Looked for in the normalized text rather than in the text as given.</param>
internal sealed record AddedToken(string Content, int Id, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized)
{
    /// <summary>A token found wherever it is written, and nothing around it.</summary>
    public static AddedToken AsWritten(string content, int id) =>
        id is < 0 or int.MaxValue
            ? throw new CrossEncoderException($"the added token '{content}' has the id {id}")
            : new(content, id, SingleWord: false, StripLeft: false, StripRight: false, Normalized: false);
}

/// <summary>Finds added tokens in a text: the leftmost first, the longest of those that start there.</summary>
internal sealed class AddedTokens
{
    private readonly PieceTrie _trie = new();
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<char> _first;

    /// <summary>Creates the finder; tokens with no text are never found.</summary>
    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        foreach (var token in tokens.Where(token => token.Content.Length > 0))
        {
            _trie.Add(token.Content, _tokens.Count);
            _tokens.Add(token);
        }

        _first = SearchValues.Create([.. _tokens.Select(token => token.Content[0]).Distinct()]);
    }

    /// <summary>Cuts a text into added tokens (with an id) and what lies between them (id -1).</summary>
    public IEnumerable<(string Text, int Id)> Split(string text)
    {
        var (start, position) = (0, 0);
        while (true)
        {
            var skipped = text.AsSpan(position).IndexOfAny(_first);
            if (skipped < 0)
                break;
            position += skipped;
            var (index, length) = _trie.LongestPrefix(text.AsSpan(position));
            if (length == 0)
            {
                position++;
                continue;
            }

            var token = _tokens[index];
            var (from, to) = (position, position + length);
            position = to;
            if (token.SingleWord && (IsWordBefore(text, from) || IsWordAt(text, to)))
                continue;
            while (token.StripLeft && from > start && char.IsWhiteSpace(text[from - 1]))
                from--;
            while (token.StripRight && to < text.Length && char.IsWhiteSpace(text[to]))
                to++;
            if (from > start)
                yield return (text[start..from], -1);
            yield return (token.Content, token.Id);

            // As tokenizers does: white space taken along on the right may still be (part of) the next token.
            start = to;
        }

        if (start < text.Length)
            yield return (start == 0 ? text : text[start..], -1);
    }

    private static bool IsWordBefore(string text, int end) =>
        Rune.DecodeLastFromUtf16(text.AsSpan(0, end), out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWordAt(string text, int start) =>
        Rune.DecodeFromUtf16(text.AsSpan(start), out var rune, out _) == OperationStatus.Done && IsWord(rune);

    /// <summary>A word character of Unicode's regular expressions (UTS #18), circled letters and joiners included.</summary>
    private static bool IsWord(Rune rune) =>
        Rune.IsLetter(rune)
        || rune.Value
            is 0x200C
                or 0x200D
                or (>= 0x24B6 and <= 0x24E9)
                or (>= 0x1F130 and <= 0x1F149)
                or (>= 0x1F150 and <= 0x1F169)
                or (>= 0x1F170 and <= 0x1F189)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.LetterNumber
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.ConnectorPunctuation;
}
