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
        if (Array.FindIndex(scores, score => !float.IsFinite(score)) is >= 0 and var bad)
            throw new CrossEncoderException(
                $"'{scorer.Name}' gave a score that is {(float.IsNaN(scores[bad]) ? "not a number" : "infinite")} "
                    + $"(pair {bad + 1} of {expected}). Its weights are probably damaged by a training that diverged: "
                    + "go back to an earlier checkpoint or train with a lower learning rate."
            );
    }
}
