namespace CrossEncoders.Texts;

/// <summary>
/// Texts that share most of their words, found without comparing all with all: two sets whose Jaccard index is t or more have a word in
/// common among the rarest few of each. Exact. Source: Bayardo et al. 2007, "Scaling Up All Pairs Similarity Search".
/// </summary>
internal static class NearDuplicates
{
    /// <summary>The Jaccard index from which on a split keeps two texts together and an audit calls them a leak.</summary>
    public const double Alike = 0.8;

    /// <summary>Refuses a threshold that any two texts reach.</summary>
    /// <param name="threshold">The least Jaccard index.</param>
    /// <param name="option">The option that holds it, for the message.</param>
    /// <exception cref="CrossEncoderException">It is not above 0.</exception>
    public static void Check(double threshold, string option)
    {
        if (!(threshold > 0))
            throw new CrossEncoderException(
                FormattableString.Invariant($"{option} is {threshold}; expected a share of words above 0, up to 1. {Alike} is usual.")
            );
    }

    /// <summary>For each text the most similar of another list, if it is similar enough.</summary>
    /// <param name="ones">The texts that are searched.</param>
    /// <param name="twos">The texts that are looked up.</param>
    /// <param name="threshold">The least Jaccard index of their words (Chinese: of pairs of characters), above 0.</param>
    /// <param name="sameCodes">
    /// Whether texts whose numbers or codes differ are left apart, however many words they share: "alarm 12", "alarm 13".
    /// </param>
    /// <returns>Positions in both lists and the index, in the order of <paramref name="twos"/>.</returns>
    public static List<(int One, int Two, double Similarity)> Between(
        IReadOnlyList<string> ones,
        IReadOnlyList<string> twos,
        double threshold,
        bool sameCodes = false
    )
    {
        var texts = ones.Concat(twos).ToList();
        var index = new Index(Ranked(texts.ConvertAll(Normal.Words)), threshold, sameCodes ? texts.ConvertAll(Normal.Codes) : null);
        for (var i = 0; i < ones.Count; i++)
            index.Add(i);
        var found = new List<(int, int, double)>();
        for (var i = 0; i < twos.Count; i++)
            if (index.Nearest(ones.Count + i) is { } nearest)
                found.Add((nearest.Text, i, nearest.Similarity));
        return found;
    }

    /// <summary>For each text the most similar of those before it, if it is similar enough.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="threshold">The least Jaccard index of their words, above 0.</param>
    /// <param name="sameCodes">Whether texts whose numbers or codes differ are left apart.</param>
    /// <returns>The position of the earlier one, that of the later one, and the index, in the order of the later ones.</returns>
    public static List<(int One, int Two, double Similarity)> Within(IReadOnlyList<string> texts, double threshold, bool sameCodes = false)
    {
        var index = new Index(Ranked([.. texts.Select(Normal.Words)]), threshold, sameCodes ? [.. texts.Select(Normal.Codes)] : null);
        var found = new List<(int, int, double)>();
        for (var i = 0; i < texts.Count; i++)
        {
            if (index.Nearest(i) is { } nearest)
                found.Add((nearest.Text, i, nearest.Similarity));
            index.Add(i);
        }
        return found;
    }

    /// <summary>Each set as numbers in rising order, the rarest word first.</summary>
    private static int[][] Ranked(IReadOnlyList<HashSet<string>> sets)
    {
        var numbers = sets.SelectMany(set => set)
            .CountBy(word => word)
            .OrderBy(count => count.Value)
            .ThenBy(count => count.Key, StringComparer.Ordinal)
            .Select((count, rank) => (count.Key, rank))
            .ToDictionary(entry => entry.Key, entry => entry.rank);
        return [.. sets.Select(set => set.Select(word => numbers[word]).Order().ToArray())];
    }

    private sealed class Index(int[][] sets, double threshold, List<string>? codes)
    {
        private readonly Dictionary<int, List<int>> _texts = [];
        private readonly int[] _seenBy = [.. Enumerable.Repeat(-1, sets.Length)];

        public void Add(int text)
        {
            foreach (var word in Rarest(text))
            {
                if (!_texts.TryGetValue(word, out var texts))
                    _texts[word] = texts = [];
                texts.Add(text);
            }
        }

        /// <summary>The most similar text in the index; of equals the first.</summary>
        public (int Text, double Similarity)? Nearest(int text)
        {
            var (best, similarity) = (-1, 0.0);
            foreach (var word in Rarest(text))
            {
                if (!_texts.TryGetValue(word, out var others))
                    continue;
                foreach (var other in others)
                {
                    if (_seenBy[other] == text)
                        continue;
                    _seenBy[other] = text;
                    if (codes is not null && codes[text] != codes[other])
                        continue;
                    var overlap = Jaccard(sets[text], sets[other]);
                    if (overlap > similarity || (overlap == similarity && other < best))
                        (best, similarity) = (other, overlap);
                    if (similarity == 1)
                        return (best, 1);
                }
            }
            return similarity >= threshold ? (best, similarity) : null;
        }

        // A set of n words shares at least ⌈t·n⌉ of them with a set this similar: leave out one fewer, and one of the rest is shared.
        private ArraySegment<int> Rarest(int text)
        {
            var n = sets[text].Length;
            return new ArraySegment<int>(sets[text], 0, n == 0 ? 0 : Math.Min(n, n - (int)Math.Ceiling(threshold * n - 1e-9) + 1));
        }

        private double Jaccard(int[] one, int[] two)
        {
            if (Math.Min(one.Length, two.Length) < threshold * Math.Max(one.Length, two.Length) - 1e-9)
                return 0;
            var common = 0;
            for (int i = 0, j = 0; i < one.Length && j < two.Length; )
                if (one[i] == two[j])
                {
                    (common, i, j) = (common + 1, i + 1, j + 1);
                }
                else if (one[i] < two[j])
                    i++;
                else
                    j++;
            return (double)common / (one.Length + two.Length - common);
        }
    }
}
