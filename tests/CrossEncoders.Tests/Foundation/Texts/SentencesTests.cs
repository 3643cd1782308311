using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

public sealed class SentencesTests
{
    [Theory]
    [InlineData("One. Two! Three? Four", "One. |Two! |Three? |Four")]
    [InlineData("It costs 3.5 euros. Pay now.", "It costs 3.5 euros. |Pay now.")]
    [InlineData("See Fig. 3 and Dr. Who. Then go.", "See Fig. 3 and Dr. Who. |Then go.")]
    [InlineData("By J. Smith. Next.", "By J. Smith. |Next.")]
    [InlineData("At 30 K. Then warmer.", "At 30 K. |Then warmer.")]
    [InlineData("2. Open it. Close it.", "2. Open it. |Close it.")]
    [InlineData("He said “Stop.” Then he went.", "He said “Stop.” |Then he went.")]
    [InlineData("Really?! Yes… but no.", "Really?! |Yes… but no.")]
    [InlineData("关门。开灯！好吗？好；走。", "关门。|开灯！|好吗？|好；|走。")]
    [InlineData("他说：“关门。”然后走了。", "他说：“关门。”|然后走了。")]
    [InlineData("www.example.org is a site. Go.", "www.example.org is a site. |Go.")]
    [InlineData("", "")]
    [InlineData("No end", "No end")]
    public void SentencesStartAfterTheEndOfOne(string text, string expected)
    {
        var sentences = Sentences.Of(text);
        Assert.Equal(expected, string.Join('|', sentences));
        Assert.Equal(Enumerable.Range(0, sentences.Count), Sentences.Starts(text, 0, text.Length).Select(start => start.Number));
    }

    [Fact]
    public void OnlyTheRangeIsRead() =>
        Assert.Equal([5, 10], Sentences.Starts("One. Two. Three. Four.", 5, 16).Select(start => start.Start));
}
