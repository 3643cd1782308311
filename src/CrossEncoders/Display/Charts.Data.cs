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
