namespace CrossEncoders.Evaluation;

/// <summary>A named measure of one ranking; higher is better.</summary>
/// <param name="Name">As in tables, for example "MRR@10".</param>
/// <param name="Cutoff">How many ranks it looks at.</param>
/// <param name="Of">The measure of a ranking (ids, best first) under the grades of its query.</param>
public sealed record RankingMetric(string Name, int Cutoff, Func<IReadOnlyList<string>, IReadOnlyDictionary<string, int>, double> Of)
{
    /// <summary>Mean reciprocal rank.</summary>
    public static RankingMetric Mrr(int k) => new($"MRR@{k}", k, (ranking, grades) => RankingMetrics.ReciprocalRank(ranking, grades, k));

    /// <summary>Normalized discounted cumulative gain.</summary>
    public static RankingMetric Ndcg(int k) => new($"NDCG@{k}", k, (ranking, grades) => RankingMetrics.Ndcg(ranking, grades, k));

    /// <summary>Mean average precision.</summary>
    public static RankingMetric Map(int k) => new($"MAP@{k}", k, (ranking, grades) => RankingMetrics.AveragePrecision(ranking, grades, k));

    /// <summary>Recall.</summary>
    public static RankingMetric Recall(int k) => new($"Recall@{k}", k, (ranking, grades) => RankingMetrics.Recall(ranking, grades, k));

    /// <summary>Precision.</summary>
    public static RankingMetric Precision(int k) =>
        new($"Precision@{k}", k, (ranking, grades) => RankingMetrics.Precision(ranking, grades, k));

    /// <summary>Success: a relevant passage among the first k.</summary>
    public static RankingMetric Success(int k) => new($"Success@{k}", k, (ranking, grades) => RankingMetrics.Success(ranking, grades, k));
}
