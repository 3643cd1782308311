namespace CrossEncoders.Evaluation;

/// <summary>A query of NanoBEIR with its candidates.</summary>
/// <param name="Text">The query.</param>
/// <param name="Candidates">Ids and texts of what is re-ranked, by id.</param>
/// <param name="Grades">1 for each relevant candidate.</param>
/// <param name="Before">The order of the first stage, relevant passages that it missed at the end; empty where it found none.</param>
/// <param name="GradesBefore">1 for each relevant one of these.</param>
/// <remarks>
/// As in <c>cross_encoder/evaluation/reranking.py</c> of sentence-transformers: a candidate is relevant where its text is that of a
/// relevant passage, and grades count only what is in the list.
/// </remarks>
internal sealed record NanoBeirQuery(
    string Text,
    IReadOnlyList<KeyValuePair<string, string>> Candidates,
    IReadOnlyDictionary<string, int> Grades,
    IReadOnlyList<string> Before,
    IReadOnlyDictionary<string, int> GradesBefore
)
{
    /// <summary>Takes the candidates together.</summary>
    /// <param name="text">The query.</param>
    /// <param name="positives">Ids of its relevant passages.</param>
    /// <param name="found">What the first stage found, best first.</param>
    /// <param name="passage">The text of an id.</param>
    /// <param name="optimistic">Whether all relevant passages are candidates.</param>
    public static NanoBeirQuery Of(
        string text,
        IReadOnlyList<string> positives,
        IReadOnlyList<string> found,
        Func<string, string> passage,
        bool optimistic
    )
    {
        var relevant = positives.Select(passage).ToHashSet(StringComparer.Ordinal);
        string[] hits = [.. found.Where(id => relevant.Contains(passage(id)))];
        string[] candidates = optimistic ? [.. positives, .. found.Except(hits, StringComparer.Ordinal)] : [.. found];
        string[] grade = optimistic ? [.. positives] : hits;
        // A first stage that found nothing relevant gets 0; one that did gets the rest at its end, and only their number matters.
        string[] missed =
            hits.Length == 0 ? [] : [.. Enumerable.Range(0, Math.Max(0, positives.Count - hits.Length)).Select(i => $"missed {i}")];
        return new(
            text,
            [.. candidates.Select(id => KeyValuePair.Create(id, passage(id)))],
            grade.Distinct(StringComparer.Ordinal).ToDictionary(id => id, _ => 1, StringComparer.Ordinal),
            hits.Length == 0 ? [] : [.. found, .. missed],
            hits.Concat(missed).ToDictionary(id => id, _ => 1, StringComparer.Ordinal)
        );
    }
}
