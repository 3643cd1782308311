using CrossEncoders.Audit;
using CrossEncoders.Chunking;

namespace CrossEncoders.Evaluation;

/// <summary>Test questions as questions of a ranking.</summary>
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
}
