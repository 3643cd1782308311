using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Questions;

namespace CrossEncoders.Display;

/// <summary>Views that tell what happened to single documents, questions and pairs.</summary>
public static class StoryViews
{
    /// <summary>A document's text with the borders of its chunks.</summary>
    /// <param name="document">The document.</param>
    /// <param name="chunks">Its chunks; those of others are left out.</param>
    /// <param name="maxCharacters">How much of the text is shown.</param>
    public static ChunkBorders ToBorders(this Document document, IEnumerable<Chunk> chunks, int maxCharacters = 2500) =>
        new(document, chunks, maxCharacters);

    /// <summary>The questions read from an answer: text, style, kept or why not.</summary>
    public static Table ToTable(this QuestionTrial trial) =>
        trial.Questions.ToTable(
            40,
            ("question", question => question.Text),
            ("style", question => question.Style),
            ("verdict", question => question.Dropped ?? "kept")
        );

    /// <summary>Where each question's answer stood with one search and stands with another.</summary>
    /// <param name="comparison">The comparison; it needs MRR@10.</param>
    /// <param name="before">The first search.</param>
    /// <param name="after">The second.</param>
    /// <exception cref="CrossEncoderException">The comparison has no such search, or no MRR@10.</exception>
    public static SlopeChart ToSlopes(this RankingComparison comparison, string before, string after) =>
        new(before, after, comparison.Changes(before, after, RankingMetric.Mrr(10).Name));

    /// <summary>
    /// The place of the answer among its question's passages by two lists of scores, for the questions where it moved most; after those
    /// that moved, those where it is not first.
    /// </summary>
    /// <param name="examples">Examples with labels; a question's passages share its text.</param>
    /// <param name="before">A score for each example.</param>
    /// <param name="after">Another.</param>
    /// <param name="questions">How many questions are shown.</param>
    /// <exception cref="CrossEncoderException">There are not as many scores as examples.</exception>
    public static Table BeforeAndAfter(
        this IReadOnlyList<InputExample> examples,
        IReadOnlyList<float> before,
        IReadOnlyList<float> after,
        int questions = 5
    )
    {
        if (before.Count != examples.Count || after.Count != examples.Count)
            throw new CrossEncoderException(
                $"{examples.Count} examples got {before.Count} scores before and {after.Count} after. Give each example one of both."
            );
        var groups = Enumerable
            .Range(0, examples.Count)
            .GroupBy(i => examples[i].Query)
            .Where(group => group.Count() > 1 && group.Any(i => examples[i].Label > 0.5f))
            .Select(group => (Members: group.ToArray(), Answer: group.First(i => examples[i].Label > 0.5f)));
        return groups
            .Select(group => (group.Members, group.Answer, Before: Place(before, group), After: Place(after, group)))
            .OrderByDescending(row => Math.Abs(row.Before - row.After))
            .ThenByDescending(row => row.After)
            .ToList()
            .ToTable(
                questions,
                ("question", row => examples[row.Answer].Query),
                ("passages", row => row.Members.Length),
                ("place before", row => row.Before),
                ("place after", row => row.After),
                ("score before", row => before[row.Answer]),
                ("score after", row => after[row.Answer])
            );
    }

    private static int Place(IReadOnlyList<float> scores, (int[] Members, int Answer) group) =>
        1 + group.Members.Count(i => scores[i] > scores[group.Answer]);
}
