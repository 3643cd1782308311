namespace CrossEncoders.Tokenization;

/// <summary>Sorts texts by length into batches, so that little padding is computed.</summary>
internal static class TokenBatches
{
    /// <summary>
    /// Batches of positions into <paramref name="texts"/>, longest first, so that a batch that does not fit in memory fails at once.
    /// </summary>
    /// <param name="texts">The tokenized texts.</param>
    /// <param name="maxTexts">The most texts a batch may hold.</param>
    /// <param name="maxTokens">The most tokens a batch may hold, padding included.</param>
    public static List<int[]> ByLength(IReadOnlyList<TokenizedText> texts, int maxTexts, int maxTokens)
    {
        var order = Enumerable.Range(0, texts.Count).OrderByDescending(i => texts[i].Ids.Length).ToArray();
        var batches = new List<int[]>();
        for (var start = 0; start < order.Length; )
        {
            var length = Math.Max(1, texts[order[start]].Ids.Length);
            var count = Math.Min(Math.Clamp(maxTokens / length, 1, maxTexts), order.Length - start);
            batches.Add(order[start..(start + count)]);
            start += count;
        }

        return batches;
    }
}
