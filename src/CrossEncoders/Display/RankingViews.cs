using CrossEncoders.Evaluation;

namespace CrossEncoders.Display;

/// <summary>Tables and bars of a comparison of retrievers.</summary>
public static class RankingViews
{
    /// <summary>Enough for the ends of an interval, and quick for every retriever and metric.</summary>
    private const int Resamples = 1000;

    /// <summary>The means: a row for each slice and retriever, a column for each metric.</summary>
    public static Table ToTable(this RankingComparison comparison) =>
        comparison
            .Means.ToTable(
                60,
                [
                    ("slice", mean => mean.Slice),
                    ("retriever", mean => mean.Retriever),
                    ("questions", mean => mean.Questions),
                    .. comparison.Metrics.Select(metric => (metric, (Func<RankingMean, object?>)(mean => mean.Metrics[metric]))),
                ]
            )
            .With(
                from mean in comparison.Means
                where mean.Slice == RankingComparison.All
                from metric in comparison.Metrics
                select MeanFigure(comparison, mean, metric)
            );

    /// <summary>The differences to each simpler retriever, with their bootstrap intervals.</summary>
    public static Table DifferencesTable(this RankingComparison comparison) =>
        comparison.Differences.ToTable(
            90,
            ("slice", difference => difference.Slice),
            ("metric", difference => difference.Metric),
            ("from", difference => difference.Baseline),
            ("to", difference => difference.Candidate),
            ("difference", difference => difference.Interval.Difference),
            ("low", difference => difference.Interval.Lower),
            ("high", difference => difference.Interval.Upper),
            ("beyond chance", difference => difference.Interval.ExcludesZero ? "yes" : "no")
        );

    /// <summary>The differences in one metric over all questions to one given retriever, with their bootstrap intervals.</summary>
    public static Table DifferencesTable(this RankingComparison comparison, string baseline, string metric)
    {
        var differences = comparison
            .Differences.Where(difference =>
                (difference.Slice, difference.Baseline, difference.Metric) == (RankingComparison.All, baseline, metric)
            )
            .ToArray();
        return differences
            .ToTable(
                40,
                ("to", difference => difference.Candidate),
                (metric, difference => difference.Interval.Difference),
                ("low", difference => difference.Interval.Lower),
                ("high", difference => difference.Interval.Upper),
                ("beyond chance", difference => difference.Interval.ExcludesZero ? "yes" : "no")
            )
            .With(differences.Select(difference => DifferenceFigure(metric, baseline, difference.Candidate, difference.Interval)));
    }

    /// <summary>Verdicts: what is compared, the difference with its interval, and what can be said.</summary>
    public static Table ToTable(this IEnumerable<RankingVerdict> verdicts)
    {
        var all = verdicts.ToArray();
        return all.ToTable(
                40,
                ("from", verdict => verdict.Baseline),
                ("to", verdict => verdict.Candidate),
                ("metric", verdict => verdict.Metric),
                ("difference", verdict => verdict.Interval.Difference),
                ("low", verdict => verdict.Interval.Lower),
                ("high", verdict => verdict.Interval.Upper),
                ("verdict", Words)
            )
            .With(
                all.Select(verdict =>
                    DifferenceFigure(verdict.Metric, verdict.Baseline, verdict.Candidate, verdict.Interval) with
                    {
                        Verdict = Words(verdict),
                        Headline = true,
                    }
                )
            );
    }

    /// <summary>A metric of all retrievers, slice by slice, for <see cref="Charts.Rankings"/>.</summary>
    public static IReadOnlyList<MetricBar> ToBars(this RankingComparison comparison, string metric) =>
        [.. comparison.Means.Select(mean => new MetricBar(mean.Retriever, mean.Slice, mean.Metrics[metric]))];

    /// <summary>
    /// A metric over all questions, for <see cref="Charts.Rankings"/>, where retrievers are called "first stage + re-ranker": for each
    /// first stage a bar of its own and one for each re-ranker behind it.
    /// </summary>
    public static IReadOnlyList<MetricBar> ToStageBars(this RankingComparison comparison, string metric) =>
        [
            .. comparison
                .Means.Where(mean => mean.Slice == RankingComparison.All)
                .Select(mean =>
                    mean.Retriever.Split(" + ", 2) is [var first, var reranker]
                        ? new MetricBar($"+ {reranker}", first, mean.Metrics[metric])
                        : new MetricBar("alone", mean.Retriever, mean.Metrics[metric])
                ),
        ];

    /// <summary>What each retriever gains over the simplest in a metric, with intervals, for <see cref="Charts.Rankings"/>.</summary>
    public static IReadOnlyList<MetricBar> ToUplifts(this RankingComparison comparison, string metric) =>
        [
            .. comparison
                .Differences.Where(difference => difference.Metric == metric && difference.Baseline == comparison.Retrievers[0])
                .Select(difference => new MetricBar(
                    difference.Candidate,
                    difference.Slice,
                    difference.Interval.Difference,
                    difference.Interval.Lower,
                    difference.Interval.Upper
                )),
        ];

    private static string Words(RankingVerdict verdict) =>
        verdict.Outcome switch
        {
            RankingOutcome.Helps => "helps",
            RankingOutcome.Harms => "harms",
            RankingOutcome.DoesNotHelp => "does not help",
            _ => $"too few questions: about {verdict.QuestionsNeeded} needed",
        };

    private static Figure MeanFigure(RankingComparison comparison, RankingMean mean, string metric)
    {
        var values = comparison
            .Rankings.Where(ranking => ranking.Retriever == mean.Retriever)
            .Select(ranking => ranking.Metrics[metric])
            .ToArray();
        var interval = values.Length == 0 ? null : PairedBootstrap.Compare(new double[values.Length], values, Resamples);
        return new($"{metric} of {mean.Retriever}", mean.Metrics[metric], interval?.Lower, interval?.Upper, HigherIsBetter: true);
    }

    private static Figure DifferenceFigure(string metric, string baseline, string candidate, BootstrapInterval interval) =>
        new($"{metric}, {candidate} against {baseline}", interval.Difference, interval.Lower, interval.Upper, HigherIsBetter: true);
}
