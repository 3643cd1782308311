using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>What a comparison measures.</summary>
public sealed record RankingComparisonOptions
{
    /// <summary>The measures, the most important first. The largest cutoff among them is how deep every retriever is asked.</summary>
    public IReadOnlyList<RankingMetric> Metrics { get; init; } =
    [RankingMetric.Mrr(10), RankingMetric.Ndcg(10), RankingMetric.Recall(1), RankingMetric.Recall(10), RankingMetric.Recall(50)];

    /// <summary>Draws of the bootstrap behind every interval.</summary>
    public int Resamples { get; init; } = 10_000;

    /// <summary>The share of draws an interval holds.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Seed of the bootstrap.</summary>
    public int Seed { get; init; } = 2024;
}

/// <summary>What one retriever did for one question.</summary>
/// <param name="Question">The question.</param>
/// <param name="Retriever">The retriever's name.</param>
/// <param name="Hits">What it found, best first.</param>
/// <param name="Metrics">Metric → value.</param>
public sealed record QueryRanking(
    RankingQuestion Question,
    string Retriever,
    IReadOnlyList<Hit> Hits,
    IReadOnlyDictionary<string, double> Metrics
);

/// <summary>The means of one retriever over a slice of the questions.</summary>
/// <param name="Slice">The slice, or <see cref="RankingComparison.All"/>.</param>
/// <param name="Retriever">The retriever's name.</param>
/// <param name="Questions">How many questions the slice has.</param>
/// <param name="Metrics">Metric → mean.</param>
public sealed record RankingMean(string Slice, string Retriever, int Questions, IReadOnlyDictionary<string, double> Metrics);

/// <summary>How much better one retriever is than another on a slice.</summary>
/// <param name="Slice">The slice, or <see cref="RankingComparison.All"/>.</param>
/// <param name="Baseline">The retriever compared to.</param>
/// <param name="Candidate">The retriever that should be better.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Interval">The mean difference, candidate − baseline, with its interval.</param>
public sealed record RankingDifference(string Slice, string Baseline, string Candidate, string Metric, BootstrapInterval Interval);

