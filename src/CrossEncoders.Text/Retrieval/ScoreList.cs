namespace CrossEncoders.Retrieval;

/// <summary>What everything that orders by scores demands of them.</summary>
internal static class ScoreList
{
    /// <summary>Refuses scores that are too few or too many, or not finite.</summary>
    public static void Require(IPassageScorer scorer, float[] scores, int expected)
    {
        if (scores.Length != expected)
            throw new CrossEncoderException(
                $"A scorer must give one score for each pair, but '{scorer.Name}' gave {scores.Length} for {expected}."
            );
        RequireFinite(scorer, scores, expected);
    }

    /// <summary>Refuses scores that are not finite; a pair may have several.</summary>
    public static void RequireFinite(IPassageScorer scorer, float[] scores, int pairs)
    {
        if (Array.FindIndex(scores, score => !float.IsFinite(score)) is >= 0 and var bad)
            throw new CrossEncoderException(
                $"'{scorer.Name}' gave a score that is {(float.IsNaN(scores[bad]) ? "not a number" : "infinite")} "
                    + $"(pair {bad / (scores.Length / pairs) + 1} of {pairs}). "
                    + "Its weights are probably damaged by a training that diverged: go back to an earlier checkpoint "
                    + "or train with a lower learning rate."
            );
    }
}
