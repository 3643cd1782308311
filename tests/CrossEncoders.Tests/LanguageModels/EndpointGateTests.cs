using CrossEncoders.LanguageModels;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>How many calls an endpoint is sent at a time, by what it answers.</summary>
public sealed class EndpointGateTests
{
    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static HttpRequestException Busy(double? wait = null)
    {
        var error = StubChat.Error(429);
        if (wait is { } seconds)
            error.Data[RetryAfter.Header] = At(seconds);
        return error;
    }

    /// <summary>Rounds of as many calls as it takes, a second each.</summary>
    private static double Rounds(EndpointGate gate, int rounds, double start = 0, double seconds = 1)
    {
        for (var round = 0; round < rounds; round++, start += seconds)
        {
            var calls = gate.Limit;
            for (var call = 0; call < calls; call++)
                gate.Begin(0);
            for (var call = 0; call < calls; call++)
                gate.Succeeded(At(start), At(start + seconds));
        }

        return start;
    }

    [Fact]
    public void ItTakesAboutOneMoreForEachRoundOfGoodAnswers()
    {
        var gate = new EndpointGate(1, 100);
        Assert.Equal(4, gate.Limit);
        Rounds(gate, 10);
        Assert.InRange(gate.Limit, 12, 15);
        Rounds(gate, 500);
        Assert.Equal(100, gate.Limit);
        Assert.Equal(2, new EndpointGate(1, 2).Limit);
    }

    [Fact]
    public void WithoutEnoughCallsItDoesNotGrow()
    {
        var gate = new EndpointGate(1, 100);
        for (var call = 0; call < 100; call++)
        {
            gate.Begin(0);
            gate.Succeeded(At(call), At(call + 1));
        }

        Assert.Equal(4, gate.Limit);
    }

    [Fact]
    public void TooMuchHalvesItOnceForAllThatWasUnderWay()
    {
        var gate = new EndpointGate(1, 100);
        var now = Rounds(gate, 60);
        var before = gate.Limit;
        Assert.True(before > 40);
        for (var call = 0; call < 20; call++)
            gate.Begin(0);
        for (var call = 0; call < 20; call++)
            gate.Failed(Busy(), At(now), At(now + 0.1));
        Assert.InRange(gate.Limit, before / 2 - 1, before / 2 + 1);
        Assert.False(gate.IsFree(At(now + 1)));
        Assert.True(gate.IsFree(At(now + 1.2))); // one pause, not twenty
        Assert.False(gate.IsOut);
        Assert.Equal(20, gate.Counts.Failed);
    }

    [Fact]
    public void ItRestsAsLongAsTheServerAsksAndElseTwiceAsLongEachTime()
    {
        var gate = new EndpointGate(1, 8);
        gate.Begin(0);
        gate.Failed(Busy(30), At(0), At(1));
        Assert.Equal(At(31), gate.NotBefore);
        var waits = new List<double>();
        for (var now = 100.0; waits.Count < 8; now += 100)
        {
            gate.Begin(0);
            gate.Failed(Busy(), At(now), At(now + 1));
            waits.Add((gate.NotBefore - At(now + 1)).TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 32, 32], waits.Select(wait => Math.Min(wait, 32)));
        Assert.Equal(1, gate.Limit);
    }

    [Fact]
    public void WhatBecomesSlowIsSentLess()
    {
        var gate = new EndpointGate(1, 64);
        var now = Rounds(gate, 40);
        var before = gate.Limit;
        now = Rounds(gate, 1, now, seconds: 10);
        Assert.InRange(gate.Limit, before * 0.7, before * 0.9);
        Rounds(gate, 30, now, seconds: 10); // that is how fast it is now
        Assert.True(gate.Limit > 1);
    }

    [Fact]
    public void AfterThreeFailuresInARowItIsLeftAloneAndThenTriedWithOneCall()
    {
        var gate = new EndpointGate(1, 8);
        for (var call = 0; call < 3; call++)
        {
            Assert.False(gate.IsOut);
            gate.Begin(0);
            gate.Failed(StubChat.Error(500), At(call), At(call + 0.5));
        }

        Assert.True(gate.IsOut);
        Assert.False(gate.IsFree(At(3)));
        Assert.True(gate.IsFree(At(3.6)));
        gate.Begin(0);
        Assert.False(gate.IsFree(At(3.6)));
        gate.Succeeded(At(3.6), At(4));
        Assert.Equal((false, 1), (gate.IsOut, gate.Limit));
        Rounds(gate, 3, 4);
        Assert.InRange(gate.Limit, 3, 4);
    }

    [Fact]
    public void AWrongKeyTakesItOutForMinutes()
    {
        var gate = new EndpointGate(1, 8);
        gate.Begin(0);
        gate.Failed(StubChat.Error(401), At(0), At(1));
        Assert.Equal((true, At(301)), (gate.IsOut, gate.NotBefore));
    }

    [Fact]
    public void AnAnswerBetweenFailuresStartsTheirCountAgain()
    {
        var gate = new EndpointGate(1, 8);
        for (var call = 0; call < 10; call++)
        {
            gate.Begin(0);
            if (call % 3 == 2)
                gate.Succeeded(At(call), At(call + 1));
            else
                gate.Failed(StubChat.Error(500), At(call), At(call + 1));
        }

        Assert.False(gate.IsOut);
    }
}
