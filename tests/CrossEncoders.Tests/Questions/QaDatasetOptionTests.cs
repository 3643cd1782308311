using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class QaDatasetOptionTests
{
    private static readonly QaDatasetOptions Good = new();

    public static TheoryData<string, QaDatasetOptions, string> OutOfRange =>
        new()
        {
            { "QuestionsPerChunk", Good with { QuestionsPerChunk = -1 }, "-1" },
            { "Language", Good with { Language = "EN" }, "EN" },
            { "Language", Good with { Language = "" }, "" },
            { "Styles", Good with { Styles = [] }, "none" },
            { "MaxOutputTokens", Good with { MaxOutputTokens = 0 }, "0" },
            { "MaxConcurrency", Good with { MaxConcurrency = 0 }, "0" },
            { "MaxAttempts", Good with { MaxAttempts = -3 }, "-3" },
            { "RetryDelay", Good with { RetryDelay = TimeSpan.FromSeconds(-1) }, "-00:00:01" },
            { "RequestTimeout", Good with { RequestTimeout = TimeSpan.Zero }, "00:00:00" },
            { "RequestTimeout", Good with { RequestTimeout = TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1) }, "00:10:00.0000001" },
        };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void EachOptionIsCheckedBeforeTheFirstCall(string option, QaDatasetOptions options, string found)
    {
        var error = Assert.Throws<CrossEncoderException>(options.Check);
        Assert.StartsWith($"The option {option} has to be ", error.Message);
        Assert.EndsWith($"; found {found}.", error.Message);
    }

    [Fact]
    public void TheLimitsThemselvesAreWithinThem()
    {
        var limits = Good with
        {
            QuestionsPerChunk = 1,
            Language = "zh",
            Styles = ["one"],
            MaxOutputTokens = 1,
            MaxConcurrency = 1,
            MaxAttempts = 1,
            RetryDelay = TimeSpan.Zero,
            RequestTimeout = TimeSpan.FromMinutes(10),
            CostBudget = 0,
            TokenBudget = 0,
            Price = new ModelPrice(0, 0),
        };
        limits.Check();
        Good.Check();
    }

    [Fact]
    public void TheRulesOfTheCallsAreTheOptionsOwn()
    {
        var rules = (
            Good with
            {
                MaxConcurrency = 7,
                MaxAttempts = 8,
                RetryDelay = TimeSpan.FromSeconds(9),
                RequestTimeout = TimeSpan.FromSeconds(10),
            }
        ).Rules();
        Assert.Equal(
            (7, 8, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10)),
            (rules.MaxConcurrency, rules.MaxAttempts, rules.RetryDelay, rules.RequestTimeout)
        );
        Assert.Equal("The language model", rules.Who);
        Assert.Equal("The judge", new JudgeOptions().Rules().Who);
    }
}
