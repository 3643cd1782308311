using CrossEncoders.Audit;
using CrossEncoders.Examples;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Audit;

/// <summary>Which questions a folder of documents is tested with, and what a reader is told of them.</summary>
public sealed class TestQuestionSetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public TestQuestionSetTests()
    {
        Directory.CreateDirectory(_folder["questions"]);
        Directory.CreateDirectory(_folder["corpus/sub"]);
        Directory.CreateDirectory(_folder["mine"]);
        _folder.With("corpus/a.md", "The pump stops.").With("corpus/sub/b.md", "The dome turns.").With("mine/a.md", "Something else.");
        Save("questions/test.jsonl", ("t1", "a.md"), ("t2", "sub/b.md"));
    }

    public void Dispose() => _folder.Dispose();

    private void Save(string file, params (string Id, string Document)[] questions) =>
        questions
            .Select(question => new TestQuestion(question.Id, "What?", "en", [new TestAnswer(question.Document, "The")]))
            .Save(_folder[file]);

    [Fact]
    public void QuestionsBesideTheDocumentsTheyQuoteAreTaken()
    {
        var asked = TestQuestions.For(_folder["corpus"]);
        Assert.Equal(["t1", "t2"], asked.Select(question => question.Id));
        Assert.Equal(_folder["questions/test.jsonl"], asked.File);
        Assert.Equal("2 questions from test.jsonl, written for these documents", asked.Description);
        Assert.Equal(2, TestQuestions.For(Path.Combine(_folder["mine"], "..", "corpus") + Path.DirectorySeparatorChar).Count);
    }

    [Fact]
    public void QuestionsAboutOtherDocumentsAreNot()
    {
        var none = TestQuestions.For(_folder["mine"]);
        Assert.Empty(none);
        Assert.Null(none.File);
        Assert.Equal("no questions were written for these documents", none.Description);

        File.Delete(_folder["corpus/sub/b.md"]); // one of the quoted documents is gone: it is not the corpus they were written for
        Assert.Empty(TestQuestions.For(_folder["corpus"]));
    }

    [Fact]
    public void HeldOutQuestionsStandInWhereNoneWereWritten()
    {
        Save("test-questions.jsonl", ("g1", "a.md"));
        var asked = TestQuestions.For(_folder["mine"], heldOut: _folder.Path);
        Assert.Equal("g1", Assert.Single(asked).Id);
        Assert.Equal(
            "1 questions from test-questions.jsonl, generated and held out from training: easier than what people ask",
            asked.Description
        );
        Assert.Equal(2, TestQuestions.For(_folder["corpus"], heldOut: _folder.Path).Count);
    }

    [Fact]
    public void WithoutAnyTheErrorSaysWhereTheyWereLookedFor()
    {
        var error = Assert.Throws<CrossEncoderException>(() => TestQuestions.For(_folder["mine"], heldOut: _folder.Path));
        Assert.Contains(_folder["mine"], error.Message);
        Assert.Contains(_folder["test-questions.jsonl"], error.Message);
    }

    [Fact]
    public void OnesOwnQuestionsComeFirst()
    {
        Save("own.jsonl", ("o1", "anything.md"));
        var asked = TestQuestions.For(_folder["corpus"], _folder.Path, _folder["own.jsonl"]);
        Assert.Equal("o1", Assert.Single(asked).Id);
        Assert.Contains("1 questions from own.jsonl", asked.Description);
        Assert.Equal(2, TestQuestions.For(_folder["corpus"], _folder.Path, "").Count);
        Assert.Throws<CrossEncoderException>(() => TestQuestions.For(_folder["corpus"], _folder.Path, _folder["absent.jsonl"]));
    }

    [Fact]
    public void HeldOutQuestionsAreThoseOfTheTestPartOrElseOfTheValidation()
    {
        var (documents, chunks) = Make.Corpus();
        QaDataset Part(int chunk) =>
            new(documents, chunks, [new GeneratedQuestion($"Which of {chunk}?", "natural", chunks[chunk].Id, "writer")]);
        var empty = new QaDataset([], [], []);

        var test = Assert.Single(new SplitDataset(Part(0), Part(1), Part(2)).ToTestQuestions());
        Assert.Equal(("Which of 2?", "writer"), (test.Question, test.Author));
        Assert.Equal("Which of 1?", Assert.Single(new SplitDataset(Part(0), Part(1), empty).ToTestQuestions()).Question);
    }

    [Fact]
    public void TheAuthorOutlivesTheFile()
    {
        TestQuestion[] questions = [new("t1", "What?", "en", [new("a.md", "The")]) { Author = "writer" }];
        questions.Save(_folder["authored.jsonl"]);
        Assert.Equal("writer", Assert.Single(TestQuestions.Load(_folder["authored.jsonl"])).Author);
        Assert.Null(TestQuestions.Load(_folder["questions/test.jsonl"])[0].Author);
    }
}
