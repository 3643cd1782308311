using CrossEncoders.Chunking;

namespace CrossEncoders.Examples;

/// <summary>Which of a retriever's results become negatives.</summary>
public enum NegativeSampling
{
    /// <summary>The best: the hardest, and the likeliest to be answers after all.</summary>
    Top,

    /// <summary>Any of those within <see cref="HardNegatives.Depth"/>, all equally likely.</summary>
    Random,

    /// <summary>
    /// One from each of as many equal bands of the score's range, so that hard and easy ones both come; the guard's scores where there is
    /// one.
    /// </summary>
    Stratified,
}

/// <summary>A chunk that may be a negative.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Score">How near it comes, 0 to 1.</param>
internal readonly record struct Candidate(Chunk Chunk, double Score);

/// <summary>Draws from candidates. The same random numbers give the same ones.</summary>
internal static class CandidateSampler
{
    /// <summary>At most <paramref name="count"/> of the candidates, in their order.</summary>
    public static List<Candidate> Sample(IReadOnlyList<Candidate> candidates, int count, NegativeSampling sampling, Random random)
    {
        if (sampling == NegativeSampling.Top || count >= candidates.Count)
            return [.. candidates.Take(count)];
        var order = Enumerable.Range(0, candidates.Count).ToArray();
        random.Shuffle(order);
        if (sampling == NegativeSampling.Stratified)
        {
            var (lowest, highest) = (candidates.Min(candidate => candidate.Score), candidates.Max(candidate => candidate.Score));
            var width = (highest - lowest) / count;
            int Band(int i) => width > 0 ? Math.Min(count - 1, (int)((candidates[i].Score - lowest) / width)) : 0;
            // The first of each band in the shuffled order comes first; the others fill up where bands are empty.
            var firsts = order.DistinctBy(Band).ToList();
            order = [.. firsts, .. order.Except(firsts)];
        }
        return [.. order.Take(count).Order().Select(i => candidates[i])];
    }
}
