namespace CrossEncoders.Evaluation;

/// <summary>
/// Measures of one ranking, equal to trec_eval's. A ranking is a list of ids, best first; judgments give ids their grade, where 0 and
/// absence mean not relevant. Every measure is 0 to 1, higher is better, and 0 where nothing is relevant.
/// </summary>
public static class RankingMetrics
{
    /// <summary>
    /// 1 / rank of the first relevant id within the first <paramref name="cutoff"/>; its mean over queries is MRR@k (trec_eval:
    /// recip_rank).
    /// </summary>
    public static double ReciprocalRank(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> grades, int cutoff = int.MaxValue)
    {
        for (var i = 0; i < Math.Min(cutoff, ranking.Count); i++)
            if (Grade(grades, ranking[i]) > 0)
                return 1.0 / (i + 1);
        return 0;
    }

    /// <summary>
    /// Normalized discounted cumulative gain: the sum of grade / log2(rank + 1), divided by that of the best possible ranking (trec_eval:
    /// ndcg, ndcg_cut).
    /// </summary>
    public static double Ndcg(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> grades, int cutoff = int.MaxValue)
    {
        var ideal = Gain(grades.Values.Where(grade => grade > 0).OrderDescending().Take(cutoff));
        return ideal == 0 ? 0 : Gain(ranking.Take(cutoff).Select(id => Grade(grades, id))) / ideal;
    }

    /// <summary>
    /// The mean of the precisions at the ranks of all relevant ids; its mean over queries is MAP (trec_eval: map, map_cut).
    /// </summary>
    public static double AveragePrecision(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> grades, int cutoff = int.MaxValue)
    {
        var (found, sum) = (0, 0.0);
        for (var i = 0; i < Math.Min(cutoff, ranking.Count); i++)
            if (Grade(grades, ranking[i]) > 0)
                sum += ++found / (i + 1.0);
        return Share(sum, grades);
    }

    /// <summary>The share of the relevant ids that stand within the first <paramref name="cutoff"/> (trec_eval: recall).</summary>
    public static double Recall(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> grades, int cutoff = int.MaxValue) =>
        Share(Found(ranking, grades, cutoff), grades);

    /// <summary>
    /// The share of relevant ids among the first <paramref name="cutoff"/>, absent ones counting as not relevant (trec_eval: P).
    /// </summary>
    public static double Precision(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> grades, int cutoff)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        return (double)Found(ranking, grades, cutoff) / cutoff;
    }

    /// <summary>1 where a relevant id stands within the first <paramref name="cutoff"/>, else 0 (trec_eval: success).</summary>
    public static double Success(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> grades, int cutoff = int.MaxValue) =>
        Found(ranking, grades, cutoff) > 0 ? 1 : 0;

    /// <summary>
    /// Ids in the order trec_eval puts them: by score in 32 bits, and for equal scores by id in descending order of its characters. (10.0
    /// compares scores in 64 bits; 9.0.8 and pytrec_eval in 32.)
    /// </summary>
    public static IReadOnlyList<string> TrecOrder(IEnumerable<KeyValuePair<string, double>> scores) =>
        scores
            .OrderByDescending(score => (float)score.Value)
            .ThenByDescending(score => score.Key, StringComparer.Ordinal)
            .Select(score => score.Key)
            .ToArray();

    private static int Grade(IReadOnlyDictionary<string, int> grades, string id) =>
        grades.TryGetValue(id, out var grade) ? Math.Max(grade, 0) : 0;

    private static int Found(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> grades, int cutoff) =>
        ranking.Take(cutoff).Count(id => Grade(grades, id) > 0);

    private static double Share(double sum, IReadOnlyDictionary<string, int> grades)
    {
        var relevant = grades.Values.Count(grade => grade > 0);
        return relevant == 0 ? 0 : sum / relevant;
    }

    private static double Gain(IEnumerable<int> grades) => grades.Select((grade, i) => grade / Math.Log2(i + 2)).Sum();
}