/// <summary>
/// Several retrievers on the same questions: every ranking, the means overall and by slice, and the difference of every retriever to each
/// one named before it, with a paired bootstrap interval.
/// </summary>
/// <param name="Retrievers">The names, in the order given.</param>
/// <param name="Metrics">The names of the metrics, in the order of the options.</param>
/// <param name="Slices"><see cref="All"/> and, where there are several, the slices in order of appearance.</param>
/// <param name="Rankings">One for each retriever and question, retriever by retriever.</param>
/// <param name="Means">One for each slice and retriever.</param>
/// <param name="Differences">One for each slice, pair of retrievers and metric.</param>
public sealed record RankingComparison(
    IReadOnlyList<string> Retrievers,
    IReadOnlyList<string> Metrics,
    IReadOnlyList<string> Slices,
    IReadOnlyList<QueryRanking> Rankings,
    IReadOnlyList<RankingMean> Means,
    IReadOnlyList<RankingDifference> Differences
)
{
    /// <summary>The name of the slice that holds all questions.</summary>
    public const string All = "all";

    /// <summary>Compares retrievers by the usual measures.</summary>
    /// <inheritdoc cref="Run"/>
    public static RankingComparison Of(IReadOnlyList<RankingQuestion> questions, params IReadOnlyList<IRetriever> retrievers) =>
        Run(questions, retrievers);

    /// <summary>Asks every retriever every question and measures the answers.</summary>
    /// <param name="questions">Questions with their relevant passages.</param>
    /// <param name="retrievers">The retrievers, the simplest first: each is compared to those before it.</param>
    /// <param name="options">Measures and bootstrap; the usual ones where null.</param>
    /// <param name="progress">Told of each retriever's work.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="CrossEncoderException">
    /// No questions or retrievers, names or ids that come twice, a slice called <see cref="All"/> beside others, a question without a
    /// relevant passage, or a retriever that finds a passage twice for a question.
    /// </exception>
    public static RankingComparison Run(
        IReadOnlyList<RankingQuestion> questions,
        IReadOnlyList<IRetriever> retrievers,
        RankingComparisonOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new RankingComparisonOptions();
        Check(questions, retrievers, options);
        var depth = options.Metrics.Max(metric => metric.Cutoff);
        var asked = depth + (questions.Any(question => question.IsPassage) ? 1 : 0); // one more where one may not count
        var texts = questions.Select(question => question.Text).ToArray();
        var rankings = new Dictionary<string, QueryRanking[]>();
        foreach (var retriever in retrievers)
        {
            var found = retriever.SearchAll(texts, asked, progress, cancellation);
            rankings[retriever.Name] = Measured(retriever, found, depth, questions, options);
        }

        string[] retrieverNames = [.. retrievers.Select(retriever => retriever.Name)];
        string[] metricNames = [.. options.Metrics.Select(metric => metric.Name)];
        string[] kinds = [.. questions.Select(question => question.Slice).Distinct()];
        string[] slices = kinds.Length > 1 ? [All, .. kinds] : [All];
        var means = new List<RankingMean>();
        var differences = new List<RankingDifference>();
        foreach (var slice in slices)
        {
            var members = Enumerable.Range(0, questions.Count).Where(i => slice == All || questions[i].Slice == slice).ToArray();
            double[] Values(string retriever, string metric) => Array.ConvertAll(members, i => rankings[retriever][i].Metrics[metric]);
            foreach (var name in retrieverNames)
            {
                var values = metricNames.ToDictionary(metric => metric, metric => Values(name, metric).Average());
                means.Add(new RankingMean(slice, name, members.Length, values));
            }
            differences.AddRange(Differ(slice, retrieverNames, metricNames, Values, options));
        }
        var all = retrieverNames.SelectMany(name => rankings[name]).ToList();
        return new RankingComparison(retrieverNames, metricNames, slices, all, means, differences);
    }

    /// <summary>The difference of every retriever to each one before it.</summary>
    private static IEnumerable<RankingDifference> Differ(
        string slice,
        string[] retrievers,
        string[] metrics,
        Func<string, string, double[]> values,
        RankingComparisonOptions options
    ) =>
        from candidate in Enumerable.Range(1, retrievers.Length - 1)
        from baseline in Enumerable.Range(0, candidate)
        from metric in metrics
        select new RankingDifference(
            slice,
            retrievers[baseline],
            retrievers[candidate],
            metric,
            PairedBootstrap.Compare(
                values(retrievers[baseline], metric),
                values(retrievers[candidate], metric),
                options.Resamples,
                options.Confidence,
                options.Seed
            )
        );

    /// <summary>The mean of a metric for a retriever.</summary>
    /// <exception cref="CrossEncoderException">No such retriever, metric or slice.</exception>
    public double Mean(string retriever, string metric, string slice = All) =>
        Means.FirstOrDefault(mean => mean.Slice == slice && mean.Retriever == retriever) is { } mean
        && mean.Metrics.TryGetValue(metric, out var value)
            ? value
            : throw Unknown($"'{metric}' of '{retriever}' on '{slice}'");

    /// <summary>The difference of two retrievers in a metric.</summary>
    /// <exception cref="CrossEncoderException">No such pair (the baseline stands before the candidate), metric or slice.</exception>
    public BootstrapInterval Difference(string baseline, string candidate, string metric, string slice = All) =>
        Differences
            .FirstOrDefault(difference =>
                (difference.Slice, difference.Baseline, difference.Candidate, difference.Metric) == (slice, baseline, candidate, metric)
            )
            ?.Interval
        ?? throw Unknown($"'{metric}' of '{candidate}' against '{baseline}' on '{slice}'");

    private CrossEncoderException Unknown(string what) =>
        new(
            $"This comparison has no {what}. Its retrievers: {string.Join(", ", Retrievers)}; "
                + $"metrics: {string.Join(", ", Metrics)}; slices: "
                + $"{string.Join(", ", Slices)}."
        );

    private static QueryRanking[] Measured(
        IRetriever retriever,
        IReadOnlyList<IReadOnlyList<Hit>> results,
        int depth,
        IReadOnlyList<RankingQuestion> questions,
        RankingComparisonOptions options
    )
    {
        var rankings = new QueryRanking[questions.Count];
        for (var i = 0; i < rankings.Length; i++)
        {
            var question = questions[i];
            Hit[] hits = [.. results[i].Where(hit => !question.IsPassage || hit.Passage.Id != question.Id).Take(depth)];
            string[] ids = [.. hits.Select(hit => hit.Passage.Id)];
            if (ids.CountBy(id => id).FirstOrDefault(count => count.Value > 1).Key is { } twice)
                throw new CrossEncoderException(
                    $"'{retriever.Name}' found passage '{twice}' more than once for question '{question.Id}', and each time would count. "
                        + "Expected each once: give every passage an id of its own, or leave out what comes again."
                );
            rankings[i] = new QueryRanking(
                question,
                retriever.Name,
                hits,
                options.Metrics.ToDictionary(metric => metric.Name, metric => metric.Of(ids, question.Relevant))
            );
        }
        return rankings;
    }

    private static void Check(
        IReadOnlyList<RankingQuestion> questions,
        IReadOnlyList<IRetriever> retrievers,
        RankingComparisonOptions options
    )
    {
        if (questions.Count == 0 || retrievers.Count == 0 || options.Metrics.Count == 0)
            throw new CrossEncoderException(
                $"A comparison needs questions, retrievers and metrics, but got "
                    + $"{questions.Count}, {retrievers.Count} and {options.Metrics.Count}."
            );
        if (retrievers.CountBy(retriever => retriever.Name).FirstOrDefault(count => count.Value > 1).Key is { } name)
            throw new CrossEncoderException(
                $"Two retrievers are called '{name}', so their results could not be told apart. Give one another name."
            );
        PairedBootstrap.Check(options.Resamples, options.Confidence);
        if (options.Metrics.CountBy(each => each.Name).FirstOrDefault(count => count.Value > 1).Key is { } metric)
            throw new CrossEncoderException($"The metric '{metric}' comes more than once. Name it once.");
        if (questions.FirstOrDefault(each => each.Slice == All) is { } sliced && questions.Any(each => each.Slice != All))
            throw new CrossEncoderException(
                $"Question '{sliced.Id}' is of a slice '{All}', which is the name for all questions. Give the slice another name."
            );
        if (questions.CountBy(question => question.Id).FirstOrDefault(count => count.Value > 1).Key is { } id)
            throw new CrossEncoderException($"Question ids must be unique, but '{id}' comes more than once.");
        RequireRelevant(questions);
    }

    internal static void RequireRelevant(IReadOnlyList<RankingQuestion> questions)
    {
        if (questions.FirstOrDefault(each => !each.Relevant.Values.Any(grade => grade > 0)) is { } question)
            throw new CrossEncoderException(
                $"Question '{question.Id}' has no relevant passage, so nothing could rank well for it. "
                    + "Leave it out or name the passages that answer it."
            );
    }
}
