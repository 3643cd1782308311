using CrossEncoders.Audit;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

public sealed class TestRankingsTests
{
    private static TestQuestion Asked(string id, string language, params (string Document, string Quote)[] answers) =>
        new(id, $"Question {id}?", language, [.. answers.Select(answer => new TestAnswer(answer.Document, answer.Quote))]);

    [Fact]
    public void TheChunksThatHoldTheQuotesAreRelevantAndTheLanguageIsTheSlice()
    {
        var (_, chunks) = Make.Corpus();
        var first = chunks.First(chunk => chunk.Language == "en");
        var chinese = chunks.First(chunk => chunk.Language == "zh");
        var questions = new[]
        {
            Asked("one", "en", (first.DocumentId, first.Text.Trim())),
            Asked("two", "zh", (chinese.DocumentId, chinese.Text.Trim()), (first.DocumentId, first.Text.Trim())),
        }.ToRankingQuestions(chunks);
        Assert.Equal([("one", "Question one?", "en"), ("two", "Question two?", "zh")], questions.Select(q => (q.Id, q.Text, q.Slice)));
        Assert.Equal([first.Id], questions[0].Relevant.Keys);
        Assert.Equal([chinese.Id, first.Id], questions[1].Relevant.Keys);
        Assert.All(questions.SelectMany(question => question.Relevant.Values), grade => Assert.Equal(1, grade));
    }

    [Fact]
    public void ARetrieverOverTheSameChunksIsMeasuredByThem()
    {
        var (_, chunks) = Make.Corpus();
        var asked = new TestQuestion("q", chunks[3].Passage, chunks[3].Language, [new(chunks[3].DocumentId, chunks[3].Text.Trim())]);
        var comparison = RankingComparison.Of(new[] { asked }.ToRankingQuestions(chunks), new Bm25Retriever(chunks));
        Assert.Equal(1, comparison.Mean("BM25", "MRR@10"));
    }

    [Fact]
    public void ExamplesOfAGroupAreOneQuestionWithItsRelevantPassages()
    {
        InputExample[] examples =
        [
            new(["Why?", "one"], 1) { Group = "first" },
            new(["Why?", "two"], 0) { Group = "first" },
            new(["Why?", "two"], 0.8f) { Group = "second" },
            new(["Why?", "three"], 0.5f) { Group = "second" },
            new(["How?", "three"], 0.3f),
        ];
        Passage[] passages = [new("a", "one"), new("b", "two"), new("c", "three"), new("d", "three")];
        var questions = examples.ToRankingQuestions(passages);
        Assert.Equal(
            [("first", "Why?", "a"), ("second", "Why?", "b c d")],
            questions.Select(q => (q.Id, q.Text, string.Join(' ', q.Relevant.Keys)))
        );
        var said = Assert.Throws<CrossEncoderException>(() => examples.ToRankingQuestions(passages[1..])).Message;
        Assert.Contains("The answer to 'Why?' is none of the 2 passages", said);
    }

    [Fact]
    public void AGroupThatIsCalledLikeAQuestionIsNotThatQuestion()
    {
        InputExample[] examples = [new(["Why?", "one"], 1) { Group = "How?" }, new(["How?", "two"], 1), new(["Who?", "two"], 1)];
        var questions = examples.ToRankingQuestions([new("a", "one"), new("b", "two")]);
        Assert.Equal(
            [("How?", "Why?", "a"), ("'How?'", "How?", "b"), ("Who?", "Who?", "b")],
            questions.Select(q => (q.Id, q.Text, q.Relevant.Keys.Single()))
        );
    }

    [Fact]
    public void AQuoteThatIsNotThereIsNamed()
    {
        var (_, chunks) = Make.Corpus();
        var error = Assert.Throws<CrossEncoderException>(() =>
            new[] { Asked("lost", "en", (chunks[0].DocumentId, "no such words")) }.ToRankingQuestions(chunks)
        );
        Assert.Contains("lost", error.Message);
        Assert.Contains("no such words", error.Message);
    }

    [Fact]
    public void AnIndexOverChunksIsThatOverTheirPassages()
    {
        var (_, chunks) = Make.Corpus();
        var (direct, indirect) = (new Bm25Retriever(chunks, name: "words"), new Bm25Retriever(chunks.ToPassages()));
        Assert.Equal("words", direct.Name);
        Assert.Equal(indirect.Passages, direct.Passages);
        Assert.Equal(indirect.Search("Pump p2x1x3", 5), direct.Search("Pump p2x1x3", 5));
    }
}
