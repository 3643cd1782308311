using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Foundation;

public class FoundationTests
{
    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "longe…")]
    [InlineData("1234😀", 5, "1234…")]
    [InlineData("123😀5", 5, "123😀…")]
    [InlineData("", 1, "")]
    public void AnExcerptNeverEndsInHalfACharacter(string text, int longest, string expected) =>
        Assert.Equal(expected, Excerpt.Of(text, longest));

    [Fact]
    public void AListNamesTheFirstAndCountsTheRest()
    {
        Assert.Equal("a, b", Excerpt.List(["a", "b"], 2));
        Assert.Equal("a, b and 3 more", Excerpt.List(["a", "b", "c", "d", "e"], 2));
        Assert.Equal(new string('n', 100) + "…", Excerpt.List([new string('n', 5000)], 2));
    }

    [Fact]
    public void AMessageKeepsItsStartAndItsEnd()
    {
        var message = new CrossEncoderException("What is wrong: " + new string('x', 33_000) + " What to do.").Message;
        Assert.InRange(message.Length, 8000, 8100);
        Assert.StartsWith("What is wrong: x", message);
        Assert.EndsWith("x What to do.", message);
        Assert.Contains("characters left out", message);
        Assert.Equal(new string('x', 8000), new CrossEncoderException(new string('x', 8000), new IOException()).Message);
    }

    [Theory]
    [InlineData("三", true)]
    [InlineData("㐀", true)]
    [InlineData("豈", true)]
    [InlineData("𠀀", true)]
    [InlineData("𲎯", true)]
    [InlineData("a", false)]
    [InlineData("か", false)]
    [InlineData("한", false)]
    [InlineData("。", false)]
    [InlineData("😀", false)]
    public void HanCharactersAreKnownInEveryPlane(string text, bool expected)
    {
        Assert.Equal(expected, Han.Is(text[0]));
        Assert.Equal(expected, Han.Is(text.EnumerateRunes().First()));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(2, 0.8807970779778823)]
    [InlineData(-2, 0.11920292202211755)]
    [InlineData(1000, 1)]
    [InlineData(-1000, 0)]
    public void TheSigmoidIsTheLogisticFunction(double logit, double expected)
    {
        Assert.Equal(expected, Logistic.Sigmoid(logit), 15);
        Assert.Equal((float)expected, Logistic.SigmoidSingle((float)logit), 6);
    }

    [Fact]
    public void SplitMixGivesThePublishedNumbers()
    {
        // The first outputs of the authors' program for the seed 1234567.
        Assert.Equal(6457827717110365317UL, SplitMix64.Mix(1234567UL + 0x9E3779B97F4A7C15));
        Assert.Equal(3203168211198807973UL, SplitMix64.Mix(unchecked(1234567UL + 2 * 0x9E3779B97F4A7C15)));
        var random = new SplitMix64(7);
        var drawn = Enumerable.Range(0, 6000).Select(_ => random.Below(6)).CountBy(number => number).ToDictionary();
        Assert.Equal([0, 1, 2, 3, 4, 5], drawn.Keys.Order());
        Assert.All(drawn.Values, count => Assert.InRange(count, 850, 1150));
    }
}
