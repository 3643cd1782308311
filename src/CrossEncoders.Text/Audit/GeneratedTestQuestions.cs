using CrossEncoders.Examples;
using CrossEncoders.Files;
using CrossEncoders.Questions;

namespace CrossEncoders.Audit;

/// <summary>Generated questions that were held out, for testing where no person has written any.</summary>
public static class GeneratedTestQuestions
{
    /// <summary>The data set's questions with the chunk each was asked about as the answer.</summary>
    /// <remarks>Easier than what people ask: the generator had read the passage. Keep their share out of training.</remarks>
    public static IReadOnlyList<TestQuestion> ToTestQuestions(this QaDataset dataset)
    {
        var chunks = dataset.Chunks.ToDictionary(chunk => chunk.Id);
        return
        [
            .. dataset.Questions.Select(question =>
            {
                var chunk = chunks[question.ChunkId];
                var answer = new TestAnswer(chunk.DocumentId, chunk.Text.Trim());
                return new TestQuestion(question.Id, question.Text, chunk.Language, [answer]) { Author = question.Model };
            }),
        ];
    }

    /// <summary>The questions of the test part, or of the validation part where there are too few documents for a test part.</summary>
    public static IReadOnlyList<TestQuestion> ToTestQuestions(this SplitDataset parts) =>
        (parts.Test.Questions.Count > 0 ? parts.Test : parts.Validation).ToTestQuestions();

    /// <summary>Writes test questions as JSON Lines, whole or not at all; <see cref="TestQuestions.Load"/> reads them.</summary>
    public static void Save(this IEnumerable<TestQuestion> questions, string path) => JsonLines.Write(path, questions);
}
