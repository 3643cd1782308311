using System.Numerics.Tensors;

namespace CrossEncoders;

/// <summary>What becomes of logits, whatever computed them.</summary>
internal static class PairResults
{
    /// <summary>Scores of logits, in their place. See <c>CrossEncoder.Predict</c>.</summary>
    /// <param name="scores">Logits, (pairs × labels).</param>
    /// <param name="labels">Logits of a pair.</param>
    /// <param name="activation">The function of each.</param>
    /// <param name="softmax">Whether the caller asks for the softmax over several labels.</param>
    /// <param name="asked">Whether the caller asks for the function, too; the softmax is of the logits otherwise.</param>
    public static float[] Predicted(float[] scores, int labels, Func<float, float> activation, bool softmax, bool asked)
    {
        softmax &= labels > 1;
        if (asked || !softmax)
            scores = Array.ConvertAll(scores, x => activation(x));
        if (!softmax)
            return scores;
        for (var start = 0; start < scores.Length; start += labels)
        {
            var row = scores.AsSpan(start, labels);
            TensorPrimitives.SoftMax(row, row);
        }

        return scores;
    }

    /// <summary>Passages by their logit, best first. See <c>CrossEncoder.Rank</c>.</summary>
    public static IReadOnlyList<RankedPassage> Ranked(
        IPassageScorer model,
        int labels,
        Func<float, float> activation,
        string query,
        IReadOnlyList<string> passages,
        int? topK,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(passages);
        if (topK < 1)
            throw new CrossEncoderException($"The best {topK} passages were asked for; expected at least 1, or null for all.");
        if (labels != 1)
            throw new CrossEncoderException($"Ranking needs a model with one label; {model.Name} has {labels}.");
        var logits = model.Score([.. passages.Select(passage => new TextPair(query, passage))], null, cancellation);
        return
        [
            .. Enumerable
                .Range(0, passages.Count)
                .OrderByDescending(i => logits[i])
                .Take(topK ?? passages.Count)
                .Select(i => new RankedPassage(i, activation(logits[i]), passages[i])),
        ];
    }
}
