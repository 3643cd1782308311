using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Tests.Chunking;

namespace CrossEncoders.Tests.Audit;

public sealed class TestQuestionsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TestQuestion Question(string document, params string[] quotes) =>
        new("q1", "Who?", "en", [.. quotes.Select(quote => new TestAnswer(document, quote))]);

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void QuotesFindTheChunksTheyLieIn(int overlap)
    {
        var english = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"Pump {i} stops\nwhen it is warm."));
        var chinese = string.Concat(Enumerable.Range(0, 40).Select(i => $"水泵{i}过热时停机。"));
        Document[] documents = [new("a.md", "A", english, "en"), new("b.md", "B", chinese, "zh")];
        var chunks = documents.Chunk(Counting.Words, new ChunkingOptions { MaxTokens = 50, OverlapTokens = overlap });

        var one = Assert.Single(new[] { Question("a.md", "Pump 0 stops  when it is\n warm.") }.Resolve(chunks));
        Assert.Equal(["a.md#0"], one.Relevant);
        var border = chunks.First(chunk => chunk.Id == "a.md#1");
        var across = english[(border.Start + overlap * 3 - 10)..(border.Start + overlap * 3 + 10)];
        Assert.Contains("a.md#1", Assert.Single(new[] { Question("a.md", across) }.Resolve(chunks)).Relevant);
        if (overlap == 0)
            Assert.Equal(["a.md#0", "a.md#1"], Assert.Single(new[] { Question("a.md", across) }.Resolve(chunks)).Relevant);

        var all = Assert.Single(new[] { Question("b.md", "水泵39过热时停机。", "水泵0过热 时停机。") }.Resolve(chunks));
        Assert.Equal([chunks[^1].Id, "b.md#0"], all.Relevant);
    }

    [Fact]
    public void AllMissingQuotesAreListed()
    {
        var chunks = new[] { new Document("a.md", "A", "The pump stops.", "en") }.Chunk(Counting.Words);
        var error = Assert.Throws<CrossEncoderException>(() =>
            new[] { Question("a.md", "The dome stops."), Question("c.md", "x"), Question("a.md") }.Resolve(chunks)
        );
        Assert.Contains("The dome stops.", error.Message);
        Assert.Contains("'c.md'", error.Message);
        Assert.Contains("it has no answers", error.Message);
    }

    [Fact]
    public void AFileIsReadAndChecked()
    {
        var path = _folder["test.jsonl"];
        const string Line = """{"id":"t1","question":"谁？","language":"zh","answers":[{"document":"a.md","quote":"x"}]}""";
        File.WriteAllText(path, Line + "\n");
        Assert.Equal("谁？", Assert.Single(TestQuestions.Load(path)).Question);
        File.WriteAllText(path, Line + "\n" + Line + "\n");
        Assert.Contains("t1", Assert.Throws<CrossEncoderException>(() => TestQuestions.Load(path)).Message);
        File.WriteAllText(path, "{\"id\":\"t1\"}\n");
        Assert.Contains("Line 1", Assert.Throws<CrossEncoderException>(() => TestQuestions.Load(path)).Message);
        Assert.Contains("missing.jsonl", Assert.Throws<CrossEncoderException>(() => TestQuestions.Load(_folder["missing.jsonl"])).Message);
    }
}
