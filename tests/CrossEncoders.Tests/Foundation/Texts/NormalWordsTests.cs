using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

/// <summary>Where words start and end, and which texts are near duplicates by them.</summary>
public sealed class NormalWordsTests
{
    private static string Words(string text) => string.Join(' ', Normal.Words(text).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("don't", "don t")]
    [InlineData("E-42a", "42a e")]
    [InlineData("naïve Ölstand", "naïve ölstand")]
    [InlineData("x² ½", "x")] // signs are no letters
    [InlineData("_snake_case_", "case snake")]
    [InlineData("e\u0301te\u0301", "été")]
    [InlineData("😀 ok 😀", "ok")]
    [InlineData("かな カナ", "かな カナ")] // kana stand in words, as letters do
    [InlineData("한국어 문장", "문장 한국어")]
    public void LettersAndDigitsAreWords(string text, string words) => Assert.Equal(words, Words(text));

    [Theory]
    [InlineData("圆", "圆")]
    [InlineData("圆顶", "圆顶 顶")]
    [InlineData("圆，顶", "圆 顶")] // a mark parts them
    [InlineData("圆a顶", "a 圆 顶")]
    [InlineData("the圆顶E42", "e42 the 圆顶 顶")]
    [InlineData("𠀀", "𠀀")]
    [InlineData("𠀀𠀁", "𠀀𠀁 𠀁")]
    [InlineData("圆𠀀顶", "圆𠀀 顶 𠀀顶")]
    [InlineData("a𠀀b", "a b 𠀀")]
    public void ChineseIsPairsOfWholeCharacters(string text, string words) => Assert.Equal(words, Words(text));

    [Fact]
    public void RareCharactersOfOneHalfAreNotTheSame()
    {
        Assert.Equal("𠀀"[0], "𠀁"[0]);
        Assert.Equal(0, Normal.Overlap(Normal.Words("𠀀"), Normal.Words("𠀁")));
        Assert.Empty(NearDuplicates.Within(["𠀀", "𠀁"], 0.5));
        Assert.Single(NearDuplicates.Within(["𠀀", "𠀀。"], 0.5));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("ß ǅ Σ", "ßǆσ")]
    [InlineData("1,234.5 %", "12345")]
    [InlineData("𠀀-𠀁", "𠀀𠀁")]
    [InlineData("Ａ－Ｂ", "ab")]
    public void TheNormalFormHasLettersAndDigitsAlone(string text, string normal) => Assert.Equal(normal, Normal.Of(text));

    [Theory]
    [InlineData("DM-1 and DM-2", "1 2")]
    [InlineData("第3组", "3")]
    [InlineData("B 10, a 9, b 10", "10 9")] // in ordinal order, each once
    [InlineData("３ and 3", "3")]
    public void CodesAreSortedAndSaidOnce(string text, string codes) => Assert.Equal(codes, Normal.Codes(text));

    [Theory]
    [InlineData("a b c d", "a b c d e", 0.8, true)] // at the threshold
    [InlineData("a b c d", "a b c d e", 0.81, false)]
    [InlineData("a b c", "a b c d e f", 0.5, true)]
    [InlineData("a b", "c d", 0.01, false)]
    [InlineData("a", "A!", 1, true)]
    [InlineData("圆顶关闭", "圆顶关闭了", 0.5, true)]
    public void TheThresholdItselfIsAlike(string one, string two, double threshold, bool alike)
    {
        Assert.Equal(alike, NearDuplicates.Within([one, two], threshold).Count == 1);
        Assert.Equal(alike, NearDuplicates.Between([one], [two], threshold).Count == 1);
        Assert.Equal(alike, NearDuplicates.Between([two], [one], threshold).Count == 1);
    }

    [Fact]
    public void OfEquallyAlikeTextsTheFirstIsNamed()
    {
        Assert.Equal([(0, 1, 1.0), (0, 2, 1.0)], NearDuplicates.Within(["a b", "b a", "a b"], 0.5));
        Assert.Equal([(1, 0, 0.75)], NearDuplicates.Between(["a x", "a b c", "b c a"], ["a b c d"], 0.5));
    }

    [Fact]
    public void TheMoreAlikeIsNamedAndNotTheEarlier() =>
        Assert.Equal([(1, 0, 1.0)], NearDuplicates.Between(["a b c d", "a b c"], ["c b a"], 0.5));
}
