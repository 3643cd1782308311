using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Foundation.Texts;

/// <summary>Words as a reader sees them.</summary>
public sealed class WordSpansTests
{
    [Theory]
    [InlineData("Don't stop, it's 3.5 or 1,000!", "Don't|stop|,|it's|3.5|or|1,000|!")]
    [InlineData("the crew’s end. 4. next", "the|crew’s|end|.|4|.|next")]
    [InlineData("备用电源A42区，能撑", "备|用|电|源|A42|区|，|能|撑")]
    [InlineData(" \t\n", "")]
    [InlineData("cafe\u0301 x_y ' '", "cafe\u0301|x|_|y|'|'")]
    [InlineData("🙂𠀀a", "🙂|𠀀|a")]
    public void ATextIsCutIntoWords(string text, string words) =>
        Assert.Equal(words, string.Join('|', WordSpans.Of(text).Select(span => text.Substring(span.Start, span.Length))));

    [Fact]
    public void HalfACharacterIsASignOfItsOwn() => Assert.Equal([(0, 1), (1, 1), (2, 1)], WordSpans.Of("a\uD83Db"));
}
