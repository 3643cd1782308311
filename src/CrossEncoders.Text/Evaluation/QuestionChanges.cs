namespace CrossEncoders.Evaluation;

/// <summary>What became of one question from one retriever to another.</summary>
/// <param name="Change">After − before.</param>
/// <param name="Before">The metric with the first retriever.</param>
/// <param name="After">The metric with the second.</param>
/// <param name="Question">The question.</param>
public sealed record QuestionChange(double Change, double Before, double After, string Question);

/// <summary>Looks at a comparison question by question.</summary>
public static class QuestionChanges
{
    /// <summary>How a metric changed for each question from one retriever to another, the largest gain first.</summary>
    /// <exception cref="CrossEncoderException">The comparison has no such retriever or metric.</exception>
    public static IReadOnlyList<QuestionChange> Changes(
        this RankingComparison comparison,
        string before,
        string after,
        string? metric = null
    )
    {
        metric ??= comparison.Metrics[0];
        double[] Values(string retriever)
        {
            _ = comparison.Mean(retriever, metric); // lists what there is where it is missing
            return [.. comparison.Rankings.Where(ranking => ranking.Retriever == retriever).Select(ranking => ranking.Metrics[metric])];
        }

        var (first, second) = (Values(before), Values(after));
        var questions = comparison.Rankings.Take(first.Length).Select(ranking => ranking.Question.Text);
        return
        [
            .. questions
                .Select((question, i) => new QuestionChange(second[i] - first[i], first[i], second[i], question))
                .OrderByDescending(change => change.Change),
        ];
    }
}
