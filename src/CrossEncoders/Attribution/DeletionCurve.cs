using CrossEncoders.Evaluation;

namespace CrossEncoders.Attribution;

/// <summary>What scores lose on average when a share of each passage's words is deleted.</summary>
/// <param name="Share">The share of words that is gone.</param>
/// <param name="Top">Logits lost without the words that weigh most.</param>
/// <param name="Random">Logits lost without as many words drawn at random.</param>
public sealed record DeletionStep(double Share, double Top, double Random);

/// <summary>
/// Whether weights are faithful: without the words that they call important, the score must fall faster than without words drawn at random.
/// </summary>
/// <remarks>
/// The area of Samek et al. 2017 (arXiv:1509.06321) between the two curves, which DeYoung et al. 2020 (arXiv:1911.03429) call
/// comprehensiveness, here against chance and with an interval over the pairs. Use pairs that belong together: a score that is low already
/// has little to lose.
/// </remarks>
/// <param name="Method">The method that was tested.</param>
/// <param name="Pairs">How many pairs there were.</param>
/// <param name="Steps">The curve.</param>
/// <param name="Advantage">The mean of <c>Top - Random</c> over the steps, and how far chance in the pairs may move it.</param>
public sealed record DeletionCurve(AttributionMethod Method, int Pairs, IReadOnlyList<DeletionStep> Steps, BootstrapInterval Advantage)
{
    /// <summary>Deletes words of passages and looks what their scores lose.</summary>
    /// <param name="model">The model; it needs one label.</param>
    /// <param name="pairs">Queries with passages that answer them.</param>
    /// <param name="method">The method to test.</param>
    /// <param name="shares">The shares of words to delete; null for a tenth to a half.</param>
    /// <param name="draws">How many random orders each pair gets.</param>
    /// <param name="seed">Seed of the draws; the same seed gives the same figures.</param>
    /// <param name="progress">Receives the number of pairs done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CrossEncoderException">There are no pairs, a share is none, or a pair cannot be explained.</exception>
    public static DeletionCurve Measure(
        CrossEncoder model,
        IReadOnlyList<TextPair> pairs,
        AttributionMethod method = AttributionMethod.Occlusion,
        IReadOnlyList<double>? shares = null,
        int draws = 4,
        int seed = 2024,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        shares ??= [0.1, 0.2, 0.3, 0.4, 0.5];
        if (pairs.Count == 0 || shares.Count == 0 || shares.Any(share => !(share is > 0 and <= 1)))
            throw new CrossEncoderException(
                $"{pairs.Count} pairs and the shares {string.Join(", ", shares)}; expected at least one pair, and shares above 0 up to 1."
            );
        var (top, chance) = (new double[pairs.Count][], new double[pairs.Count][]);
        foreach (var (i, pair) in pairs.Index())
        {
            (top[i], chance[i]) = Drops(
                model,
                model.Words(pair),
                method,
                shares,
                draws,
                SplitMix64.Mix((ulong)seed + (ulong)i),
                cancellation
            );
            progress?.Report(new("deleting words", i + 1, pairs.Count));
        }

        return new(
            method,
            pairs.Count,
            [.. shares.Select((share, s) => new DeletionStep(share, top.Average(drops => drops[s]), chance.Average(drops => drops[s])))],
            PairedBootstrap.Compare([.. chance.Select(drops => drops.Average())], [.. top.Select(drops => drops.Average())], seed: seed)
        );
    }

    /// <summary>What one pair's logit loses, a number a share: by weight, and the mean of random orders.</summary>
    private static (double[] Top, double[] Random) Drops(
        CrossEncoder model,
        PairWords words,
        AttributionMethod method,
        IReadOnlyList<double> shares,
        int draws,
        ulong seed,
        CancellationToken cancellation
    )
    {
        var (logit, weights) = ScoreExplanations.Weigh(model, words, method, cancellation);
        var random = new SplitMix64(seed);
        List<WordTokens[]> orders =
        [
            [.. words.Passage.Zip(weights.Skip(words.Query.Count)).OrderByDescending(word => word.Second).Select(word => word.First)],
        ];
        for (var draw = 0; draw < draws; draw++)
            orders.Add(Shuffled([.. words.Passage], ref random));
        var texts = from order in orders from share in shares select words.Without([], order.Take((int)Math.Ceiling(share * order.Length)));
        var logits = model.ScoreTokens([.. texts], cancellation);
        double Drop(int order, int share) => logit - logits[order * shares.Count + share];
        return (
            [.. shares.Select((_, share) => Drop(0, share))],
            [.. shares.Select((_, share) => Enumerable.Range(1, draws).Average(order => Drop(order, share)))]
        );
    }

    private static WordTokens[] Shuffled(WordTokens[] words, ref SplitMix64 random)
    {
        for (var i = words.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (words[i], words[j]) = (words[j], words[i]);
        }

        return words;
    }
}
