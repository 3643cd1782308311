using CrossEncoders.Evaluation;

namespace CrossEncoders.Display;

/// <summary>Tables and bars of a comparison of retrievers.</summary>
public static class RankingViews
{
    /// <summary>The means: a row for each slice and retriever, a column for each metric.</summary>
    public static Table ToTable(this RankingComparison comparison) =>
        comparison.Means.ToTable(
            60,
            [
                ("slice", mean => mean.Slice),
                ("retriever", mean => mean.Retriever),
                ("questions", mean => mean.Questions),
                .. comparison.Metrics.Select(metric => (metric, (Func<RankingMean, object?>)(mean => mean.Metrics[metric]))),
            ]
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

    /// <summary>A metric of all retrievers, slice by slice, for <see cref="Charts.Rankings"/>.</summary>
    public static IReadOnlyList<MetricBar> ToBars(this RankingComparison comparison, string metric) =>
        [.. comparison.Means.Select(mean => new MetricBar(mean.Retriever, mean.Slice, mean.Metrics[metric]))];

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
}
