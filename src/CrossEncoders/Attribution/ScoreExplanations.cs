using CrossEncoders.Tokenization;

namespace CrossEncoders.Attribution;

/// <summary>Takes scores apart: <c>reranker.Explain(question, passage)</c>.</summary>
public static class ScoreExplanations
{
    /// <summary>The share that each word of a query and a passage has in their score.</summary>
    /// <remarks>
    /// A word is a run of letters and digits, whatever pieces the tokenizer makes of it, or a sign; of Chinese text, which has no blanks,
    /// what the tokenizer reads as one piece: a word or a character. A prompt before the query is read but has no share of its own.
    /// </remarks>
    /// <param name="model">The model, of any architecture; it needs one label.</param>
    /// <param name="query">The query.</param>
    /// <param name="passage">The passage; with the query not longer than the model reads.</param>
    /// <param name="method">How; by default what the score loses without each word.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CrossEncoderException">
    /// The model has several labels, a text is null, or the pair is longer than the model reads.
    /// </exception>
    public static ScoreExplanation Explain(
        this CrossEncoder model,
        string query,
        string passage,
        AttributionMethod method = AttributionMethod.Occlusion,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        var words = model.Words(new(query, passage));
        var (logit, weights) = Weigh(model, words, method, cancellation);
        var queryWords = words.Query.Count;
        return new(
            query,
            passage,
            logit,
            method,
            Named(query, words.Query, weights.AsSpan(0, queryWords)),
            Named(passage, words.Passage, weights.AsSpan(queryWords))
        );
    }

    /// <summary>The logit, and the weights of the query's words and then of the passage's.</summary>
    internal static (float Logit, float[] Weights) Weigh(
        CrossEncoder model,
        PairWords words,
        AttributionMethod method,
        CancellationToken cancellation = default
    ) =>
        method switch
        {
            AttributionMethod.Occlusion => Occlude(words, texts => model.ScoreTokens(texts, cancellation)),
            AttributionMethod.GradientTimesInput => (
                model.ScoreTokens([words.Whole], cancellation)[0],
                OfTokens(words, model.GradientTimesInput(words.Whole))
            ),
            _ => throw new CrossEncoderException($"There is no method of attribution {method}."),
        };

    /// <summary>What a score loses without each word.</summary>
    internal static (float Logit, float[] Weights) Occlude(PairWords words, Func<IReadOnlyList<TokenizedText>, float[]> score)
    {
        var logits = score([
            words.Whole,
            .. words.Query.Select(word => words.Without([word], [])),
            .. words.Passage.Select(word => words.Without([], [word])),
        ]);
        return (logits[0], [.. logits.Skip(1).Select(without => logits[0] - without)]);
    }

    /// <summary>Sums over the tokens of each word.</summary>
    internal static float[] OfTokens(PairWords words, float[] tokens) =>
        [
            .. words.Query.Select(word => tokens.AsSpan(words.QueryAt + word.First, word.Tokens).ToArray().Sum()),
            .. words.Passage.Select(word => tokens.AsSpan(words.PassageAt + word.First, word.Tokens).ToArray().Sum()),
        ];

    private static WordWeight[] Named(string text, IReadOnlyList<WordTokens> words, ReadOnlySpan<float> weights)
    {
        var named = new WordWeight[words.Count];
        for (var i = 0; i < named.Length; i++)
            named[i] = new(text.Substring(words[i].Start, words[i].Length), words[i].Start, weights[i]);
        return named;
    }
}
