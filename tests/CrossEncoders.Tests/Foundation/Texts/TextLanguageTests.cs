using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

public sealed class TextLanguageTests
{
    [Theory]
    [InlineData("The dome closes.", 0.0)]
    [InlineData("圆顶关闭", 1.0)]
    [InlineData("圆顶 ab", 0.5)]
    [InlineData("圆顶！！！123 ab", 0.5)] // marks and digits say nothing
    [InlineData("圆かな", 1 / 3.0)] // kana are letters, and not Han
    [InlineData("𠀀a", 0.5)] // a pair is one letter
    [InlineData("é圆", 0.5)]
    public void TheShareIsOfTheLetters(string text, double share) => Assert.Equal(share, TextLanguage.HanShare(text)!.Value, 12);

    [Theory]
    [InlineData("")]
    [InlineData("123 — 4.5 %")]
    [InlineData("。，！？")]
    public void NoLettersNoShare(string text)
    {
        Assert.Null(TextLanguage.HanShare(text));
        Assert.Equal("en", TextLanguage.Of(text));
    }

    [Theory]
    [InlineData("圆abcd", "zh")]
    [InlineData("圆abcde", "en")]
    [InlineData("Die Tür ist zu", "en")]
    [InlineData("ドーム", "en")]
    public void AFifthOfTheLettersMakesItChinese(string text, string language) => Assert.Equal(language, TextLanguage.Of(text));

    [Theory]
    [InlineData(0x4E00, 0x9FFF)]
    [InlineData(0x3400, 0x4DBF)]
    [InlineData(0xF900, 0xFAFF)]
    [InlineData(0x20000, 0x3FFFF)]
    public void TheBlocksOfHanEndWhereTheyEnd(int first, int last)
    {
        foreach (var inside in (int[])[first, last])
        {
            Assert.True(Han.Is(new System.Text.Rune(inside)));
            Assert.True(Han.Is(char.ConvertFromUtf32(inside)[0]));
        }
        foreach (var outside in (int[])[first - 1, last + 1])
            Assert.False(Han.Is(new System.Text.Rune(outside)), $"U+{outside:X}");
    }
}
