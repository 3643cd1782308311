using CrossEncoders.Retrieval;

namespace CrossEncoders.Integration;

/// <summary>A scorer called from asynchronous code.</summary>
internal static class ScorerCalls
{
    /// <summary>The logits of texts for a query, computed on a thread of the pool; none of no texts.</summary>
    public static async Task<float[]> ScoreAsync(
        this IPassageScorer scorer,
        string query,
        IEnumerable<string> texts,
        CancellationToken cancellation
    )
    {
        TextPair[] pairs = [.. texts.Select(text => new TextPair(query, text))];
        if (pairs.Length == 0)
            return [];
        var logits = await Task.Run(() => scorer.Score(pairs, null, cancellation), cancellation).ConfigureAwait(false);
        ScoreList.Require(scorer, logits, pairs.Length);
        return logits;
    }
}
