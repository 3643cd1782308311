namespace CrossEncoders.Tokenization;

/// <summary>Sequences padded on the right to the length of the longest, row by row.</summary>
/// <param name="Texts">The number of rows.</param>
/// <param name="Length">Tokens of a row, padding included.</param>
/// <param name="Ids">Token ids, (batch × sequence).</param>
/// <param name="TypeIds">Token types, 0 for padding, (batch × sequence).</param>
/// <param name="Mask">True for a token that is attended to, false for padding, (batch × sequence).</param>
internal sealed record TokenBatch(int Texts, int Length, long[] Ids, long[] TypeIds, bool[] Mask)
{
    /// <summary>Pads sequences into one batch.</summary>
    /// <param name="texts">The sequences.</param>
    /// <param name="paddingId">See <see cref="TextTokenizer.PaddingId"/>.</param>
    public static TokenBatch Pad(IReadOnlyList<TokenizedText> texts, int paddingId)
    {
        var width = texts.Select(text => text.Ids.Length).DefaultIfEmpty().Max();
        var (ids, types, mask) = (new long[texts.Count * width], new long[texts.Count * width], new bool[texts.Count * width]);
        Array.Fill(ids, paddingId);
        for (var row = 0; row < texts.Count; row++)
        {
            for (var column = 0; column < texts[row].Ids.Length; column++)
            {
                ids[row * width + column] = texts[row].Ids[column];
                types[row * width + column] = texts[row].TypeIds[column];
                mask[row * width + column] = column < texts[row].Ids.Length - texts[row].Unattended;
            }
        }

        return new(texts.Count, width, ids, types, mask);
    }
}
