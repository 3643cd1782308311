using System.Runtime.InteropServices;

namespace CrossEncoders.Tokenization;

/// <summary>
/// How much of a text each of its tokens covers, in characters of the normalized text (of byte-level tokenizers: in bytes); blanks, which
/// some tokens carry and others do not, count nothing. So the widths of a text's words add up to those of its tokens.
/// </summary>
internal static class TokenWidths
{
    /// <summary>The width of a piece or word as the models see it.</summary>
    public static int Of(ReadOnlySpan<char> piece)
    {
        var width = 0;
        foreach (var c in piece)
            width += IsBlank(c) ? 0 : 1;
        return width;
    }

    /// <summary>The width of every piece of a vocabulary, by its id; -1 where none has the id.</summary>
    /// <param name="pieces">Pieces with their ids.</param>
    /// <param name="size">One more than the largest id.</param>
    /// <param name="unknownId">The token that stands for what no piece has: its width depends on the text.</param>
    /// <param name="prefix">What the pieces inside a word start with.</param>
    public static int[] OfPieces(IEnumerable<(string Piece, int Id)> pieces, int size, int unknownId, string prefix = "")
    {
        var widths = new int[size];
        Array.Fill(widths, -1);
        foreach (var (piece, id) in pieces)
            widths[id] = Of(
                piece.Length > prefix.Length && piece.StartsWith(prefix, StringComparison.Ordinal) ? piece[prefix.Length..] : piece
            );
        if (unknownId >= 0)
            widths[unknownId] = -1;
        return widths;
    }

    /// <summary>The widths of the tokens of one word; unknown ones share what the others leave.</summary>
    public static void Add(TokenModel model, string word, List<int> tokens, int first, List<int> widths)
    {
        var start = widths.Count;
        foreach (var id in CollectionsMarshal.AsSpan(tokens)[first..])
            widths.Add(model.Width(id));
        var own = CollectionsMarshal.AsSpan(widths)[start..];
        var (rest, unknown) = (Of(word), own.Count(-1));
        foreach (var width in own)
            rest -= Math.Max(width, 0);
        for (var i = 0; i < own.Length; i++)
        {
            if (own[i] < 0)
                rest -= own[i] = Math.Max(rest, 0) / unknown--;
        }
    }

    // White space, SentencePiece's mark for it, and how byte-level tokenizers spell blank, tab and line ends.
    private static bool IsBlank(char c) => c is '\u2581' or '\u0120' or '\u0109' or '\u010A' or '\u010D' || char.IsWhiteSpace(c);
}
