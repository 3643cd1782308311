using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>A question that a search did badly on, with the texts to see why.</summary>
/// <param name="Question">The question.</param>
/// <param name="Place">Where the first passage that answers stands, from 1; null where it is not among those found.</param>
/// <param name="First">What stands on top instead; empty where nothing was found.</param>
/// <param name="Answer">A passage that answers.</param>
public sealed record RankingFailure(string Question, int? Place, string First, string Answer);

/// <summary>Where a search failed.</summary>
public static class RankingFailures
{
    /// <summary>
    /// The questions whose answer stands lowest, those not found at all last: what was found too low is what a better order could mend.
    /// </summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="retriever">The search.</param>
    /// <param name="passages">The collection that was searched.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="depth">Only answers among so many: what stands below was never read by a re-ranker of that depth.</param>
    /// <exception cref="CrossEncoderException">The comparison has no such search, or the collection lacks an answer.</exception>
    public static IReadOnlyList<RankingFailure> WorstFailures(
        this RankingComparison comparison,
        string retriever,
        IEnumerable<Passage> passages,
        int count = 5,
        int? depth = null
    )
    {
        _ = comparison.Mean(retriever, comparison.Metrics[0]); // lists what there is where it is missing
        var texts = passages.ToDictionary(passage => passage.Id, passage => passage.Text);
        return
        [
            .. comparison
                .Rankings.Where(ranking => ranking.Retriever == retriever)
                .Select(ranking => Failure(ranking, texts))
                .Where(failure => failure.Place != 1 && !(failure.Place > depth))
                .OrderByDescending(failure => failure.Place ?? 0)
                .Take(count),
        ];
    }

    private static RankingFailure Failure(QueryRanking ranking, Dictionary<string, string> texts)
    {
        bool Answers(string id) => ranking.Question.Relevant.GetValueOrDefault(id) > 0;
        var found = ranking.Hits.Index().FirstOrDefault(hit => Answers(hit.Item.Passage.Id));
        var answer = found.Item?.Passage.Id ?? ranking.Question.Relevant.First(passage => passage.Value > 0).Key;
        return texts.TryGetValue(answer, out var text)
            ? new(
                ranking.Question.Text,
                found.Item is null ? null : found.Index + 1,
                ranking.Hits is [var first, ..] ? first.Passage.Text : "",
                text
            )
            : throw new CrossEncoderException($"The passage {answer} answers a question but is not in the collection that was given.");
    }
}
