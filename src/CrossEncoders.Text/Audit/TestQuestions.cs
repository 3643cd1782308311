using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Files;

namespace CrossEncoders.Audit;

/// <summary>A place in a document that answers a question.</summary>
/// <param name="Document">The document's id.</param>
/// <param name="Quote">Words of its text; white space does not matter.</param>
public sealed record TestAnswer(string Document, string Quote);

/// <summary>A question to test with, tied to text and not to chunks, so that it outlives any way of cutting.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Question">The question.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Answers">The places that answer it, one or more.</param>
public sealed record TestQuestion(string Id, string Question, string Language, IReadOnlyList<TestAnswer> Answers)
{
    /// <summary>The model that wrote it; null where a person did.</summary>
    public string? Author { get; init; }
}

/// <summary>A test question and the chunks that answer it.</summary>
/// <param name="Id">The question's id.</param>
/// <param name="Question">The question.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Relevant">Ids of the chunks that answer it, in the order of the answers.</param>
public sealed record ResolvedQuestion(string Id, string Question, string Language, IReadOnlyList<string> Relevant);

/// <summary>Reads test questions and finds the chunks that answer them.</summary>
public static class TestQuestions
{
    /// <summary>The file of held-out questions in a folder of artifacts.</summary>
    private const string HeldOutFile = "test-questions.jsonl";

    /// <summary>
    /// The questions to test with: one's own where they are given; else those written for the documents, in <c>questions/test.jsonl</c>
    /// beside their folder, if it holds every document they quote (as the demo's does); else those that were generated and held out.
    /// </summary>
    /// <param name="documents">The folder of the documents.</param>
    /// <param name="heldOut">
    /// The folder with <c>test-questions.jsonl</c>, generated questions that were held out; null where there are none.
    /// </param>
    /// <param name="own">A file of one's own questions; null or empty for none.</param>
    /// <returns>
    /// The questions with a description of them; no questions where none were written and <paramref name="heldOut"/> is null.
    /// </returns>
    /// <exception cref="CrossEncoderException">A file is missing or broken.</exception>
    /// <example><code>var questions = TestQuestions.For("../data/corpus", "../artifacts").ToRankingQuestions(chunks);</code></example>
    public static TestQuestionSet For(string documents, string? heldOut = null, string? own = null)
    {
        if (!string.IsNullOrEmpty(own))
            return new TestQuestionSet(Load(own), Path.GetFullPath(own), "your own: keep them out of training");
        if (WrittenFor(documents) is { } written)
            return written;
        if (heldOut is null)
            return new TestQuestionSet([], null, "no questions were written for these documents");
        var file = Path.GetFullPath(Path.Combine(heldOut, HeldOutFile));
        return File.Exists(file)
            ? new TestQuestionSet(Load(file), file, "generated and held out from training: easier than what people ask")
            : throw new CrossEncoderException(
                $"There are no test questions for '{Path.GetFullPath(documents)}': "
                    + $"none were written for it, and there is no file '{file}'. "
                    + "Generate questions first and save those held out there, or name a file of your own."
            );
    }

    private static TestQuestionSet? WrittenFor(string documents)
    {
        var folder = Path.GetFullPath(documents);
        var file = Path.GetFullPath(Path.Combine(folder, "..", "questions", "test.jsonl"));
        if (!File.Exists(file))
            return null;
        var questions = Load(file);
        return questions.SelectMany(question => question.Answers).All(answer => File.Exists(Path.Combine(folder, answer.Document)))
            ? new TestQuestionSet(questions, file, "written for these documents")
            : null;
    }

