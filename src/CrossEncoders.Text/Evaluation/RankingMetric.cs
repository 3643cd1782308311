namespace CrossEncoders.Evaluation;

/// <summary>A named measure of one ranking, 0 to 1; higher is better.</summary>
/// <param name="Name">As in tables, for example "MRR@10".</param>
/// <param name="Cutoff">How many ranks it looks at.</param>
/// <param name="Of">The measure of a ranking (ids, best first) under the grades of its query.</param>
public sealed record RankingMetric(string Name, int Cutoff, Func<IReadOnlyList<string>, IReadOnlyDictionary<string, int>, double> Of)
{
    /// <summary>What it says, in a sentence.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>Where it comes from.</summary>
    public string Citation { get; init; } = "";

    /// <summary>The same as data.</summary>
    public MetricInfo Info => new(Name, Meaning, HigherIsBetter: true, Citation);

    /// <summary>Mean reciprocal rank.</summary>
    public static RankingMetric Mrr(int k) =>
        new($"MRR@{k}", k, (ranking, grades) => RankingMetrics.ReciprocalRank(ranking, grades, k))
        {
            Meaning = $"1 / rank of the first relevant passage, 0 where none is among the first {k}.",
            Citation = "Kantor and Voorhees 2000; trec_eval recip_rank",
        };

    /// <summary>Normalized discounted cumulative gain.</summary>
    public static RankingMetric Ndcg(int k) =>
        new($"NDCG@{k}", k, (ranking, grades) => RankingMetrics.Ndcg(ranking, grades, k))
        {
            Meaning = $"The grades of the first {k} passages, each discounted by its rank, as a share of the best possible order.",
            Citation = "Järvelin and Kekäläinen 2002; trec_eval ndcg_cut",
        };

    /// <summary>Mean average precision.</summary>
    public static RankingMetric Map(int k) =>
        new(k == int.MaxValue ? "MAP" : $"MAP@{k}", k, (ranking, grades) => RankingMetrics.AveragePrecision(ranking, grades, k))
        {
            Meaning = "The mean of the precisions at the ranks of the relevant passages.",
            Citation = "Buckley and Voorhees 2000; trec_eval map_cut",
        };

    /// <summary>Recall.</summary>
    public static RankingMetric Recall(int k) =>
        new($"Recall@{k}", k, (ranking, grades) => RankingMetrics.Recall(ranking, grades, k))
        {
            Meaning = $"The share of the relevant passages that are among the first {k}.",
            Citation = "van Rijsbergen 1979; trec_eval recall",
        };

    /// <summary>Precision.</summary>
    public static RankingMetric Precision(int k) =>
        new($"Precision@{k}", k, (ranking, grades) => RankingMetrics.Precision(ranking, grades, k))
        {
            Meaning = $"The share of relevant passages among the first {k}.",
            Citation = "van Rijsbergen 1979; trec_eval P",
        };

    /// <summary>Success: a relevant passage among the first k.</summary>
    public static RankingMetric Success(int k) =>
        new($"Success@{k}", k, (ranking, grades) => RankingMetrics.Success(ranking, grades, k))
        {
            Meaning = $"1 where a relevant passage is among the first {k}, else 0.",
            Citation = "trec_eval success",
        };
}
