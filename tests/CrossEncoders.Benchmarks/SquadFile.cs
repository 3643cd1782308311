using System.Text.Json;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Benchmarks;

/// <summary>A human question, the passage that answers it and the answer's words.</summary>
/// <param name="Text">The question.</param>
/// <param name="Passage">Index of the passage.</param>
/// <param name="AnswerStart">Where in the passage the first answer stands.</param>
/// <param name="Answers">The words of the answers.</param>
internal sealed record SquadQuestion(string Text, int Passage, int AnswerStart, IReadOnlyList<string> Answers);

/// <summary>Passages and questions in the layout of SQuAD 1.1.</summary>
internal sealed record SquadFile(string Name, IReadOnlyList<string> Passages, IReadOnlyList<SquadQuestion> Questions)
{
    public static SquadFile Load(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var passages = new List<string>();
        var questions = new List<SquadQuestion>();
        foreach (
            var paragraph in json
                .RootElement.GetProperty("data")
                .EnumerateArray()
                .SelectMany(article => article.GetProperty("paragraphs").EnumerateArray())
        )
        {
            passages.Add(paragraph.GetProperty("context").GetString()!);
            foreach (var question in paragraph.GetProperty("qas").EnumerateArray())
            {
                var answers = question.GetProperty("answers").EnumerateArray().ToList();
                questions.Add(
                    new(
                        question.GetProperty("question").GetString()!,
                        passages.Count - 1,
                        answers[0].GetProperty("answer_start").GetInt32(),
                        [.. answers.Select(answer => answer.GetProperty("text").GetString()!).Distinct()]
                    )
                );
            }
        }

        return new(Path.GetFileNameWithoutExtension(path), passages, questions);
    }

    /// <summary>The same questions about shorter passages: whole sentences of at most so many tokens, where sentences allow.</summary>
    public SquadFile Split(TextTokenizer tokenizer, int maxTokens)
    {
        var pieces = new List<string>();
        var starts = new List<(int Start, int Piece)[]>();
        foreach (var passage in Passages)
        {
            var cut = SentencePieces.Of(passage, tokenizer, maxTokens).ToArray();
            starts.Add([.. cut.Select((piece, i) => (piece.Start, pieces.Count + i))]);
            pieces.AddRange(cut.Select(piece => piece.Text));
        }

        return this with
        {
            Passages = pieces,
            Questions =
            [
                .. Questions.Select(question =>
                    question with
                    {
                        Passage = starts[question.Passage].Last(start => start.Start <= question.AnswerStart).Piece,
                    }
                ),
            ],
        };
    }
}
