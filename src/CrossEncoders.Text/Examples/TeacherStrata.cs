namespace CrossEncoders.Examples;

/// <summary>
/// Which of a query's candidates a student learns from: some from the head of the teacher's ranking, some from a band below it.
/// </summary>
/// <remarks>
/// The head alone teaches fine distinctions and not what is plainly wrong; chance alone the reverse. Half and half is the recipe of the
/// small re-rankers of 2026 (ettin): 64 candidates a query, half from the head, half from a middle band.
/// </remarks>
public static class TeacherStrata
{
    /// <summary>
    /// Some of the examples of each group; they keep their order, and a group's first example, its positive, always stays.
    /// </summary>
    /// <param name="examples">Examples with groups, labeled by a teacher: a higher label is a better passage.</param>
    /// <param name="head">How many of the best.</param>
    /// <param name="middle">How many drawn from the band below them.</param>
    /// <param name="bandEnd">The place in the teacher's ranking, from 1, at which the band ends.</param>
    /// <param name="seed">Seed of the draw; the same for the same group whatever the other groups.</param>
    /// <exception cref="CrossEncoderException">A number makes no sense, or an example has no group.</exception>
    /// <example><code>examples.LabeledBy(teacher, SoftLabels.Logits).TakeStrata(head: 4, middle: 4, bandEnd: 60)</code></example>
    public static IReadOnlyList<InputExample> TakeStrata(
        this IReadOnlyList<InputExample> examples,
        int head,
        int middle,
        int bandEnd,
        int seed = 42
    )
    {
        if (head < 0 || middle < 0 || head + (long)middle < 1 || bandEnd < head)
            throw new CrossEncoderException(
                $"Strata of {head} from the head and {middle} from the band up to place {bandEnd} make no sense; expected 0 or "
                    + "more of each, "
                    + "at least 1 together, and a band that ends below the head."
            );
        if (examples.Any(example => example.Group is null))
            throw new CrossEncoderException(
                "Strata are taken within a query, but some examples have no Group. Set Group to " + "the question's id."
            );
        var kept = new HashSet<int>();
        foreach (var group in Enumerable.Range(0, examples.Count).GroupBy(row => examples[row].Group!, StringComparer.Ordinal))
        {
            int[] ranking = [.. group.OrderByDescending(row => examples[row].Label)]; // a stable order
            kept.Add(group.First());
            kept.UnionWith(ranking.Take(head));
            var band = ranking.Take(bandEnd).Skip(head).ToArray();
            new Random(unchecked(seed * 31 + (int)Hash(group.Key))).Shuffle(band);
            kept.UnionWith(band.Take(middle));
        }

        return [.. kept.Order().Select(row => examples[row])];
    }

    // FNV-1a; string.GetHashCode is another one in each process.
    private static uint Hash(string text) => text.Aggregate(2166136261u, (hash, letter) => unchecked((hash ^ letter) * 16777619u));
}
