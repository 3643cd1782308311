using System.Globalization;
using CrossEncoders.Evaluation;
using Plotly.NET;

namespace CrossEncoders.Display;

public static partial class Charts
{
    /// <summary>How long the chunks are, by language.</summary>
    /// <param name="chunks">For each chunk its length in tokens and its language ("en", "zh", ...).</param>
    public static Chart ChunkLengths(IEnumerable<(int Tokens, string Language)> chunks)
    {
        var groups = Groups(chunks.Select(chunk => (chunk.Language, (double)chunk.Tokens)));
        var all = groups.SelectMany(group => group.Values).ToArray();
        return Histogram(
            "Chunk lengths",
            "Tokens in a chunk",
            "Chunks",
            groups,
            new Histogram(all, smallest: 1),
            Spread(groups, "chunks", "0")
        );
    }

    /// <summary>How the scores of each kind of pair are spread: well apart for a good model.</summary>
    /// <param name="scores">The scores, logits or probabilities.</param>
    /// <param name="labels">For each score its label; above one half counts as relevant.</param>
    /// <exception cref="CrossEncoderException">There are not as many labels as scores.</exception>
    public static Chart ScoreDistribution(IReadOnlyList<float> scores, IReadOnlyList<float> labels)
    {
        if (scores.Count != labels.Count)
            throw new CrossEncoderException(
                $"The chart of scores got {scores.Count} scores and {labels.Count} labels. Give one label for each score."
            );
        var groups = Groups(scores.Select((score, i) => (labels[i] > 0.5f ? "relevant" : "not relevant", (double)score)));
        var all = groups.SelectMany(group => group.Values).ToArray();
        return Histogram("Scores by label", "Score", "Pairs", groups, new Histogram(all, about: 30), Spread(groups, "pairs", "0.00"));
    }

    /// <summary>
    /// Whether a probability means what it says: the share of relevant pairs among those scored alike, with the ideal as a line.
    /// </summary>
    /// <param name="bins">Those of a <see cref="CalibrationReport"/>; empty ones are left out.</param>
    public static Chart Reliability(IReadOnlyList<ReliabilityBin> bins)
    {
        var used = bins.Where(bin => bin.Count > 0).ToArray();
        var ideal = Line([0, 1], [0, 1], "ideal", Color.fromHex(Theme.Muted), 1.5, dash: StyleParam.DrawingStyle.Dash);
        var observed = Line(
            used.Select(bin => bin.MeanProbability),
            used.Select(bin => bin.MeanLabel),
            "observed",
            Theme.Series(0),
            markers: true
        );
        var share = Axis01("Share that is relevant");
        var plot = Combine([ideal, observed]).With("xaxis", Axis01("Mean predicted probability")).With("yaxis", share);
        return new Chart(
            plot,
            "Reliability",
            used.ToTable(("mean probability", bin => bin.MeanProbability), ("relevant", bin => bin.MeanLabel), ("pairs", bin => bin.Count)),
            $"{used.Length} bins with {CellFormat.Integer(used.Sum(bin => bin.Count))} pairs."
                + string.Concat(
                    used.Select(bin => $" {Share(bin.MeanLabel)} are relevant where {Share(bin.MeanProbability)} are predicted.")
                )
        );
    }

    private static string Share(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>What a threshold on the score lets through: how much of it is right, and how much of what is right.</summary>
    /// <param name="scores">The scores, from 0 to 1.</param>
    /// <param name="labels">For each score its label; above one half counts as relevant.</param>
    /// <exception cref="CrossEncoderException">There are not as many labels as scores.</exception>
    public static Chart Thresholds(IReadOnlyList<float> scores, IReadOnlyList<float> labels)
    {
        if (scores.Count != labels.Count)
            throw new CrossEncoderException(
                $"The chart of thresholds got {scores.Count} scores and {labels.Count} labels. Give one label for each score."
            );
        var relevant = labels.Count(label => label > 0.5f);
        var rows = new List<(double Threshold, int Passed, double Precision, double Recall)>();
        for (var step = 1; step < 20; step++)
        {
            var threshold = step / 20.0;
            var (passed, right) = (scores.Count(score => score >= (float)threshold), 0);
            for (var i = 0; i < scores.Count; i++)
                right += scores[i] >= (float)threshold && labels[i] > 0.5f ? 1 : 0;
            if (passed > 0)
                rows.Add((threshold, passed, (double)right / passed, (double)right / Math.Max(1, relevant)));
        }

        GenericChart Drawn(string name, int color, Func<(double Threshold, int Passed, double Precision, double Recall), double> value) =>
            Line(rows.Select(row => row.Threshold), rows.Select(value), name, Theme.Series(color), markers: true);
        var plot = Combine([
                Drawn("right among those let through (precision)", 0, row => row.Precision),
                Drawn("let through of those that are right (recall)", 1, row => row.Recall),
            ])
            .With("xaxis", Axis01("Threshold on the score"))
            .With("yaxis", Axis01("Share"));
        return new Chart(
            plot,
            "What a threshold lets through",
            rows.ToTable(
                40,
                ("threshold", row => row.Threshold),
                ("let through", row => row.Passed),
                ("precision", row => row.Precision),
                ("recall", row => row.Recall)
            ),
            $"{rows.Count} thresholds on {scores.Count} pairs, {relevant} of them relevant."
        );
    }

    private static Dictionary<string, object?> Axis01(string title)
    {
        var axis = Theme.Axis(title);
        axis["range"] = new[] { -0.02, 1.02 };
        return axis;
    }

    private static (string Group, double[] Values)[] Groups(IEnumerable<(string Group, double Value)> values) =>
        [.. values.GroupBy(v => v.Group, v => v.Value).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.ToArray()))];

    private static string Spread((string Group, double[] Values)[] groups, string what, string format)
    {
        var all = groups.SelectMany(group => group.Values).ToArray();
        if (all.Length == 0)
            return $"No {what}.";
        string Text(double x) => x.ToString(format, CultureInfo.InvariantCulture);
        var each = groups.Select(group => $"{group.Group}: {CellFormat.Integer(group.Values.Length)}, median {Text(Median(group.Values))}");
        return $"{CellFormat.Integer(all.Length)} {what} from {Text(all.Min())} to {Text(all.Max())}; {string.Join("; ", each)}.";
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
