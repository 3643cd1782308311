namespace CrossEncoders.Evaluation;

/// <summary>The mean of paired differences and how far chance may move it.</summary>
/// <param name="Difference">The mean of candidate − baseline.</param>
/// <param name="Lower">The lower end of the percentile interval.</param>
/// <param name="Upper">The upper end of the percentile interval.</param>
/// <param name="ShareNotPositive">
/// The share of resamples whose mean difference is 0 or less: near 0, the candidate is better beyond chance.
/// </param>
/// <param name="Confidence">The share of resamples within the interval, for example 0.95.</param>
/// <param name="Count">The number of pairs.</param>
public sealed record BootstrapInterval(double Difference, double Lower, double Upper, double ShareNotPositive, double Confidence, int Count)
{
    /// <summary>Whether the interval leaves 0 out, on either side.</summary>
    public bool ExcludesZero => Lower > 0 || Upper < 0;

    /// <summary>
    /// The fewest pairs from which anything can be said, 6 at 95 %: five pairs of equal systems all differ in one direction in
    /// 2 · 0.5⁵ = 6 % of cases, and their interval then leaves 0 out.
    /// </summary>
    internal int FewestPairs => (int)Math.Ceiling(Math.Log2(2 / (1 - Confidence)));
}

/// <summary>
/// The paired bootstrap: draws the queries anew, with replacement, many times, and looks how the mean difference of two systems varies
/// (Efron's percentile interval; for retrieval see Sakai, SIGIR 2006). The same seed gives the same figures on every machine.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>Refuses settings that make no interval; for those who ask before long work.</summary>
    internal static void Check(int resamples, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(confidence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(confidence, 1);
    }

    /// <summary>Compares two systems by their values for the same queries.</summary>
    /// <param name="baseline">One value for each query.</param>
    /// <param name="candidate">One value for each query, in the same order.</param>
    /// <param name="resamples">How often to draw.</param>
    /// <param name="confidence">The share of resamples the interval holds.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="CrossEncoderException">Lists of different length, or empty ones.</exception>
    public static BootstrapInterval Compare(
        IReadOnlyList<double> baseline,
        IReadOnlyList<double> candidate,
        int resamples = 10_000,
        double confidence = 0.95,
        int seed = 2024
    )
    {
        Check(resamples, confidence);
        if (baseline.Count != candidate.Count || baseline.Count == 0)
            throw new CrossEncoderException(
                $"A paired comparison needs two values for every query, but got {baseline.Count} and {candidate.Count}. "
                    + "Evaluate both on the same queries."
            );
        var differences = new double[baseline.Count];
        for (var i = 0; i < differences.Length; i++)
            differences[i] = candidate[i] - baseline[i];

        var random = new SplitMix64((ulong)seed);
        var means = new double[resamples];
        for (var r = 0; r < resamples; r++)
        {
            var sum = 0.0;
            for (var i = 0; i < differences.Length; i++)
                sum += differences[random.Below(differences.Length)];
            means[r] = sum / differences.Length;
        }
        Array.Sort(means);
        var tail = (1 - confidence) / 2;
        var notPositive = (double)means.Count(mean => mean <= 0) / resamples;
        return new BootstrapInterval(
            differences.Average(),
            Percentile(means, tail),
            Percentile(means, 1 - tail),
            notPositive,
            confidence,
            differences.Length
        );
    }

    // Linear between the two nearest ranks, as numpy does it.
    private static double Percentile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
