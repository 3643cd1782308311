using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>Links of the chain alone: journal, endpoint, schema, time and turns.</summary>
public sealed class SingleLinkTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch["journal.jsonl"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("prompt", "good", true)]
    [InlineData(null, "good", true)] // made elsewhere, it names no instructions
    [InlineData("other", "good", false)]
    [InlineData("prompt", "bad", false)]
    public async Task AJournalAnswersWhatWasAskedTheSameWay(string? prompt, string answer, bool isKnown)
    {
        using (var before = AnswerJournal.Open(Path))
            before.Append(new("key", "a.md", "writer", answer) { Prompt = prompt });
        var model = new StubChat(_ => "from the model");
        using var journal = AnswerJournal.Open(Path);
        var client = new JournalClient(model, journal, text => text == "bad" ? "useless" : null);
        var response = await client.GetResponseAsync(StubChat.Question, Call());
        Assert.Equal(isKnown ? ("good", 0) : ("from the model", 1), (response.Text, model.Calls));
        Assert.Equal(isKnown ? 1 : 2, File.ReadLines(Path).Count());
    }

    [Fact]
    public async Task WhatTheModelSaysIsWrittenDownWithItsTokensAndItsName()
    {
        var said = StubChat.Says("answer");
        (said.ModelId, said.Usage) = ("", new UsageDetails { InputTokenCount = 12, OutputTokenCount = 3 });
        using (var journal = AnswerJournal.Open(Path))
            await new JournalClient(new StubChat((_, _) => Task.FromResult(said)), journal, _ => null).GetResponseAsync([], Call());
        var expected = new RecordedAnswer("key", "a.md", "the model", "answer")
        {
            Prompt = "prompt",
            InputTokens = 12,
            OutputTokens = 3,
        };
        Assert.Equal(expected, Assert.Single(AnswerJournal.Read(Path).Answers).Value);
    }

    [Fact]
    public async Task AFailureLeavesNoLine()
    {
        using (var journal = AnswerJournal.Open(Path))
        {
            var client = new JournalClient(new StubChat(_ => throw new UnansweredException("no")), journal, _ => null);
            await Assert.ThrowsAsync<UnansweredException>(() => client.GetResponseAsync(StubChat.Question, Call()));
        }
        Assert.Equal(0, new FileInfo(Path).Length);
    }

    [Theory]
    [InlineData(401, true)]
    [InlineData(402, true)]
    [InlineData(403, true)]
    [InlineData(404, true)]
    [InlineData(400, false)]
    [InlineData(422, false)]
    [InlineData(500, false)]
    public async Task OnlyAWrongKeyOrAddressEndsTheRunAtOnce(int status, bool isEnd)
    {
        var model = new StubChat(_ => throw new UnansweredException("refused...", StubChat.Error(status)));
        var client = new EndpointClient(model, "The language model", hasJournal: false);
        var error = await Record.ExceptionAsync(() => client.GetResponseAsync(StubChat.Question));
        Assert.Equal(isEnd ? typeof(CrossEncoderException) : typeof(UnansweredException), error!.GetType());
        if (isEnd)
            Assert.Equal("The language model refuses to answer: refused. Check the address, the key and the model's name.", error.Message);
    }

    [Fact]
    public async Task UselessAnswersAreNoSignOfAnEndpointThatIsGone()
    {
        var model = new StubChat(_ => throw new UnansweredException("no question in it", isExhausted: true));
        var client = new EndpointClient(model, "The judge", hasJournal: true);
        for (var call = 0; call < 30; call++)
            await Assert.ThrowsAsync<UnansweredException>(() => client.GetResponseAsync(StubChat.Question));
    }

    [Theory]
    [InlineData(true, "the run goes on from the journal.")]
    [InlineData(false, "with a journal nothing is asked twice.")]
    public async Task WhenTheEndpointIsGoneTheWayOnIsSaid(bool hasJournal, string way)
    {
        var model = new StubChat(_ => throw new UnansweredException("timed out", new TimeoutException(), isExhausted: true));
        var client = new EndpointClient(model, "The judge", hasJournal);
        var calls = Enumerable.Range(0, 10).Select(_ => Record.ExceptionAsync(() => client.GetResponseAsync(StubChat.Question)).AsTask());
        var errors = await Task.WhenAll(calls);
        Assert.EndsWith(way, Assert.Single(errors.OfType<CrossEncoderException>()).Message);
        Assert.Equal(9, errors.OfType<UnansweredException>().Count());
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(415, true)]
    [InlineData(422, true)]
    [InlineData(501, true)]
    [InlineData(401, false)]
    [InlineData(413, false)]
    [InlineData(429, false)]
    [InlineData(503, false)]
    public async Task OnlyAStatusThatMayMeanTheSchemaLeadsToText(int status, bool isAskedInText)
    {
        var model = new StubChat(call => call == 1 ? throw StubChat.Error(status) : "in text");
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, Seed = 3 };
        var error = await Record.ExceptionAsync(() => new SchemaClient(model).GetResponseAsync(StubChat.Question, options));
        Assert.Equal((isAskedInText, isAskedInText ? 2 : 1), (error is null, model.Calls));
        Assert.Same(ChatResponseFormat.Json, options.ResponseFormat); // the caller's stay
        Assert.All(model.Options, sent => Assert.Equal(3, sent!.Seed));
    }

    [Fact]
    public async Task ACallWithoutASchemaTeachesNothingAboutThem()
    {
        var model = new StubChat(call => call == 1 ? throw StubChat.Error(400) : "good");
        var client = new SchemaClient(model);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetResponseAsync(StubChat.Question));
        await client.GetResponseAsync(StubChat.Question, new ChatOptions { ResponseFormat = ChatResponseFormat.Text });
        await client.GetResponseAsync(StubChat.Question, new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
        Assert.Equal([null, ChatResponseFormat.Text, ChatResponseFormat.Json], model.Options.Select(sent => sent?.ResponseFormat));
    }

    [Fact]
    public async Task WithinTheTimeLimitNothingIsChanged()
    {
        var said = StubChat.Says("good");
        var model = new StubChat((call, _) => call == 1 ? Task.FromResult(said) : throw StubChat.Error(418, "teapot"));
        var client = new TimeLimitClient(model, TimeSpan.FromMinutes(1));
        Assert.Same(said, await client.GetResponseAsync(StubChat.Question));
        Assert.Equal("teapot", (await Assert.ThrowsAsync<HttpRequestException>(() => client.GetResponseAsync(StubChat.Question))).Message);
    }

    [Fact]
    public async Task AModelThatHeedsItsTokenIsLeftInTimeToo()
    {
        var model = new StubChat(
            async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return StubChat.Says("never");
            }
        );
        var client = new TimeLimitClient(model, TimeSpan.FromMilliseconds(15));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => client.GetResponseAsync(StubChat.Question));
        Assert.Equal("no answer within 0.015 s", error.Message);
    }

    [Fact]
    public async Task CallsTakeTheirTurnsInTheOrderTheyCame()
    {
        var first = new TaskCompletionSource();
        var order = new List<string>();
        var model = new ScriptedChat(
            async (message, _, _) =>
            {
                await first.Task;
                order.Add(message);
                return "good";
            }
        );
        using var client = new ConcurrencyClient(model, 1);
        var calls = Enumerable
            .Range(0, 5)
            .Select(number => client.GetResponseAsync([new ChatMessage(ChatRole.User, $"call {number}")]))
            .ToList();
        Assert.Single(model.Sent);
        first.SetResult();
        await Task.WhenAll(calls);
        Assert.Equal(["call 0", "call 1", "call 2", "call 3", "call 4"], order);
    }

    private static CallOptions Call() =>
        new()
        {
            Key = "key",
            Subject = "a.md",
            Prompt = "prompt",
        };
}
