namespace CrossEncoders.Evaluation;

/// <summary>How far two raters agree beyond chance. Grades are whole numbers from 0.</summary>
public static class AgreementMetrics
{
    /// <summary>The share of items with the same grade, 0 to 1.</summary>
    public static double Observed(IReadOnlyList<int> one, IReadOnlyList<int> two)
    {
        CorrelationMetrics.RequirePairs(one.Count, two.Count);
        return (double)one.Where((grade, i) => grade == two[i]).Count() / one.Count;
    }

    /// <summary>
    /// Cohen's κ (1960): 1 for full agreement, 0 for what chance would give, below 0 for less. Not a number where both give one and the
    /// same grade throughout, as in scikit-learn: then nothing can be said.
    /// </summary>
    public static double Kappa(IReadOnlyList<int> one, IReadOnlyList<int> two) => Kappa(one, two, (a, b) => a == b ? 0 : 1);

    /// <summary>Cohen's κ with quadratic weights (1968): a grade missed by two counts four times one missed by one.</summary>
    public static double QuadraticKappa(IReadOnlyList<int> one, IReadOnlyList<int> two) =>
        Kappa(one, two, (a, b) => (double)(a - b) * (a - b));

    // 1 - observed / expected disagreement, where expected is that of all pairs of one's with the other's grades.
    private static double Kappa(IReadOnlyList<int> one, IReadOnlyList<int> two, Func<int, int, double> disagreement)
    {
        CorrelationMetrics.RequirePairs(one.Count, two.Count);
        var observed = one.Select((grade, i) => disagreement(grade, two[i])).Average();
        var (ones, twos) = (one.CountBy(grade => grade).ToList(), two.CountBy(grade => grade).ToList());
        var expected =
            ones.Sum(a => twos.Sum(b => (double)a.Value * b.Value * disagreement(a.Key, b.Key))) / ((double)one.Count * one.Count);
        return expected == 0 ? double.NaN : 1 - observed / expected;
    }
}
