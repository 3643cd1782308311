using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>Test questions and labelled examples as questions of a ranking.</summary>
public static class TestRankings
{
    /// <summary>Questions whose relevant passages are the chunks that their quotes lie in; a question's slice is its language.</summary>
    /// <param name="questions">The questions, see <see cref="TestQuestions.For"/>.</param>
    /// <param name="chunks">All chunks of the documents, as the retrievers index them.</param>
    /// <exception cref="CrossEncoderException">Quotes that are not in their documents, all of them listed.</exception>
    /// <example><code>RankingComparison.Of(questions.ToRankingQuestions(chunks), bm25, bm25.RerankedBy(model))</code></example>
    public static IReadOnlyList<RankingQuestion> ToRankingQuestions(
        this IReadOnlyList<TestQuestion> questions,
        IReadOnlyList<Chunk> chunks
    ) =>
        [
            .. questions
                .Resolve(chunks)
                .Select(question => new RankingQuestion(question.Id, question.Question, question.Language, question.Relevant)),
        ];

    /// <summary>
    /// Labelled examples as questions, for example to choose a setting on the validation set: a question's relevant passages are those that
    /// it has with a label of 0.5 or more. One without such a passage is left out.
    /// </summary>
    /// <param name="examples">
    /// Those of a question share their <see cref="InputExample.Group"/> or, without one, its text; the group is the question's id.
    /// </param>
    /// <param name="passages">The collection, as the retrievers index it.</param>
    /// <exception cref="CrossEncoderException">A relevant passage is not in the collection.</exception>
    public static IReadOnlyList<RankingQuestion> ToRankingQuestions(this IEnumerable<InputExample> examples, IEnumerable<Passage> passages)
    {
        var ids = passages.GroupBy(passage => passage.Text).ToDictionary(same => same.Key, same => same.First().Id);
        return
        [
            .. examples
                .Where(example => example.Label >= 0.5f)
                .GroupBy(example => example.Group ?? example.Query)
                .Select(group => new RankingQuestion(group.Key, group.First().Query, "", group.Select(example => Id(ids, example)))),
        ];
    }

    private static string Id(Dictionary<string, string> ids, InputExample example) =>
        ids.TryGetValue(example.Passage, out var id)
            ? id
            : throw new CrossEncoderException(
                $"The answer to '{example.Query}' is none of the {ids.Count} passages. Examples and passages must come from the same "
                    + "documents, cut alike (ChunkingOptions)."
            );
}
