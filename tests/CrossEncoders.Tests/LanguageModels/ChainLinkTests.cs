using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>The smaller links of the chain, each alone.</summary>
public sealed class ChainLinkTests
{
    private static ChatOptions WithSchema => new() { ResponseFormat = ChatResponseFormat.Json };

    private static CallOptions Call(long input = 100, long output = 20) =>
        new()
        {
            Key = "key",
            Subject = "a.md",
            Expected = new TokenCount(input, output),
        };

    private static IEnumerable<bool> Schemas(StubChat model) => model.Options.Select(sent => sent!.ResponseFormat is not null);

    [Fact]
    public async Task AnEndpointWithoutSchemasIsAskedForOneOnce()
    {
        var model = new StubChat(call => call == 1 ? throw StubChat.Error(400) : "good");
        var client = new SchemaClient(model);
        for (var i = 0; i < 3; i++)
            Assert.Equal("good", (await client.GetResponseAsync(StubChat.Question, WithSchema)).Text);
        Assert.Equal([true, false, false, false], Schemas(model));
    }

    [Fact]
    public async Task AnEndpointThatAnsweredInASchemaIsNotAskedForTextAfterARefusal()
    {
        var model = new StubChat(call => call == 2 ? throw StubChat.Error(400) : "good");
        var client = new SchemaClient(model);
        await client.GetResponseAsync(StubChat.Question, WithSchema);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetResponseAsync(StubChat.Question, WithSchema));
        Assert.Equal([true, true], Schemas(model));
    }

    [Fact]
    public async Task ARefusalOfBothSaysNothingAboutSchemas()
    {
        var model = new StubChat(call => call <= 3 ? throw StubChat.Error(422) : "good");
        var client = new SchemaClient(model);
        var refused = StubChat.Question;
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetResponseAsync(refused, WithSchema));
        // Another attempt with the same messages does not ask twice again.
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetResponseAsync(refused, WithSchema));
        await client.GetResponseAsync(StubChat.Question, WithSchema);
        Assert.Equal([true, false, false, true], Schemas(model));
    }

    [Fact]
    public async Task OtherErrorsAreNoRefusalOfASchema()
    {
        var model = new StubChat(_ => throw StubChat.Error(500));
        await Assert.ThrowsAsync<HttpRequestException>(() => new SchemaClient(model).GetResponseAsync(StubChat.Question, WithSchema));
        Assert.Equal([true], Schemas(model));
    }

    [Fact]
    public async Task SoManyCallsRunAtATimeAndAFailureFreesItsPlace()
    {
        var gate = new Lock();
        int running = 0,
            most = 0;
        var model = new StubChat(
            async (call, stop) =>
            {
                lock (gate)
                    most = Math.Max(most, ++running);
                await Task.Delay(5, stop);
                lock (gate)
                    running--;
                return call % 3 == 0 ? throw StubChat.Error(500) : StubChat.Says("good");
            }
        );
        var client = new ConcurrencyClient(model, 3);
        var calls = Enumerable.Range(0, 30).Select(_ => client.GetResponseAsync(StubChat.Question)).ToList();
        await Task.WhenAll(calls.Select(call => call.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Equal((30, 3), (model.Calls, most));
        Assert.Equal(10, calls.Count(call => call.IsFaulted));
    }

    [Fact]
    public async Task ACallThatWaitsForItsTurnCanBeCancelled()
    {
        using var stop = new CancellationTokenSource();
        var client = new ConcurrencyClient(
            new StubChat(
                async (_, _) =>
                {
                    await Task.Delay(200, CancellationToken.None);
                    return StubChat.Says("good");
                }
            ),
            1
        );
        var first = client.GetResponseAsync(StubChat.Question);
        var second = client.GetResponseAsync(StubChat.Question, null, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await first;
    }

    [Fact]
    public async Task AModelThatIgnoresItsTokenIsLeftInTime()
    {
        var never = new TaskCompletionSource<ChatResponse>();
        var client = new TimeLimitClient(new StubChat((_, _) => never.Task), TimeSpan.FromMilliseconds(50));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => client.GetResponseAsync(StubChat.Question));
        Assert.Equal("no answer within 0.05 s", error.Message);
        Assert.False(CallErrors.IsHopeless(error));
    }

    [Fact]
    public async Task ACancelledCallEndsAsCancelledWhateverTheModelThrows()
    {
        using var stop = new CancellationTokenSource();
        var model = new StubChat(
            async (_, token) =>
            {
                await stop.CancelAsync();
                throw new HttpRequestException("the connection was closed");
            }
        );
        var client = new TimeLimitClient(model, TimeSpan.FromMinutes(1));
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() =>
            client.GetResponseAsync(StubChat.Question, null, stop.Token)
        );
        Assert.Equal(stop.Token, error.CancellationToken);
    }

    [Fact]
    public async Task TheBudgetCountsWhatTheEndpointSaysOrEstimatesIt()
    {
        var budget = new Budget();
        var said = StubChat.Says("good");
        said.Usage = new UsageDetails { InputTokenCount = 7, OutputTokenCount = 3 };
        var model = new StubChat(
            (call, _) =>
                Task.FromResult(
                    call == 1 ? said
                    : call == 2 ? StubChat.Says("twelve chars")
                    : throw StubChat.Error(500)
                )
        );
        var client = new BudgetClient(model, budget);
        await client.GetResponseAsync(StubChat.Question, Call());
        Assert.Equal((1, new TokenCount(7, 3)), budget.Used);
        await client.GetResponseAsync(StubChat.Question, Call());
        Assert.Equal((2, new TokenCount(107, 6)), budget.Used);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetResponseAsync(StubChat.Question, Call()));
        Assert.Equal((3, new TokenCount(107, 6)), budget.Used);
    }

    [Fact]
    public async Task NothingIsSentThatWouldExceedTheBudget()
    {
        var model = new StubChat(_ => "good");
        var client = new BudgetClient(model, new Budget(tokens: 150));
        await client.GetResponseAsync(StubChat.Question, Call());
        var error = await Assert.ThrowsAsync<UnansweredException>(() => client.GetResponseAsync(StubChat.Question, Call()));
        Assert.StartsWith("not asked: with it the run would exceed its budget of 150 tokens", error.Message);
        await client.GetResponseAsync(StubChat.Question, Call(0, 0)); // what is free is always within it
        Assert.Equal(2, model.Calls);
    }

    [Fact]
    public void ABudgetIsForCallsInFlightAsWell()
    {
        var budget = new Budget(cost: 1, price: new ModelPrice(1_000_000, 0, "EUR"));
        Assert.True(budget.TryReserve(new TokenCount(1, 5)));
        Assert.False(budget.TryReserve(new TokenCount(1, 0)));
        budget.Settle(new TokenCount(1, 5), default);
        Assert.False(budget.TryReserve(new TokenCount(1, 0))); // after a first no it is always no
        Assert.Contains("budget of 1 EUR", budget.Reason);
        Assert.Null(budget.ToString());
        var free = new Budget(price: new ModelPrice(2, 10));
        free.Settle(new TokenCount(1, 1), new TokenCount(12_000, 345));
        Assert.Equal("12,345 tokens, 0.0275 USD", free.ToString());
    }

    [Fact]
    public async Task AWrongKeyEndsTheRunAtOnce()
    {
        var model = new StubChat(_ => throw new UnansweredException("bad key", StubChat.Error(401)));
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() =>
            new EndpointClient(model, "The judge", hasJournal: true).GetResponseAsync(StubChat.Question)
        );
        Assert.Equal(
            "The judge refuses to answer: bad key. Check the address, the key and the model's name. What was answered is in the journal.",
            error.Message
        );
    }

    [Fact]
    public async Task TenCallsInARowWithoutAnAnswerEndTheRun()
    {
        var model = new StubChat(call =>
            call == 10 ? "good"
            : call == 5 ? throw new UnansweredException("useless")
            : throw new UnansweredException("gone", StubChat.Error(503), isExhausted: true)
        );
        var client = new EndpointClient(model, "The judge", hasJournal: false);
        for (var call = 1; call <= 19; call++)
            if (call == 10)
                await client.GetResponseAsync(StubChat.Question);
            else
                await Assert.ThrowsAsync<UnansweredException>(() => client.GetResponseAsync(StubChat.Question));
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => client.GetResponseAsync(StubChat.Question));
        Assert.Contains("no answer to 10 calls in a row, the last because: gone.", error.Message);
    }
}
