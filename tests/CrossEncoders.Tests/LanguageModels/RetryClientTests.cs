using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class RetryClientTests
{
    private static readonly CallRules Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        Objection = text => text == "bad" ? "useless" : null,
    };

    private static Task<ChatResponse> AskAsync(
        IChatClient model,
        CallRules? rules = null,
        ChatOptions? options = null,
        CancellationToken stop = default
    ) => new RetryClient(model, rules ?? Quick).GetResponseAsync(StubChat.Question, options, stop);

    private static async Task<UnansweredException> FailsAsync(StubChat model, CallRules? rules = null, ChatOptions? options = null) =>
        await Assert.ThrowsAsync<UnansweredException>(() => AskAsync(model, rules, options));

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task FailuresThatMayPassAreTriedAgain(int status)
    {
        var model = new StubChat(call => call < 3 ? throw StubChat.Error(status) : "good");
        Assert.Equal("good", (await AskAsync(model)).Text);
        Assert.Equal(3, model.Calls);
    }

    [Fact]
    public async Task AfterTheLastAttemptTheReasonIsTheLastError()
    {
        var model = new StubChat(call => throw StubChat.Error(500, $"failure {call}"));
        var error = await FailsAsync(model);
        Assert.Equal("failure 3 (after 3 attempts)", error.Message);
        Assert.True(error.MayBeGone);
        var once = await FailsAsync(new StubChat(_ => throw StubChat.Error(500, "failure")), Quick with { MaxAttempts = 1 });
        Assert.Equal("failure (after 1 attempt)", once.Message);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(413)]
    public async Task ARefusalIsNotTriedAgain(int status)
    {
        var model = new StubChat(_ => throw StubChat.Error(status, "refused"));
        var error = await FailsAsync(model);
        Assert.Equal(("refused", false, 1), (error.Message, error.MayBeGone, model.Calls));
    }

    [Fact]
    public async Task WhatARecordOrARuleSaysIsNotAskedForAgain()
    {
        var record = new StubChat(_ => throw new CrossEncoderException("nothing recorded"));
        Assert.Equal("nothing recorded", (await FailsAsync(record)).Message);
        var rule = new StubChat(_ => "bad");
        var error = await FailsAsync(
            rule,
            options: new CallOptions
            {
                Key = "k",
                Subject = "s",
                IsFixed = true,
            }
        );
        Assert.Equal(("useless", 1, false), (error.Message, rule.Calls, error.MayBeGone));
    }

    [Fact]
    public async Task AnAnswerOfNoUseIsAskedForAgainInTextWithAnotherSeed()
    {
        var model = new StubChat(call => call < 3 ? "bad" : "good");
        var options = new ChatOptions { Seed = 7, ResponseFormat = ChatResponseFormat.Json };
        await AskAsync(model, options: options);
        Assert.Equal([7, 8, 9], model.Options.Select(sent => sent!.Seed));
        Assert.Equal([ChatResponseFormat.Json, null, null], model.Options.Select(sent => sent!.ResponseFormat));
        Assert.Equal((7, ChatResponseFormat.Json), (options.Seed, options.ResponseFormat)); // the caller's stay
        Assert.Equal("useless (after 3 attempts)", (await FailsAsync(new StubChat(_ => "bad"))).Message);
    }

    [Fact]
    public async Task AfterAnErrorTheSchemaStays()
    {
        var model = new StubChat(call => call == 1 ? throw StubChat.Error(500) : "good");
        await AskAsync(model, options: new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
        Assert.All(model.Options, sent => Assert.Equal(ChatResponseFormat.Json, sent!.ResponseFormat));
    }

    [Fact]
    public async Task AWaitTheServerAsksForHoldsForAllCalls()
    {
        var error = CallErrors.Reworded(StubChat.Error(429), "busy");
        error.Data["Retry-After"] = TimeSpan.FromMilliseconds(300);
        var (calls, clock) = (new List<TimeSpan>(), new Clock());
        var model = new StubChat(call =>
        {
            lock (calls)
                calls.Add(clock.Time);
            return call == 1 ? throw error : "good";
        });
        var client = new RetryClient(model, Quick with { RetryDelay = TimeSpan.FromHours(1) }, clock);
        var first = client.GetResponseAsync(StubChat.Question);
        var second = client.GetResponseAsync(StubChat.Question);
        await Task.WhenAll(first, second);
        Assert.Equal(3, calls.Count);
        Assert.All(calls.Skip(1), time => Assert.InRange((time - calls[0]).TotalMilliseconds, 300, 600));
        Assert.All(clock.Waits, wait => Assert.InRange(wait.TotalMilliseconds, 0, 300)); // not its own hours
    }

    [Fact]
    public async Task ACancelledWaitEndsAtOnceWithTheCancellation()
    {
        using var stop = new CancellationTokenSource(50);
        var model = new StubChat(_ => throw StubChat.Error(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            AskAsync(model, Quick with { RetryDelay = TimeSpan.FromMinutes(1) }, stop: stop.Token)
        );
        Assert.Equal(1, model.Calls);
    }

    [Fact]
    public async Task SecretsAreInNeitherTheReasonNorItsCause()
    {
        var error = await FailsAsync(new StubChat(_ => throw StubChat.Error(401, "Incorrect API key provided: sk-abc123def456")));
        Assert.DoesNotContain("abc123", error.ToString());
        Assert.True(CallErrors.IsFatal(error.InnerException!));
    }
}
