using CrossEncoders.Chunking;
using CrossEncoders.Files;
using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class RecordedAnswersTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch["record.jsonl"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task TheLastUserMessageIsTheKeyWhateverStandsBeforeIt()
    {
        using var record = Record(("a", "answer to a"), ("b", "answer to b"));
        Assert.Equal(2, record.Count);
        Assert.True(record.Contains(Chunk.HashOf("a")));
        Assert.False(record.Contains("a"));
        ChatMessage[] messages = [new(ChatRole.System, "x"), new(ChatRole.User, "b"), new(ChatRole.Assistant, "y"), User("a")];
        var response = await record.GetResponseAsync(messages);
        Assert.Equal(("answer to a", "writer"), (response.Text, response.ModelId));
        Assert.Equal((0, 0), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount)); // nobody is paid
        Assert.Equal("answer to a", (await record.GetResponseAsync([User("a"), new(ChatRole.Assistant, "started")])).Text);
    }

    [Fact]
    public async Task WithoutAFallbackThePassageIsNamed()
    {
        using var record = Record(("a", "answer"));
        var passage = "Unknown " + new string('x', 500);
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => record.GetResponseAsync([User(passage)]));
        Assert.StartsWith($"Nothing is recorded in '{Path}' for the passage 'Unknown xxx", error.Message);
        Assert.InRange(error.Message.Length, 100, 500);
        await Assert.ThrowsAsync<CrossEncoderException>(() => record.GetResponseAsync([])); // no passage at all
        await Assert.ThrowsAsync<CrossEncoderException>(() => record.GetResponseAsync([User("A")]));
    }

    [Fact]
    public async Task TheFallbackGetsWhatWasSentAndOnlyWhatIsNotRecorded()
    {
        var model = new ScriptedChat((_, _, _) => Task.FromResult("from the model"));
        using var record = Record(model, ("a", "from the record"));
        var options = new ChatOptions { Seed = 5 };
        Assert.Equal("from the record", (await record.GetResponseAsync([User("a")], options)).Text);
        Assert.Empty(model.Sent);
        IEnumerable<ChatMessage> Once()
        {
            yield return new(ChatRole.System, "Be brief.");
            yield return User("b");
        }
        Assert.Equal("from the model", (await record.GetResponseAsync(Once(), options)).Text);
        var sent = Assert.Single(model.Sent);
        Assert.Same(options, sent.Options);
        Assert.Equal(["Be brief.", "b"], sent.Messages.Select(message => message.Text));
    }

    [Fact]
    public void TheFallbackIsFoundBehindTheRecordAndEndsWithIt()
    {
        var model = new StubChat(_ => "answer");
        using (var record = Record(model, ("a", "answer")))
        {
            Assert.Same(model, record.GetService<StubChat>());
            Assert.Same(record, record.GetService<RecordedAnswers>());
            Assert.Null(record.GetService<RecordedAnswers>("a key"));
        }
        Assert.True(model.IsDisposed);
        Assert.Null(Record(("a", "answer")).GetService<StubChat>());
    }

    [Fact]
    public async Task ARecordHeedsACancellationAndStreams()
    {
        using var record = Record(("a", "one answer"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => record.GetResponseAsync([User("a")], null, new(canceled: true)));
        var text = "";
        await foreach (var update in record.GetStreamingResponseAsync([User("a")]))
            text += update.Text;
        Assert.Equal("one answer", text);
    }

    [Fact]
    public async Task OfSeveralAnswersTheLastHoldsAndATornOneIsLeftOut()
    {
        using (Record(("a", "first"), ("b", "only"), ("a", "second"))) { }
        var bytes = File.ReadAllBytes(Path);
        File.WriteAllBytes(Path, bytes[..^5]);
        using var record = RecordedAnswers.Open(Path);
        Assert.Equal("first", (await record.GetResponseAsync([User("a")])).Text);
        Assert.Equal(2, record.Count);
        Assert.Equal(bytes[..^5], File.ReadAllBytes(Path)); // a record is only read
        File.WriteAllBytes(Path, bytes);
        Assert.Equal("second", (await RecordedAnswers.Open(Path).GetResponseAsync([User("a")])).Text);
    }

    [Fact]
    public void AMissingRecordIsNamed() =>
        Assert.Equal(
            $"There is no file '{Path}'. Expected a recorded answer on each line (JSON Lines).",
            Assert.Throws<CrossEncoderException>(() => RecordedAnswers.Open(Path)).Message
        );

    private static ChatMessage User(string text) => new(ChatRole.User, text);

    private RecordedAnswers Record(params (string Passage, string Answer)[] all) => Record(null, all);

    private RecordedAnswers Record(IChatClient? fallback, params (string Passage, string Answer)[] all)
    {
        JsonLines.Write(Path, all.Select(each => new RecordedAnswer(Chunk.HashOf(each.Passage), "a.md", "writer", each.Answer)));
        return RecordedAnswers.Open(Path, fallback);
    }
}
