using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

public sealed class NormalTests
{
    [Theory]
    [InlineData("The Dome's motor, E-42!", "thedomesmotore42")]
    [InlineData("圆顶（E42）停机。", "圆顶e42停机")]
    [InlineData("😀 ok", "😀ok")]
    [InlineData(" .,;", "")]
    [InlineData("ÉCOLE École", "écoleécole")]
    public void OnlySmallLettersAndDigitsCount(string text, string normal) => Assert.Equal(normal, Normal.Of(text));

    [Theory]
    [InlineData("The dome, the DOME", "dome the")]
    [InlineData("圆顶电机", "圆顶 机 电机 顶电")]
    [InlineData("A区 3号", "3 a 区 号")]
    [InlineData("pump-12 at 3.5", "12 3 5 at pump")]
    [InlineData("", "")]
    public void WordsAreWordsAndPairsOfCharacters(string text, string words) =>
        Assert.Equal(words, string.Join(' ', Normal.Words(text).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("Alarm 12 of pump E42", "12 e42")]
    [InlineData("No code here", "")]
    [InlineData("E42 and e42", "e42")]
    public void CodesAreWordsWithADigit(string text, string codes) => Assert.Equal(codes, Normal.Codes(text));

    [Theory]
    [InlineData("a b c", "b c d", 0.5)]
    [InlineData("a b", "a b", 1)]
    [InlineData("a", "b", 0)]
    [InlineData("", "", 1)]
    [InlineData("a", "", 0)]
    public void OverlapIsTheShareOfCommonWords(string one, string two, double overlap) =>
        Assert.Equal(overlap, Normal.Overlap(Normal.Words(one), Normal.Words(two)));
}
