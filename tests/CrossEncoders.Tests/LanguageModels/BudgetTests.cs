using System.Globalization;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class BudgetTests
{
    private static readonly TokenCount Ten = new(7, 3);

    [Theory]
    [InlineData(30, 3)]
    [InlineData(29, 2)]
    [InlineData(10, 1)]
    [InlineData(9, 0)]
    [InlineData(0, 0)]
    public void CallsFitUpToTheVeryLastToken(long tokens, int fitting)
    {
        var budget = new Budget(tokens);
        Assert.Equal(fitting, Enumerable.Range(0, 5).Count(_ => budget.TryReserve(Ten)));
    }

    [Fact]
    public void ACallThatUsedLessLeavesTheRestToOthers()
    {
        var budget = new Budget(tokens: 25);
        Assert.True(budget.TryReserve(Ten));
        Assert.True(budget.TryReserve(Ten));
        budget.Settle(Ten, new TokenCount(1, 1));
        budget.Settle(Ten, new TokenCount(1, 1));
        Assert.True(budget.TryReserve(new TokenCount(21, 0)));
        Assert.Equal((2, new TokenCount(2, 2)), budget.Used);
    }

    [Fact]
    public void ACallThatUsedMoreIsPaidByThoseAfterIt()
    {
        var budget = new Budget(tokens: 25);
        Assert.True(budget.TryReserve(Ten));
        budget.Settle(Ten, new TokenCount(20, 0));
        Assert.False(budget.TryReserve(Ten));
        Assert.False(budget.TryReserve(new TokenCount(1, 0))); // after a first no it is always no
    }

    [Fact]
    public void WhatIsFreeIsNeverCountedNorRefused()
    {
        var budget = new Budget(tokens: 0);
        Assert.True(budget.TryReserve(default));
        budget.Settle(default, default);
        Assert.False(budget.TryReserve(Ten));
        Assert.True(budget.TryReserve(default));
        Assert.Equal((0, default), budget.Used);
    }

    [Theory]
    [InlineData(0.0001, 1_000, 0, true)]
    [InlineData(0.0001, 1_001, 0, false)]
    [InlineData(0.0001, 0, 200, true)]
    [InlineData(0.0001, 0, 201, false)]
    [InlineData(0.0001, 500, 100, true)]
    [InlineData(0.0001, 500, 101, false)]
    public void TokensReadAndWrittenHaveTheirOwnPrices(double cost, long read, long written, bool isWithin) =>
        Assert.Equal(
            isWithin,
            new Budget(cost: (decimal)cost, price: new ModelPrice(0.1m, 0.5m)).TryReserve(new TokenCount(read, written))
        );

    [Fact]
    public void OfTwoLimitsTheNearerHolds()
    {
        var price = new ModelPrice(1_000_000, 0);
        Assert.False(new Budget(tokens: 9, cost: 100, price: price).TryReserve(Ten));
        Assert.False(new Budget(tokens: 100, cost: 6, price: price).TryReserve(Ten));
        Assert.True(new Budget(tokens: 10, cost: 7, price: price).TryReserve(Ten));
    }

    [Theory]
    [InlineData(9, 100, "budget of 9 tokens;")]
    [InlineData(100, 6, "budget of 6 USD;")]
    public void TheReasonNamesTheLimitThatWasMet(long tokens, int cost, string reason)
    {
        var budget = new Budget(tokens, cost, new ModelPrice(1_000_000, 0));
        Assert.False(budget.TryReserve(Ten));
        Assert.False(budget.TryReserve(new TokenCount(1000, 0))); // beyond both
        Assert.Contains(reason, budget.Reason);
    }

    [Fact]
    public void ManyThreadsTogetherSpendNoMoreThanThereIs()
    {
        var budget = new Budget(tokens: 500);
        var sent = 0;
        Parallel.For(0, 200, _ =>
        {
            if (!budget.TryReserve(Ten))
                return;
            Interlocked.Increment(ref sent);
            Thread.Yield();
            budget.Settle(Ten, Ten);
        });
        Assert.Equal(50, sent);
        Assert.Equal((50, new TokenCount(350, 150)), budget.Used);
    }

    [Fact]
    public void TheTallyIsWrittenTheSameEverywhere()
    {
        var budget = new Budget(cost: 12.5m, price: new ModelPrice(1, 2, "EUR"));
        budget.TryReserve(new TokenCount(1, 0));
        budget.Settle(new TokenCount(1, 0), new TokenCount(1_234_567, 0));
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
            Thread.CurrentThread.CurrentCulture = german;
            Assert.Equal("1,234,567 tokens, 1.2346 EUR", budget.ToString());
            Assert.Contains("budget of 12.5 EUR;", budget.Reason);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("four", 1)]
    [InlineData("fives", 2)]
    [InlineData("三", 1)]
    [InlineData("水泵停了", 4)]
    [InlineData("水泵 pump", 4)]
    public void ATextHasAboutSoManyTokens(string text, long expected) => Assert.Equal(expected, TokenCount.Estimate(text));

    [Fact]
    public void CountsAddUpAndArePricedByTheMillion()
    {
        Assert.Equal(new TokenCount(5, 9), new TokenCount(2, 4) + new TokenCount(3, 5));
        Assert.Equal(new TokenCount(-1, -1), new TokenCount(2, 4) - new TokenCount(3, 5));
        Assert.Equal(14, new TokenCount(5, 9).Total);
        Assert.Equal(12.000002m, new ModelPrice(2, 10).Of(1_000_001, 1_000_000));
        Assert.Equal(0, new ModelPrice(0, 0).Of(long.MaxValue, long.MaxValue));
    }
}
