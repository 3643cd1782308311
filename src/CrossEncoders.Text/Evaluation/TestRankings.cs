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
    /// it has with a label of 0.5 or more, and all others of the same text. One without such a passage is left out.
    /// </summary>
    /// <param name="examples">
    /// Those of a question share their <see cref="InputExample.Group"/> or, without one, its text; the group or text is the question's id,
    /// a text that is also a group's name in quotes.
    /// </param>
    /// <param name="passages">The collection, as the retrievers index it.</param>
    /// <exception cref="CrossEncoderException">A relevant passage is not in the collection.</exception>
    public static IReadOnlyList<RankingQuestion> ToRankingQuestions(this IEnumerable<InputExample> examples, IEnumerable<Passage> passages)
    {
        var ids = passages.ToLookup(passage => passage.Text, passage => passage.Id);
        var questions = ExampleLists.Groups(examples.Where(example => example.Label >= 0.5f)).ToList();
        var named = questions.Select(question => question[0].Group).ToHashSet();
        return
        [
            .. questions.Select(question => new RankingQuestion(
                question[0].Group ?? (named.Contains(question[0].Query) ? $"'{question[0].Query}'" : question[0].Query),
                question[0].Query,
                "",
                question.SelectMany(example => Ids(ids, example))
            )),
        ];
    }

    private static IEnumerable<string> Ids(ILookup<string, string> ids, InputExample example) =>
        ids.Contains(example.Passage)
            ? ids[example.Passage]
            : throw new CrossEncoderException(
                $"The answer to '{example.Query}' is none of the {ids.Count} passages. Examples and passages must come from the same "
                    + "documents, cut alike (ChunkingOptions)."
            );
}
