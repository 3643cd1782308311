using System.Globalization;

namespace CrossEncoders.Evaluation;

/// <summary>What a paired comparison can say.</summary>
public enum RankingOutcome
{
    /// <summary>The candidate is better, by more than chance explains.</summary>
    Helps,

    /// <summary>The candidate is worse, by more than chance explains.</summary>
    Harms,

    /// <summary>Whatever the difference is, it is too small to matter.</summary>
    DoesNotHelp,

    /// <summary>A difference that would matter cannot be told from chance with so few questions.</summary>
    TooFewQuestions,
}

/// <summary>Whether one retriever is better than another, and if so by how much and where.</summary>
/// <param name="Baseline">The retriever compared to.</param>
/// <param name="Candidate">The retriever that should be better.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Slice">The slice of the questions.</param>
/// <param name="Outcome">What can be said.</param>
/// <param name="Interval">The mean difference with its interval.</param>
/// <param name="QuestionsNeeded">
/// About how many questions would show the difference: at that number an interval leaves 0 out four times in five, if the difference is
/// what it was here (or <see cref="RankingVerdicts.Worthwhile"/>, if it was less). The number there was where the outcome is certain.
/// </param>
/// <param name="Slices">The same for each slice; empty where there is only one.</param>
public sealed record RankingVerdict(
    string Baseline,
    string Candidate,
    string Metric,
    string Slice,
    RankingOutcome Outcome,
    BootstrapInterval Interval,
    int QuestionsNeeded,
    IReadOnlyList<RankingVerdict> Slices
)
{
    /// <summary>The verdict in a sentence or two: what was found, by how much, and in which slices.</summary>
    public override string ToString()
    {
        var verdict = Outcome switch
        {
            RankingOutcome.Helps => "It helps",
            RankingOutcome.Harms => "It does not help, it harms",
            RankingOutcome.DoesNotHelp => "It does not help",
            _ => $"Too few questions to tell; about {QuestionsNeeded} are needed",
        };
        var where = Slices.Count == 0 ? "" : $" By slice: {string.Join("; ", Slices.Select(slice => slice.Short))}.";
        return $"{verdict}: {Candidate} against {Baseline}, {Metric} {Figures} over {Interval.Count} questions.{where}";
    }

    private string Figures =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Interval.Difference:+0.000;-0.000;0.000} [{Interval.Lower:+0.000;-0.000;0.000}, {Interval.Upper:+0.000;-0.000;0.000}]"
        );

    private string Short =>
        $"{Slice} {Figures}, "
        + Outcome switch
        {
            RankingOutcome.Helps => "helps",
            RankingOutcome.Harms => "harms",
            RankingOutcome.DoesNotHelp => "does not help",
            _ => $"too few questions ({Interval.Count} of about {QuestionsNeeded})",
        };
}

/// <summary>Draws verdicts from comparisons.</summary>
public static class RankingVerdicts
{
    /// <summary>
    /// A mean difference below this is not worth more questions: where chance explains what was found and nothing as large is within the
    /// interval, the candidate does not help. A smaller one that chance does not explain still counts.
    /// </summary>
    public const double Worthwhile = 0.01;

    private const double Power = 0.841621; // the normal distribution's 80 % point: four times in five

    /// <summary>
    /// The verdict of a comparison by the paired bootstrap: a difference whose interval leaves 0 out counts; where the interval holds 0 and
    /// nothing as large as <see cref="Worthwhile"/> above it, the candidate does not help; else there are too few questions. Below 6 (at a
    /// confidence of 0.95) they always are: chance alone moves so few in one direction often enough.
    /// </summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="baseline">The retriever compared to; it stands before the candidate.</param>
    /// <param name="candidate">The retriever that should be better.</param>
    /// <param name="metric">The metric; the comparison's first where null.</param>
    /// <exception cref="CrossEncoderException">The comparison has no such retrievers in this order, or no such metric.</exception>
    /// <example><code>comparison.Verdict("BM25", "BM25 + fine-tuned").ToString()</code></example>
    public static RankingVerdict Verdict(this RankingComparison comparison, string baseline, string candidate, string? metric = null)
    {
        metric ??= comparison.Metrics[0];
        RankingVerdict Of(string slice, IReadOnlyList<RankingVerdict> slices)
        {
            var interval = comparison.Difference(baseline, candidate, metric, slice);
            return new(baseline, candidate, metric, slice, Outcome(interval), interval, Needed(interval), slices);
        }

        var slices = comparison.Slices.Where(slice => slice != RankingComparison.All).Select(slice => Of(slice, []));
        return Of(RankingComparison.All, [.. slices]);
    }

    private static RankingOutcome Outcome(BootstrapInterval interval) =>
        interval.Count < interval.FewestPairs ? RankingOutcome.TooFewQuestions
        : interval.Lower > 0 ? RankingOutcome.Helps
        : interval.Upper < 0 ? RankingOutcome.Harms
        : interval.Upper < Worthwhile ? RankingOutcome.DoesNotHelp
        : RankingOutcome.TooFewQuestions;

    // The width of an interval shrinks with the root of the number of questions.
    private static int Needed(BootstrapInterval interval)
    {
        if (Outcome(interval) != RankingOutcome.TooFewQuestions)
            return interval.Count;
        var significance = NormalPoint((1 + interval.Confidence) / 2);
        var error = (interval.Upper - interval.Lower) / 2 / significance;
        var ratio = error * (significance + Power) / Math.Max(Math.Abs(interval.Difference), Worthwhile);
        var needed = Math.Max(Math.Max(interval.Count + 1, interval.FewestPairs), interval.Count * ratio * ratio);
        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(needed)) - 1)); // two figures: it is an estimate
        return (int)Math.Min(int.MaxValue, Math.Ceiling(needed / unit) * unit);
    }

    /// <summary>Where the share of a normal distribution that lies below is as given, 0.5 or more: 1.959964 for 0.975.</summary>
    private static double NormalPoint(double share)
    {
        var point = 0.0;
        for (var round = 0; round < 50; round++) // Newton's method; from the middle it never goes too far
        {
            var density = Math.Exp(-point * point / 2) / Math.Sqrt(2 * Math.PI);
            var (sum, term) = (0.0, point); // x + x³/3 + x⁵/(3·5) + …
            for (var odd = 3; sum + term != sum; odd += 2)
                (sum, term) = (sum + term, term * point * point / odd);
            point += (share - 0.5) / density - sum;
        }

        return point;
    }
}
