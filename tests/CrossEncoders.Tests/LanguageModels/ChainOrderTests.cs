using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>What the order of the links means to a caller.</summary>
public sealed class ChainOrderTests : IDisposable
{
    private static readonly CallRules Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1) };

    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch["journal.jsonl"];

    public void Dispose() => _scratch.Dispose();

    private static ChatMessage[] Ask(string text) => [new(ChatRole.User, text)];

    private static CallOptions About(string key) =>
        new()
        {
            Key = key,
            Subject = "a.md",
            Expected = new TokenCount(10, 10),
        };

    [Fact]
    public async Task TheJournalAnswersWhileEveryPlaceIsTaken()
    {
        using (var before = AnswerJournal.Open(Path))
            before.Append(new("known", "a.md", "m", "from the journal"));
        using var journal = AnswerJournal.Open(Path);
        var go = new TaskCompletionSource<ChatResponse>();
        var calls = ModelCalls.Through(new StubChat((_, _) => go.Task), Quick with { Journal = journal, MaxConcurrency = 1 });
        var slow = calls.GetResponseAsync(Ask("slow"), About("slow"));
        Assert.Equal("from the journal", (await calls.GetResponseAsync(Ask("known"), About("known"))).Text);
        Assert.False(slow.IsCompleted);
        go.SetResult(StubChat.Says("at last"));
        Assert.Equal("at last", (await slow).Text);
    }

    [Fact]
    public async Task ACallKeepsItsPlaceBetweenItsAttempts()
    {
        var model = new ScriptedChat((_, call, _) => call == 1 ? throw StubChat.Error(503) : Task.FromResult("good"));
        var calls = ModelCalls.Through(model, Quick with { MaxConcurrency = 1, RetryDelay = TimeSpan.FromMilliseconds(20) });
        await Task.WhenAll(calls.GetResponseAsync(Ask("a")), calls.GetResponseAsync(Ask("b")));
        Assert.Equal(["a", "a", "b", "b"], model.Sent.Select(sent => sent.Messages[0].Text));
    }

    [Fact]
    public async Task ARequestRepeatedInTextIsOneMoreAndKnownFromThenOn()
    {
        var budget = new Budget();
        var model = new StubChat(call => call == 1 ? throw StubChat.Error(400) : "good");
        var calls = ModelCalls.Through(model, Quick with { Budget = budget });
        for (var call = 0; call < 2; call++)
        {
            var options = About($"{call}");
            options.ResponseFormat = ChatResponseFormat.Json;
            await calls.GetResponseAsync(Ask($"{call}"), options);
        }
        Assert.Equal((3, new TokenCount(20, 2)), budget.Used); // of the refused one nothing is known
        Assert.Equal([ChatResponseFormat.Json, null, null], model.Options.Select(sent => sent!.ResponseFormat));
    }

    [Fact]
    public async Task EachAttemptHasTheWholeTime()
    {
        var model = new StubChat(
            async (call, stop) =>
            {
                await Task.Delay(call < 3 ? Timeout.Infinite : 0, stop);
                return StubChat.Says("good");
            }
        );
        var calls = ModelCalls.Through(model, Quick with { RequestTimeout = TimeSpan.FromMilliseconds(30) });
        Assert.Equal("good", (await calls.GetResponseAsync(Ask("a"))).Text);
        Assert.Equal(3, model.Calls);
    }

    [Fact]
    public async Task ASpentBudgetIsNoSignOfAnEndpointThatIsGone()
    {
        var model = new StubChat(_ => "good");
        var calls = ModelCalls.Through(model, Quick with { Budget = new Budget(tokens: 19) });
        for (var call = 0; call < 30; call++)
            await Assert.ThrowsAsync<UnansweredException>(() => calls.GetResponseAsync(Ask("a"), About("a")));
        Assert.Equal(0, model.Calls);
    }

    [Fact]
    public async Task AWrongKeyEndsTheRunAfterOneRequestAndTheJournalKeepsWhatWasAnswered()
    {
        using (var journal = AnswerJournal.Open(Path))
        {
            var model = new StubChat(call => call == 1 ? "good" : throw StubChat.Error(403, "key revoked"));
            var calls = ModelCalls.Through(model, Quick with { Journal = journal });
            await calls.GetResponseAsync(Ask("a"), About("a"));
            var error = await Assert.ThrowsAsync<CrossEncoderException>(() => calls.GetResponseAsync(Ask("b"), About("b")));
            Assert.Contains("refuses to answer: key revoked.", error.Message);
            Assert.EndsWith("What was answered is in the journal.", error.Message);
            Assert.Equal(2, model.Calls);
        }
        Assert.Equal(["a"], AnswerJournal.Read(Path).Answers.Keys);
    }

    [Fact]
    public async Task ACancelledCallLeavesNoReservationAndNoLine()
    {
        using var stop = new CancellationTokenSource();
        var budget = new Budget(tokens: 20);
        using (var journal = AnswerJournal.Open(Path))
        {
            var never = new TaskCompletionSource<ChatResponse>();
            var model = new StubChat((call, _) => call == 1 ? never.Task : Task.FromResult(StubChat.Says("good")));
            var calls = ModelCalls.Through(model, Quick with { Journal = journal, Budget = budget, MaxConcurrency = 1 });
            var first = calls.GetResponseAsync(Ask("a"), About("a"), stop.Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
            await calls.GetResponseAsync(Ask("b"), About("b"), CancellationToken.None);
        }
        Assert.Equal(["b"], AnswerJournal.Read(Path).Answers.Keys);
    }

    [Fact]
    public async Task MessagesAndOptionsOfTheCallerStayAsTheyAre()
    {
        var model = new StubChat(call =>
            call switch
            {
                1 => throw StubChat.Error(400),
                2 => "bad",
                3 => throw StubChat.Error(500),
                _ => "good",
            }
        );
        var options = About("a");
        (options.Seed, options.ResponseFormat) = (5, ChatResponseFormat.Json);
        var messages = StubChat.Question;
        var calls = ModelCalls.Through(model, Quick with { Objection = text => text == "bad" ? "useless" : null, MaxAttempts = 5 });
        await calls.GetResponseAsync(messages, options);
        Assert.Equal((5, ChatResponseFormat.Json), (options.Seed, options.ResponseFormat));
        Assert.Equal(["Be brief.", "Why?"], messages.Select(message => message.Text));
        Assert.Equal([5L, 5, 6, 7], model.Options.Select(sent => sent!.Seed)); // the one in text is of the same attempt
        Assert.All(model.Options, sent => Assert.IsType<CallOptions>(sent));
    }

    [Fact]
    public async Task ACallThatSaysNotWhatItIsAboutPassesByJournalAndBudget()
    {
        using (var journal = AnswerJournal.Open(Path))
        {
            var budget = new Budget(tokens: 0);
            var calls = ModelCalls.Through(new StubChat(_ => "good"), Quick with { Journal = journal, Budget = budget });
            Assert.Equal("good", (await calls.GetResponseAsync(Ask("a"), new ChatOptions())).Text);
            Assert.Equal((0, default), budget.Used);
        }
        Assert.Equal(0, new FileInfo(Path).Length);
    }
}