    /// <summary>Reads JSON Lines of <see cref="TestQuestion"/>.</summary>
    /// <exception cref="CrossEncoderException">The file is missing or empty, a line is not a question, or an id comes twice.</exception>
    public static IReadOnlyList<TestQuestion> Load(string path)
    {
        const string What = "a test question {\"id\",\"question\",\"language\",\"answers\":[{\"document\",\"quote\"}]}";
        var questions = JsonLines.Read<TestQuestion>(path, What);
        if (questions.Count == 0)
            throw new CrossEncoderException($"'{path}' is empty. Expected {What} on each line.");
        if (questions.GroupBy(question => question.Id).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new CrossEncoderException($"The id '{twice.Key}' comes {twice.Count()} times in '{path}'; give each question its own.");
        return questions;
    }

    /// <summary>
    /// Finds the chunks that each question's quotes lie in: those that hold the quote whole; where none does, those that hold a part of it.
    /// </summary>
    /// <param name="questions">The questions.</param>
    /// <param name="chunks">All chunks of the documents.</param>
    /// <exception cref="CrossEncoderException">Quotes that are not in their documents, all of them listed.</exception>
    public static IReadOnlyList<ResolvedQuestion> Resolve(this IReadOnlyList<TestQuestion> questions, IReadOnlyList<Chunk> chunks)
    {
        var documents = chunks.GroupBy(chunk => chunk.DocumentId).ToDictionary(group => group.Key, group => new Squeezed([.. group]));
        var failures = new List<string>();
        var resolved = new List<ResolvedQuestion>();
        foreach (var question in questions)
        {
            var relevant = new List<string>();
            if (question.Answers.Count == 0)
                failures.Add($"{question.Id}: it has no answers");
            foreach (var answer in question.Answers)
            {
                var found = documents.TryGetValue(answer.Document, out var document) ? document.ChunksWith(answer.Quote) : null;
                if (found is null)
                    failures.Add($"{question.Id}: there is no document '{answer.Document}'");
                else if (found.Count == 0)
                    failures.Add($"{question.Id}: '{answer.Document}' does not contain \"{Excerpt.Of(answer.Quote, 80)}\"");
                else
                    relevant.AddRange(found.Except(relevant));
            }
            resolved.Add(new ResolvedQuestion(question.Id, question.Question, question.Language, relevant));
        }
        if (failures.Count > 0)
            throw new CrossEncoderException(
                $"{failures.Count} answer(s) of test questions are not in the documents. "
                    + "Quote their text word for word (white space does not matter):\n"
                    + string.Join('\n', failures.Take(20))
                    + (failures.Count > 20 ? $"\nand {failures.Count - 20} more" : "")
            );
        return resolved;
    }

    /// <summary>A document without its white space, put together from its chunks.</summary>
    private sealed class Squeezed
    {
        private readonly string _text;
        private readonly List<(string Id, int Start, int End)> _spans = [];

        public Squeezed(IReadOnlyList<Chunk> chunks)
        {
            var text = new StringBuilder();
            // Where each position of the document went; chunks may overlap.
            var places = new List<int>();
            foreach (var chunk in chunks)
            {
                while (places.Count < chunk.Start)
                    places.Add(text.Length);
                foreach (var c in chunk.Text.AsSpan(Math.Min(places.Count - chunk.Start, chunk.Length)))
                {
                    places.Add(text.Length);
                    if (!char.IsWhiteSpace(c))
                        text.Append(c);
                }
            }
            places.Add(text.Length);
            _text = text.ToString();
            foreach (var chunk in chunks)
                _spans.Add((chunk.Id, places[chunk.Start], places[chunk.Start + chunk.Length]));
        }

        public IReadOnlyList<string> ChunksWith(string quote)
        {
            var wanted = string.Concat(quote.Where(letter => !char.IsWhiteSpace(letter)));
            var found = new List<string>();
            if (wanted.Length == 0)
                return found;
            for (
                var at = _text.IndexOf(wanted, StringComparison.Ordinal);
                at >= 0;
                at = _text.IndexOf(wanted, at + 1, StringComparison.Ordinal)
            )
            {
                var touched = _spans.Where(span => span.Start < at + wanted.Length && at < span.End).ToList();
                // Where chunks overlap, a neighbour has a part of the quote, and that is no answer.
                var whole = touched.Where(span => span.Start <= at && at + wanted.Length <= span.End).ToList();
                found.AddRange((whole.Count > 0 ? whole : touched).Select(span => span.Id).Except(found));
            }
            return found;
        }
    }
}
