using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>Several endpoints as one: shares, failures, waits.</summary>
public sealed class ModelFleetTests
{
    private static readonly CallRules Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), MaxConcurrency = 8 };

    private static ModelFleet Fleet(TimeProvider? time, params (StubChat Client, double Weight)[] endpoints) =>
        new(
            [.. endpoints.Select((endpoint, i) => new FleetEndpoint(endpoint.Client, $"e{i}", endpoint.Weight))],
            8,
            time ?? TimeProvider.System
        );

    private static async Task<string> Ask(IChatClient client) => (await client.GetResponseAsync(StubChat.Question)).Text;

    [Fact]
    public async Task CallsAreSharedByWeight()
    {
        StubChat[] models = [new(_ => "a"), new(_ => "b"), new(_ => "c")];
        var fleet = Fleet(null, (models[0], 3), (models[1], 1), (models[2], 0.5));
        for (var call = 0; call < 90; call++)
            await Ask(fleet);
        Assert.Equal([60, 20, 10], models.Select(model => model.Calls));
        Assert.Equal([60, 20, 10], fleet.States.Select(state => state.Answered));
    }

    [Fact]
    public async Task ACallThatOneRefusesAnotherAnswersAtOnce()
    {
        var (bad, good) = (new StubChat(_ => throw StubChat.Error(500)), new StubChat(_ => "good"));
        var clock = new Clock();
        var fleet = Fleet(clock, (bad, 1), (good, 1));
        for (var call = 0; call < 50; call++)
            Assert.Equal("good", await Ask(fleet));
        Assert.Equal(50, good.Calls);
        Assert.Equal(3, bad.Calls); // then it is out
        Assert.Empty(clock.Waits);
        Assert.True(fleet.States[0].IsOut);
        clock.Advance(1100);
        await Ask(fleet);
        await Ask(fleet);
        Assert.Equal(4, bad.Calls); // tried again, with one call
    }

    [Fact]
    public async Task OneThatComesBackTakesItsShareAndNoMore()
    {
        var (late, other) = (new StubChat(call => call > 3 ? "late" : throw StubChat.Error(500)), new StubChat(_ => "other"));
        var clock = new Clock();
        var fleet = Fleet(clock, (late, 1), (other, 1));
        for (var call = 0; call < 100; call++)
            await Ask(fleet);
        clock.Advance(2000);
        var (before, others) = (late.Calls, other.Calls);
        for (var call = 0; call < 20; call++)
            await Ask(fleet);
        Assert.InRange(late.Calls - before, 9, 11);
        Assert.InRange(other.Calls - others, 9, 11);
    }

    [Fact]
    public async Task OneThatIsBusyIsSentNothingUntilItSaid()
    {
        var busy = new StubChat(call => call == 1 ? throw Busy(5) : "busy");
        var clock = new Clock();
        var fleet = Fleet(clock, (busy, 100), (new StubChat(_ => "free"), 1));
        for (var call = 0; call < 10; call++)
            Assert.Equal("free", await Ask(fleet));
        clock.Advance(5001);
        Assert.Equal("busy", await Ask(fleet));
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task WhereAllAreBusyTheCallWaitsForTheFirst()
    {
        var clock = new Clock();
        StubChat[] models = [new(call => call == 1 ? throw Busy(9) : "nine"), new(call => call == 1 ? throw Busy(4) : "four")];
        var fleet = Fleet(clock, (models[0], 1), (models[1], 1));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Ask(fleet));
        Assert.Equal(TimeSpan.FromSeconds(4), CallErrors.Wait(error)); // the run waits that long, too
        Assert.Equal("four", await Ask(fleet));
        Assert.InRange(Assert.Single(clock.Waits).TotalSeconds, 4, 4.1);
    }

    [Fact]
    public async Task ARequestThatIsRefusedAsItIsGoesNowhereElse()
    {
        var (first, second) = (new StubChat(_ => throw StubChat.Error(400, "too long")), new StubChat(_ => "good"));
        var fleet = Fleet(null, (first, 1), (second, 1));
        await Assert.ThrowsAsync<HttpRequestException>(() => Ask(fleet));
        Assert.Equal((1, 0), (first.Calls, second.Calls));
        Assert.Equal((0, false), (fleet.States[0].Failed, fleet.States[0].IsOut));
    }

    [Fact]
    public async Task AWrongKeyOfOneEndsNoRunAndOfAllDoes()
    {
        var (wrong, good) = (new StubChat(_ => throw StubChat.Error(401, "bad key")), new StubChat(_ => "good"));
        var calls = ModelCalls.Through(Fleet(null, (wrong, 1), (good, 1)), Quick);
        for (var call = 0; call < 20; call++)
            Assert.Equal("good", await Ask(calls));
        Assert.Equal(1, wrong.Calls);

        var all = ModelCalls.Through(Fleet(null, (wrong, 1), (new StubChat(_ => throw StubChat.Error(403, "no")), 1)), Quick);
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => Ask(all));
        Assert.Contains("refuses to answer: e0: bad key", error.Message);
    }

    [Fact]
    public async Task WhereAllAreGoneTheRunEndsAsWithOne()
    {
        var clock = new Clock();
        StubChat[] gone = [new(_ => throw new HttpRequestException("refused")), new(_ => throw new HttpRequestException("refused"))];
        var calls = ModelCalls.Through(Fleet(clock, (gone[0], 1), (gone[1], 1)), Quick);
        for (var call = 0; call < 9; call++)
            await Assert.ThrowsAsync<UnansweredException>(() => Ask(calls));
        await Assert.ThrowsAsync<CrossEncoderException>(() => Ask(calls));
        Assert.Equal([30, 30], gone.Select(model => model.Calls)); // ten calls, three attempts, both
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task NoMoreCallsAreUnderWayThanAnEndpointBears()
    {
        var (now, most, calls) = (0, 0, 0);
        var model = new StubChat(
            async (_, stop) =>
            {
                var under = Interlocked.Increment(ref now);
                InterlockedMax(ref most, under);
                await Task.Delay(5, stop);
                Interlocked.Decrement(ref now);
                Interlocked.Increment(ref calls);
                return StubChat.Says("good");
            }
        );
        var fleet = new ModelFleet([
            new FleetEndpoint(model, "a", 1, MaxConcurrency: 3),
            new FleetEndpoint(new StubChat(_ => "b"), "b", 1e-3),
        ]);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Ask(fleet)));
        Assert.InRange(most, 1, 3);
        Assert.True(calls > 0);
    }

    [Fact]
    public async Task ACancelledCallGivesItsPlaceBack()
    {
        var never = new TaskCompletionSource<ChatResponse>();
        var model = new StubChat((call, stop) => call == 1 ? never.Task.WaitAsync(stop) : Task.FromResult(StubChat.Says("good")));
        var fleet = new ModelFleet([new FleetEndpoint(model, "a", MaxConcurrency: 1)]);
        using var stop = new CancellationTokenSource();
        var first = fleet.GetResponseAsync(StubChat.Question, null, stop.Token);
        var second = fleet.GetResponseAsync(StubChat.Question, null, CancellationToken.None);
        Assert.False(second.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("good", (await second).Text);
        Assert.Equal(0, fleet.States[0].Failed);
    }

    [Fact]
    public async Task EachEndpointHasSchemaAndTimeLimitOfItsOwn()
    {
        var plain = new StubChat(call => call == 1 ? throw StubChat.Error(400) : "plain");
        var strict = new StubChat(_ => "strict");
        var hangs = new StubChat((_, stop) => Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => StubChat.Says("never"), stop));
        var fleet = Fleet(null, (plain, 1), (strict, 1), (hangs, 1));
        var calls = ModelCalls.Through(fleet, Quick with { RequestTimeout = TimeSpan.FromMilliseconds(50) });
        for (var call = 0; call < 12; call++)
            await calls.GetResponseAsync(StubChat.Question, new() { ResponseFormat = ChatResponseFormat.Json });
        Assert.Single(plain.Options, sent => sent!.ResponseFormat is not null);
        Assert.All(strict.Options, sent => Assert.NotNull(sent!.ResponseFormat));
        Assert.Equal(3, hangs.Calls); // then it is out
    }

    [Fact]
    public void AFleetBehindARecordIsOneToo()
    {
        var fleet = Fleet(null, (new StubChat(_ => "a"), 1), (new StubChat(_ => "b"), 1));
        using var scratch = new ScratchFolder();
        var recorded = RecordedAnswers.Open(scratch.With("record.jsonl", "")["record.jsonl"], fleet);
        Assert.Equal(8, ModelCalls.Places(recorded, 4));
        Assert.Equal(8, ModelCalls.Places(fleet, 4));
        Assert.Equal(4, ModelCalls.Places(new StubChat(_ => "a"), 4));
    }

    [Fact]
    public async Task AnEndpointsOwnLimitHoldsInARunToo()
    {
        FleetEndpoint[] endpoints = [new(new StubChat(_ => "a"), "a", MaxConcurrency: 64), new(new StubChat(_ => "b"), "b")];
        Assert.Equal(64 + 4, ModelCalls.Places(new ModelFleet(endpoints), 4));
        endpoints[1] = endpoints[1] with { MaxConcurrency = int.MaxValue };
        Assert.Equal("a", await Ask(ModelCalls.Through(new ModelFleet(endpoints), Quick)));
    }

    [Fact]
    public async Task TheStatesCountTheCallsOfAllRuns()
    {
        var fleet = Fleet(null, (new StubChat(_ => "a"), 1), (new StubChat(_ => throw StubChat.Error(401, "bad key")), 1));
        for (var run = 0; run < 2; run++)
        {
            var calls = ModelCalls.Through(fleet, Quick);
            for (var call = 0; call < 5; call++)
                await Ask(calls);
        }
        Assert.Equal([10, 0], fleet.States.Select(state => state.Answered));
        Assert.Equal([0, 2], fleet.States.Select(state => state.Failed));
        Assert.Equal([false, true], fleet.States.Select(state => state.IsOut));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    [InlineData(double.NaN, null)]
    [InlineData(1, 0)]
    public void AWeightOrLimitThatIsNoneIsRefused(double weight, int? limit) =>
        Assert.Contains(
            "'a'",
            Assert
                .Throws<CrossEncoderException>(() => new ModelFleet([new FleetEndpoint(new StubChat(_ => "a"), "a", weight, limit)]))
                .Message
        );

    private static HttpRequestException Busy(double seconds)
    {
        var error = StubChat.Error(429);
        error.Data[RetryAfter.Header] = TimeSpan.FromSeconds(seconds);
        return error;
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (var known = place; known < value; )
            known = Interlocked.CompareExchange(ref place, value, known) is var found && found == known ? value : found;
    }
}
