using System.Globalization;

namespace CrossEncoders.Retrieval;

/// <summary>How scores of different kinds are made comparable before they are added.</summary>
public enum FusionScale
{
    /// <summary>
    /// Minus the mean and divided by the population deviation of the query's candidates: how far a candidate stands out counts. A scorer
    /// that gives all candidates the same score adds nothing.
    /// </summary>
    ZScore,

    /// <summary>
    /// 1 / (60 + rank) among the query's candidates, as in reciprocal rank fusion: the order alone counts. Equal scores share the best of
    /// their ranks.
    /// </summary>
    ReciprocalRank,
}

/// <summary>
/// Several scorers as one: a weighted sum of their scores, each made comparable within the candidates of a query. No scorer alone decides
/// the order, so that a weak one does little harm. <c>hybrid.RerankedBy(Fusion.Of((dense, 1), (lateInteraction, 1), (bm25, 1)))</c>.
/// </summary>
/// <remarks>The score of a pair says where it stands among the pairs of the same query in the same call; alone it would be 0.</remarks>
public sealed class Fusion : IRelativeScorer
{
    private const int RankConstant = 60; // of Cormack, Clarke and Büttcher, SIGIR 2009
    private const double LargestWeight = 1e6; // far above any use, and far below where a sum would be infinite

    private readonly IPassageScorer[] _scorers;

    private Fusion(IPassageScorer[] scorers, double[] weights, FusionScale scale, string? name)
    {
        (_scorers, Weights, Scale) = (scorers, weights, scale);
        Name = name ?? string.Join(" + ", scorers.Zip(weights).Select(part => Label(part.First.Name, part.Second)));
    }

    /// <summary>"cosine + 2·MaxSim" where no other name was given.</summary>
    public string Name { get; }

    /// <summary>The scorers, in the order given.</summary>
    public IReadOnlyList<IPassageScorer> Scorers => _scorers;

    /// <summary>One weight for each scorer.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>How scores are made comparable.</summary>
    public FusionScale Scale { get; }

    /// <summary>The sum of z-scores with the given weights.</summary>
    /// <exception cref="CrossEncoderException">No scorers, a weight that is not from 0 to 1000000, or weights that are all 0.</exception>
    public static Fusion Of(params (IPassageScorer Scorer, double Weight)[] parts) => Of(FusionScale.ZScore, parts);

    /// <summary>The sum of scores, made comparable as said, with the given weights.</summary>
    /// <inheritdoc cref="Of(ValueTuple{IPassageScorer, double}[])"/>
    public static Fusion Of(FusionScale scale, params (IPassageScorer Scorer, double Weight)[] parts) =>
        new([.. parts.Select(part => part.Scorer)], Checked([.. parts.Select(part => part.Weight)], parts.Length), scale, name: null);

    /// <summary>The same scorers with other weights.</summary>
    /// <exception cref="CrossEncoderException">
    /// Not one weight for each scorer, a weight that is not from 0 to 1000000, or weights that are all 0.
    /// </exception>
    public Fusion Weighted(params IReadOnlyList<double> weights) => new(_scorers, Checked(weights, _scorers.Length), Scale, name: null);

    /// <summary>The same under another name.</summary>
    public Fusion Named(string name) => new(_scorers, [.. Weights], Scale, name);

    /// <summary>The weighted sums; each pair is scored once by every scorer whose weight is not 0.</summary>
    /// <exception cref="CrossEncoderException">A scorer gives too few scores, or one that is not a finite number.</exception>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        TextPair[] distinct = [.. pairs.Distinct()];
        var parts = Array.ConvertAll([.. Enumerable.Range(0, _scorers.Length)], part =>
            Weights[part] == 0 ? null : PartScores(part, distinct, progress, cancellation)
        );
        var sums = new Dictionary<TextPair, float>();
        foreach (var candidates in distinct.Index().GroupBy(pair => pair.Item.Query, pair => pair.Index))
        {
            int[] members = [.. candidates];
            var scaled = Array.ConvertAll(parts, scores => scores is null ? [] : Scaled(Array.ConvertAll(members, i => scores[i])));
            for (var candidate = 0; candidate < members.Length; candidate++)
                sums[distinct[members[candidate]]] = (float)Sum(scaled, candidate, Weights);
        }

        return [.. pairs.Select(pair => sums[pair])];
    }

    /// <summary>The scores of one scorer, checked.</summary>
    internal float[] PartScores(int part, IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var scores = pairs.Count == 0 ? [] : _scorers[part].Score(pairs, progress, cancellation);
        ScoreList.Require(_scorers[part], scores, pairs.Count);
        return scores;
    }

    /// <summary>The scores of one query's candidates, made comparable.</summary>
    internal double[] Scaled(float[] scores)
    {
        if (scores.Length == 0)
            return [];
        if (Scale == FusionScale.ReciprocalRank)
            return Array.ConvertAll(scores, score => 1.0 / (RankConstant + 1 + scores.Count(other => other > score)));
        var mean = scores.Average(score => (double)score);
        var deviation = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
        // Rounding leaves equal scores a tiny deviation, which must not be blown up.
        return Array.ConvertAll(scores, score => deviation <= 1e-7 * Math.Abs(mean) ? 0 : (score - mean) / deviation);
    }

    /// <summary>The weighted sum for one candidate; scorers of weight 0 are not looked at.</summary>
    internal static double Sum(double[][] scaled, int candidate, IReadOnlyList<double> weights)
    {
        var sum = 0.0;
        for (var part = 0; part < scaled.Length; part++)
            if (weights[part] != 0)
                sum += weights[part] * scaled[part][candidate];
        return sum;
    }

    private static double[] Checked(IReadOnlyList<double> weights, int scorers)
    {
        if (scorers == 0 || weights.Count != scorers)
            throw new CrossEncoderException(
                $"A fusion needs one weight for each of one scorer or more, but got {weights.Count} weights for {scorers} scorers."
            );
        RequireWeights(weights);
        return [.. weights];
    }

    /// <summary>Refuses weights that no fusion can have.</summary>
    internal static void RequireWeights(IReadOnlyList<double> weights)
    {
        if (!weights.All(weight => weight is >= 0 and <= LargestWeight) || weights.All(weight => weight == 0))
            throw new CrossEncoderException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The weights of a fusion must be from 0 to {LargestWeight} and not all 0, but are "
                )
                    + (weights.Count == 0 ? "none" : string.Join(", ", weights.Select(one => one.ToString(CultureInfo.InvariantCulture))))
                    + ". Give each scorer its share, for example 1."
            );
    }

    private static string Label(string name, double weight) =>
        weight == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{weight:0.###}·{name}");
}
