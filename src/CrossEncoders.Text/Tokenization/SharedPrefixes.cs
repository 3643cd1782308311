namespace CrossEncoders.Tokenization;

/// <summary>Texts that begin with the same tokens, so that a model need read these only once.</summary>
/// <param name="Length">How many tokens they share; 0 for texts that are read whole.</param>
/// <param name="Members">Their positions in the list of texts.</param>
internal sealed record SharedPrefix(int Length, int[] Members);

/// <summary>Finds what texts share at their start, for example the instruction and query of a re-ranker's pairs.</summary>
internal static class SharedPrefixes
{
    /// <summary>The fewest tokens that are worth it.</summary>
    public const int FewestTokens = 32;

    /// <summary>The fewest texts that are worth it.</summary>
    public const int FewestTexts = 4;

    /// <summary>
    /// Each text in one group: those that share a prefix, chosen so that the most tokens are saved, and the rest with none. Of each text at
    /// least one token stays outside the prefix.
    /// </summary>
    public static List<SharedPrefix> Of(IReadOnlyList<TokenizedText> texts)
    {
        var order = Enumerable.Range(0, texts.Count).Where(i => texts[i].Ids.Length > FewestTokens && texts[i].Unattended == 0).ToArray();
        Array.Sort(order, (a, b) => texts[a].Ids.AsSpan().SequenceCompareTo(texts[b].Ids));
        var common = new int[order.Length]; // tokens that a text shares with the one before it in the order
        for (var i = 1; i < order.Length; i++)
        {
            var (before, own) = (texts[order[i - 1]].Ids, texts[order[i]].Ids);
            common[i] = Math.Min(before.AsSpan().CommonPrefixLength(own), Math.Min(before.Length, own.Length) - 1);
        }

        var groups = Best(common, 0, order.Length)
            .Groups.Select(part => new SharedPrefix(part.Length, order[part.Start..part.End]))
            .ToList();
        var whole = Enumerable.Range(0, texts.Count).Except(groups.SelectMany(group => group.Members)).ToArray();
        return whole.Length == 0 ? groups : [.. groups, new(0, whole)];
    }

    /// <summary>What saves the most tokens in a part of the order: the part as a whole, or it cut where least is shared.</summary>
    private static (long Saved, List<(int Length, int Start, int End)> Groups) Best(int[] common, int start, int end)
    {
        if (end - start < FewestTexts)
            return (0, []);
        var length = common.AsSpan(start + 1, end - start - 1).ToArray().Min();
        var (saved, groups) = (0L, new List<(int, int, int)>());
        for (var (from, i) = (start, start + 1); i <= end; i++)
        {
            if (i < end && common[i] > length)
                continue;
            var part = from == start && i == end ? (0, []) : Best(common, from, i);
            saved += part.Item1;
            groups.AddRange(part.Item2);
            from = i;
        }

        var together = (long)(end - start - 1) * length;
        return length >= FewestTokens && together >= saved ? (together, [(length, start, end)]) : (saved, groups);
    }
}
