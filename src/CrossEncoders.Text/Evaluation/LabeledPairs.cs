using CrossEncoders.Examples;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>What the evaluators that compare scores with labels have in common.</summary>
internal static class LabeledPairs
{
    /// <summary>Pairs and labels of the examples, in their order.</summary>
    public static (TextPair[] Pairs, float[] Labels) Of(IReadOnlyList<InputExample> examples, string evaluator)
    {
        if (examples.Count == 0)
            throw new CrossEncoderException(
                $"{evaluator} needs examples to evaluate on, but got none. Give validation data a share of the split."
            );
        for (var i = 0; i < examples.Count; i++)
            if (!float.IsFinite(examples[i].Label))
                throw new CrossEncoderException(
                    $"{evaluator} needs a number for every label, but example {i + 1} has {examples[i].Label}."
                );
        return ([.. examples.Select(example => example.Pair)], [.. examples.Select(example => example.Label)]);
    }

    /// <summary>One finite logit for each pair: what is not a number has no place in any order, and would rank as it happens.</summary>
    public static float[] Score(IPassageScorer scorer, TextPair[] pairs, CancellationToken cancellation)
    {
        var logits = scorer.Score(pairs, progress: null, cancellation);
        if (logits.Length != pairs.Length)
            throw new CrossEncoderException(
                $"This evaluator needs one score for each pair, but '{scorer.Name}' gave {logits.Length} for {pairs.Length}."
                    + (
                        logits.Length > 0 && logits.Length % pairs.Length == 0
                            ? $" A model with several labels is evaluated by {nameof(SoftmaxAccuracyEvaluator)}."
                            : ""
                    )
            );
        ScoreList.RequireFinite(scorer, logits, pairs.Length);
        return logits;
    }

    /// <summary>Sigmoids of logits, in 64 bits so that large logits do not all become 1.</summary>
    public static double[] Probabilities(float[] logits) => Array.ConvertAll(logits, logit => Logistic.Sigmoid(logit));
}
