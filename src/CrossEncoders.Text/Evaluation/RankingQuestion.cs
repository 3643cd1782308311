namespace CrossEncoders.Evaluation;

/// <summary>A question whose right passages are known.</summary>
/// <param name="Id">Unique among the questions.</param>
/// <param name="Text">The question.</param>
/// <param name="Slice">What means are also taken by: its language, for example.</param>
/// <param name="Relevant">Passage id → grade; 1 or more is relevant.</param>
public sealed record RankingQuestion(string Id, string Text, string Slice, IReadOnlyDictionary<string, int> Relevant)
{
    /// <summary>A question answered by the given passages, all of grade 1.</summary>
    public RankingQuestion(string id, string text, string slice, IEnumerable<string> relevant)
        : this(id, text, slice, relevant.Distinct().ToDictionary(passage => passage, _ => 1)) { }

    /// <summary>
    /// Whether the passage with the question's own id is the question itself, as in ArguAna, and does not count as found.
    /// </summary>
    internal bool IsPassage { get; init; }
}
