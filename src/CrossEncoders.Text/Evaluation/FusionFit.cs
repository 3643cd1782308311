using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>How the weights of a fusion are fitted.</summary>
public sealed record FusionFitOptions
{
    /// <summary>How many candidates of the first stage are put in order.</summary>
    public int Depth { get; init; } = 20;

    /// <summary>What the weights are to raise.</summary>
    public RankingMetric Metric { get; init; } = RankingMetric.Ndcg(10);

    /// <summary>The weights that are tried for each scorer.</summary>
    public IReadOnlyList<double> Grid { get; init; } = [0, 0.25, 0.5, 1, 2, 4];

    /// <summary>Parts of the questions: each is ranked with weights that were fitted on the others.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>The share of draws the interval holds.</summary>
    public double Confidence { get; init; } = 0.95;
}

/// <summary>Weights that were fitted on questions, and whether that paid.</summary>
/// <param name="Fusion">The fusion to use: with the fitted weights where they paid, else the one that was given.</param>
/// <param name="Weights">The weights fitted on all questions.</param>
/// <param name="Metric">What they were to raise.</param>
/// <param name="Given">The mean of the metric with the given weights.</param>
/// <param name="Fitted">The mean with fitted weights, each question ranked with weights that it had no part in.</param>
/// <param name="Interval">The difference of the two, question by question.</param>
public sealed record FusionFit(
    Fusion Fusion,
    IReadOnlyList<double> Weights,
    string Metric,
    double Given,
    double Fitted,
    BootstrapInterval Interval
)
{
    /// <summary>
    /// Whether fitted weights are better beyond chance on questions they were not fitted on; never for so few that chance explains
    /// anything (below 6 at a confidence of 0.95).
    /// </summary>
    public bool Paid => Pays(Interval);

    internal static bool Pays(BootstrapInterval interval) => interval.Lower > 0 && interval.Count >= interval.FewestPairs;
}

/// <summary>Fits the weights of fusions.</summary>
public static class FusionFitting
{
    /// <summary>
    /// Fits the weights to questions whose right passages are known: one scorer's weight at a time, as long as the metric rises. Use
    /// questions of their own for it, never those of the final test.
    /// </summary>
    /// <param name="fusion">The scorers, with the weights to start from and to be compared to.</param>
    /// <param name="first">Finds the candidates.</param>
    /// <param name="questions">Questions with their relevant passages; a few hundred.</param>
    /// <param name="options">What is tried and measured; the defaults where null.</param>
    /// <param name="progress">Told of the search and the scoring.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="CrossEncoderException">
    /// Fewer questions than folds, one without a relevant passage, or a grid with weights that no fusion can have.
    /// </exception>
    public static FusionFit FittedOn(
        this Fusion fusion,
        IRetriever first,
        IReadOnlyList<RankingQuestion> questions,
        FusionFitOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Folds, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Depth);
        Fusion.RequireWeights(options.Grid);
        PairedBootstrap.Check(resamples: 1, options.Confidence);
        if (questions.Count < options.Folds)
            throw new CrossEncoderException(
                $"Weights are fitted on questions in {options.Folds} parts, but there are {questions.Count} questions. "
                    + "Add questions, a few hundred at best, or keep the weights as they are."
            );
        RankingComparison.RequireRelevant(questions);
        var candidates = Candidates(fusion, first, questions, options, progress, cancellation);
        var held = new double[candidates.Length];
        for (var fold = 0; fold < options.Folds; fold++)
        {
            var weights = Fit(fusion.Weights, [.. candidates.Where((_, i) => i % options.Folds != fold)], options);
            for (var i = fold; i < held.Length; i += options.Folds)
                held[i] = candidates[i].Measure(weights, options.Metric);
        }

        var given = Array.ConvertAll(candidates, question => question.Measure(fusion.Weights, options.Metric));
        var fitted = Fit(fusion.Weights, candidates, options);
        var interval = PairedBootstrap.Compare(given, held, confidence: options.Confidence);
        return new(
            FusionFit.Pays(interval) ? fusion.Weighted(fitted) : fusion,
            fitted,
            options.Metric.Name,
            given.Average(),
            held.Average(),
            interval
        );
    }

    /// <summary>One weight at a time is moved to the best of the grid, until none can be moved.</summary>
    private static double[] Fit(IReadOnlyList<double> start, Candidate[] questions, FusionFitOptions options)
    {
        double[] weights = [.. start];
        var best = Mean(weights);
        for (var moved = true; moved; )
        {
            moved = false;
            for (var part = 0; part < weights.Length; part++)
                foreach (var weight in options.Grid)
                {
                    double[] tried = [.. weights];
                    tried[part] = weight;
                    if (tried.All(one => one == 0) || Mean(tried) is var mean && !(mean > best + 1e-9))
                        continue;
                    (weights, best, moved) = (tried, mean, true);
                }
        }

        return weights;

        double Mean(double[] of) => questions.Average(question => question.Measure(of, options.Metric));
    }

    private static Candidate[] Candidates(
        Fusion fusion,
        IRetriever first,
        IReadOnlyList<RankingQuestion> questions,
        FusionFitOptions options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        string[] texts = [.. questions.Select(question => question.Text)];
        var found = first.SearchAll(texts, Math.Max(options.Depth, options.Metric.Cutoff), progress, cancellation);
        var pairs = texts
            .Zip(found)
            .SelectMany(query => query.Second.Take(options.Depth).Select(hit => new TextPair(query.First, hit.Passage.Text)))
            .ToList();
        var scores = Enumerable
            .Range(0, fusion.Scorers.Count)
            .Select(part => fusion.PartScores(part, pairs, progress, cancellation))
            .ToArray();
        var candidates = new Candidate[questions.Count];
        for (int i = 0, from = 0; i < candidates.Length; i++)
        {
            var count = Math.Min(options.Depth, found[i].Count);
            var start = from;
            candidates[i] = new(
                [.. found[i].Select(hit => hit.Passage.Id)],
                Array.ConvertAll(scores, part => fusion.Scaled(part[start..(start + count)])),
                questions[i].Relevant
            );
            from += count;
        }

        return candidates;
    }

    /// <summary>
    /// What the first stage found for one question, and the comparable scores of its first candidates, (scorers, candidates).
    /// </summary>
    private sealed record Candidate(string[] Ids, double[][] Scores, IReadOnlyDictionary<string, int> Relevant)
    {
        public double Measure(IReadOnlyList<double> weights, RankingMetric metric)
        {
            var read = Scores[0].Length;
            var sums = new double[read];
            for (var i = 0; i < read; i++)
                sums[i] = -(float)Fusion.Sum(Scores, i, weights);
            int[] order = [.. Enumerable.Range(0, read).OrderBy(i => sums[i])]; // a stable sort
            return metric.Of([.. order.Select(i => Ids[i]), .. Ids.Skip(read)], Relevant);
        }
    }
}
