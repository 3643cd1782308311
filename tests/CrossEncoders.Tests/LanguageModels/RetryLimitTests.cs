using System.Text.Json;
using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>What is tried again and what is not, how far apart, and what an attempt sees.</summary>
public sealed class RetryLimitTests
{
    private static readonly CallRules Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1) };

    public static TheoryData<Exception, int> Errors =>
        new()
        {
            { new HttpRequestException("connection refused"), 3 },
            { new TimeoutException("no answer within 1 s"), 3 },
            { new IOException("the response ended early"), 3 },
            { new JsonException("not JSON"), 3 },
            { new OperationCanceledException("the model's own"), 3 }, // the caller's token says nothing of it
            { new CrossEncoderException("nothing recorded"), 1 },
            { StubChat.Error(422), 1 },
            { StubChat.Error(403), 1 },
        };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public async Task AnErrorIsTriedAgainIfItMayPass(Exception error, int calls)
    {
        var model = new StubChat(_ => throw error);
        var given = await Assert.ThrowsAsync<UnansweredException>(() => AskAsync(model));
        Assert.Equal((calls, calls > 1), (model.Calls, given.MayBeGone));
        Assert.StartsWith(error.Message, given.Message);
        Assert.Same(error, given.InnerException);
    }

    [Fact]
    public async Task AReasonGivenFurtherInStaysAsItIs()
    {
        var reason = new UnansweredException("over the budget");
        var model = new StubChat(_ => throw reason);
        Assert.Same(reason, await Assert.ThrowsAsync<UnansweredException>(() => AskAsync(model)));
        Assert.Equal(1, model.Calls);
    }

    [Fact]
    public async Task TheWaitDoublesWithEachAttempt()
    {
        var clock = new Clock();
        var model = new StubChat(call => call < 4 ? throw StubChat.Error(500) : "good");
        var rules = Quick with { MaxAttempts = 4, RetryDelay = TimeSpan.FromMilliseconds(20) };
        await new RetryClient(model, rules, clock).GetResponseAsync(StubChat.Question);
        Assert.Equal([20, 40, 80], clock.Waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public async Task AWaitOfNoughtIsNone()
    {
        var clock = new Clock();
        var model = new StubChat(call => call < 20 ? throw StubChat.Error(500) : "good");
        await new RetryClient(model, Quick with { MaxAttempts = 20, RetryDelay = TimeSpan.Zero }, clock).GetResponseAsync(
            StubChat.Question
        );
        Assert.Equal(20, model.Calls);
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task EachAttemptIsJudgedOnceAndTheReasonIsTheLastOnes()
    {
        var judged = new List<string>();
        string? Objection(string text)
        {
            judged.Add(text);
            return $"'{text}' is useless";
        }
        var model = new StubChat(call => $"answer {call}");
        var error = await Assert.ThrowsAsync<UnansweredException>(() => AskAsync(model, Quick with { Objection = Objection }));
        Assert.Equal(["answer 1", "answer 2", "answer 3"], judged);
        Assert.Equal("'answer 3' is useless (after 3 attempts)", error.Message);
        Assert.False(error.MayBeGone); // it did answer
    }

    [Fact]
    public async Task AnErrorAfterAUselessAnswerIsTheReason()
    {
        var model = new StubChat(call => call == 1 ? "bad" : throw StubChat.Error(500, "failed"));
        var rules = Quick with { MaxAttempts = 2, Objection = text => text == "bad" ? "useless" : null };
        var error = await Assert.ThrowsAsync<UnansweredException>(() => AskAsync(model, rules));
        Assert.Equal("failed (after 2 attempts)", error.Message);
    }

    [Fact]
    public async Task WithoutASeedNoneIsMadeUpAndWithoutOptionsNoneAreSent()
    {
        var model = new StubChat(call => call < 3 ? throw StubChat.Error(500) : "good");
        await AskAsync(model, options: new ChatOptions { Temperature = 0.5f });
        Assert.All(model.Options, sent => Assert.Equal((null, 0.5f), (sent!.Seed, sent.Temperature)));
        var bare = new StubChat(call => call < 3 ? throw StubChat.Error(500) : "good");
        await AskAsync(bare);
        Assert.All(bare.Options, Assert.Null);
    }

    [Fact]
    public async Task MessagesAreReadOnceThoughTheyAreSentThreeTimes()
    {
        var reads = 0;
        IEnumerable<ChatMessage> Messages()
        {
            reads++;
            yield return new(ChatRole.User, "Why?");
        }
        var model = new ScriptedChat((_, call, _) => call < 3 ? throw StubChat.Error(500) : Task.FromResult("good"));
        await new RetryClient(model, Quick).GetResponseAsync(Messages());
        Assert.Equal((1, 3), (reads, model.Sent.Count));
        Assert.All(model.Sent, sent => Assert.Equal("Why?", Assert.Single(sent.Messages).Text));
    }

    [Fact]
    public async Task ACallBeginsAnewAfterOneThatWasGivenUp()
    {
        var model = new StubChat(call => call <= 3 ? throw StubChat.Error(500) : "good");
        var client = new RetryClient(model, Quick);
        await Assert.ThrowsAsync<UnansweredException>(() => client.GetResponseAsync(StubChat.Question));
        var response = await client.GetResponseAsync(StubChat.Question, new ChatOptions { Seed = 1 });
        Assert.Equal(("good", 1), (response.Text, model.Options.Last()!.Seed));
    }

    [Fact]
    public async Task ACallCancelledInTheModelEndsAsCancelled()
    {
        using var stop = new CancellationTokenSource();
        var model = new StubChat(
            async (_, token) =>
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
                return StubChat.Says("too late");
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(model, stop: stop.Token));
        Assert.Equal(1, model.Calls);
    }

    private static Task<ChatResponse> AskAsync(
        IChatClient model,
        CallRules? rules = null,
        ChatOptions? options = null,
        CancellationToken stop = default
    ) => new RetryClient(model, rules ?? Quick).GetResponseAsync(StubChat.Question, options, stop);
}
