using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CrossEncoders.Evaluation;
using CrossEncoders.Texts;

namespace CrossEncoders.Training;

/// <summary>What a model card says of NanoBEIR: the figures that hubs read in the header, and a table.</summary>
internal static partial class NanoBeirCard
{
    /// <summary>"model-index" of the header, as sentence-transformers writes it; nothing without a result.</summary>
    public static string Header(string model, EvaluationResult? result)
    {
        if (result is null)
            return "";
        var yaml = new StringBuilder($"model-index:\n- name: {model}\n  results:\n");
        foreach (var set in Sets(result))
        {
            yaml.Append("  - task:\n      type: cross-encoder-reranking\n      name: Cross Encoder Reranking\n    dataset:\n")
                .Append($"      name: {set.Key.Replace('_', ' ')}\n      type: {set.Key}\n    metrics:\n");
            foreach (var (metric, value, _) in set)
                yaml.Append(CultureInfo.InvariantCulture, $"    - type: {metric}\n      value: {value:0.0000}\n");
        }

        return yaml.ToString();
    }

    /// <summary>The table, each figure with its gain over the first stage.</summary>
    public static void Table(MarkdownPage page, EvaluationResult result)
    {
        var sets = Sets(result).ToList();
        page.Paragraph(
            $"NanoBEIR, {sets.Count - 1} sets and their mean, by the protocol of sentence-transformers; in brackets the gain over BM25:"
        );
        page.Table(
            ["set", .. sets[0].Select(figure => figure.Metric)],
            sets.Select(set =>
                (IEnumerable<object?>)
                    [
                        set.Key,
                        .. set.Select(figure =>
                            string.Create(CultureInfo.InvariantCulture, $"{figure.Value:0.0000} ({SignedNumber.Of(figure.Gain, "0.0000")})")
                        ),
                    ]
            )
        );
        if (result.Metrics.FirstOrDefault(each => each.Key.EndsWith("_ties", StringComparison.Ordinal)) is { Value: > 0 } ties)
            page.Paragraph($"{ties.Value:0} queries have relevant and other passages of equal score, ordered as trec_eval does.");
    }

    private static IEnumerable<IGrouping<string, (string Metric, double Value, double Gain)>> Sets(EvaluationResult result) =>
        result
            .Metrics.Select(each => (Match: Figure().Match(each.Key), each.Value))
            .Where(each => each.Match.Success)
            .Select(each => (Set: each.Match.Groups[1].Value, Metric: each.Match.Groups[2].Value, each.Value))
            .Select(each => (each.Set, each.Metric, each.Value, Gain: each.Value - result.Metrics[$"{each.Set}_base_{each.Metric}"]))
            .GroupBy(each => each.Set, each => (each.Metric, each.Value, each.Gain));

    [GeneratedRegex(@"^(Nano[A-Za-z0-9]+_R[0-9]+(?:_mean)?)_(map|mrr@[0-9]+|ndcg@[0-9]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Figure();
}
