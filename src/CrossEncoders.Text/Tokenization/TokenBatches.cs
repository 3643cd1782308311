namespace CrossEncoders.Tokenization;

/// <summary>Sorts texts by length into batches, so that little padding is computed.</summary>
internal static class TokenBatches
{
    private const int CachedTokens = 2048; // their states stay in a core's cache from one operation to the next

    /// <summary>
    /// Batches of positions into <paramref name="texts"/>, longest first, so that a batch that does not fit in memory fails at once.
    /// </summary>
    /// <param name="texts">The tokenized texts.</param>
    /// <param name="maxTexts">The most texts a batch may hold.</param>
    /// <param name="maxTokens">The most tokens a batch may hold, padding included.</param>
    /// <param name="forCores">
    /// Whether each is computed by one core: batches that stay in its cache, an even number of about the same size, however many cores.
    /// </param>
    public static List<int[]> ByLength(IReadOnlyList<TokenizedText> texts, int maxTexts, int maxTokens, bool forCores = false)
    {
        var order = Enumerable.Range(0, texts.Count).OrderByDescending(i => texts[i].Ids.Length).ToArray();
        var batches = new List<int[]>();
        var share = forCores ? Share(texts.Sum(text => (long)text.Ids.Length)) : double.PositiveInfinity;
        var read = 0L; // tokens of the texts that are in batches
        for (var start = 0; start < order.Length; )
        {
            var length = Math.Max(1, texts[order[start]].Ids.Length);
            var most = Math.Min(Math.Clamp(maxTokens / length, 1, maxTexts), order.Length - start);
            var end = share * (batches.Count + 1);
            var count = 0;
            for (; count < most && (count == 0 || read + texts[order[start + count]].Ids.Length / 2.0 <= end); count++)
                read += texts[order[start + count]].Ids.Length;
            batches.Add(order[start..(start + count)]);
            start += count;
        }

        return batches;
    }

    private static double Share(long tokens) =>
        tokens <= CachedTokens / 2 ? double.PositiveInfinity : tokens / (2 * Math.Ceiling(tokens / (2.0 * CachedTokens)));
}
