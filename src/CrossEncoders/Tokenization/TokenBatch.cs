namespace CrossEncoders.Tokenization;

/// <summary>Sequences padded on the right to the length of the longest.</summary>
/// <param name="Ids">Token ids, (batch, sequence).</param>
/// <param name="AttentionMask">1 for a token, 0 for padding, (batch, sequence).</param>
/// <param name="TypeIds">Token types, 0 for padding, (batch, sequence).</param>
public sealed record TokenBatch(long[,] Ids, long[,] AttentionMask, long[,] TypeIds)
{
    /// <summary>Pads sequences into one batch.</summary>
    /// <param name="texts">The sequences.</param>
    /// <param name="paddingId">See <see cref="TextTokenizer.PaddingId"/>.</param>
    public static TokenBatch Pad(IReadOnlyList<TokenizedText> texts, int paddingId)
    {
        var length = texts.Select(text => text.Ids.Length).DefaultIfEmpty().Max();
        var (ids, mask, typeIds) = (new long[texts.Count, length], new long[texts.Count, length], new long[texts.Count, length]);
        for (var i = 0; i < texts.Count; i++)
        {
            for (var j = 0; j < length; j++)
            {
                var isToken = j < texts[i].Ids.Length;
                ids[i, j] = isToken ? texts[i].Ids[j] : paddingId;
                mask[i, j] = isToken ? 1 : 0;
                typeIds[i, j] = isToken ? texts[i].TypeIds[j] : 0;
            }
        }

        return new TokenBatch(ids, mask, typeIds);
    }
}
