using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

/// <summary>Each class of characters as a whole, and the forms of Unicode.</summary>
public sealed class FoldingClassesTests
{
    [Fact]
    public void FullWidthFormsAreAscii()
    {
        for (var c = '!'; c <= '~'; c++)
            Assert.Equal(c.ToString(), Folding.Of(((char)(c + 0xFEE0)).ToString()));
    }

    [Fact]
    public void HalfWidthKanaAreKana() =>
        Assert.Equal(
            "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン",
            Folding.Of(string.Concat(Enumerable.Range(0xFF61, 0xFF9E - 0xFF61).Select(c => (char)c)))
        );

    [Fact]
    public void ArmenianLigaturesAreLetters() => Assert.Equal("մնմեմիվնմխ", Folding.Of("\uFB13\uFB14\uFB15\uFB16\uFB17"));

    [Theory]
    [InlineData('\uFF00')]
    [InlineData('\uFF5F')]
    [InlineData('\uFFA0')]
    [InlineData('\uFB07')]
    [InlineData('\uFB18')]
    [InlineData('①')]
    [InlineData('²')]
    [InlineData('ﷺ')]
    public void TheNeighboursOfTheClassesStay(char c) => Assert.Equal(c.ToString(), Folding.Of(c.ToString()));

    [Theory]
    [InlineData('\u00AD', '\u00AD')]
    [InlineData('\u034F', '\u034F')]
    [InlineData('\u061C', '\u061C')]
    [InlineData('\u180B', '\u180F')]
    [InlineData('\u200B', '\u200F')]
    [InlineData('\u202A', '\u202E')]
    [InlineData('\u2060', '\u206F')]
    [InlineData('\uFE00', '\uFE0F')]
    [InlineData('\uFEFF', '\uFEFF')]
    public void WhatIsNotSeenIsDroppedAndNothingBesideIt(char first, char last)
    {
        for (var c = first; c <= last; c++)
        {
            Assert.True(Folding.IsInvisible(c), $"U+{(int)c:X4}");
            Assert.Equal("ab", Folding.Of($"a{c}b"));
        }
        Assert.False(Folding.IsInvisible((char)(first - 1)));
        Assert.False(Folding.IsInvisible((char)(last + 1)));
    }

    [Fact]
    public void TheShortWayAndTheLongWayAgreeForEveryCharacter()
    {
        // A soft hyphen in front makes the text go the long way.
        for (var c = '\u0001'; c < '\uFFFF'; c++)
            if (!char.IsSurrogate(c) && Folding.Of("a" + c) != Folding.Of("\u00ADa" + c))
                Assert.Fail($"U+{(int)c:X4}");
    }

    [Fact]
    public void VoicedMarksComposeWithEveryKanaThatHasThem()
    {
        const string Plain = "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳ";
        const string Voiced = "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ";
        Assert.Equal(Voiced, Folding.Of(string.Concat(Plain.Select(c => $"{c}ﾞ"))));
        Assert.Equal("パピプペポ", Folding.Of(string.Concat("ﾊﾋﾌﾍﾎ".Select(c => $"{c}ﾟ"))));
    }

    [Theory]
    [InlineData("e\u00AD\u0301", "é")] // the accent reaches over what is not seen
    [InlineData("Ａ\u030A", "Å")]
    [InlineData("\uFB01\u0301", "fí")]
    [InlineData("𠀀\uFE00😀", "𠀀😀")]
    [InlineData("\uF900", "豈")] // canonical, and so composed away
    public void FoldingComesBeforeComposing(string text, string folded) => Assert.Equal(folded, Folding.Of(text));

    /// <summary>The values are hashes of what Python's unicodedata (Unicode 14 or later) makes of the same texts.</summary>
    [Theory]
    [InlineData(0xC0, 0x7FF, "122bf8c1000bcdb2", "e019a17b152390ff")] // Latin to Arabic
    [InlineData(0x1E00, 0x1FFF, "0cdd4f911794d7af", "3124a8c536072ab4")] // Latin and Greek with two marks
    [InlineData(0xAC00, 0xD7A3, "d0db962f1bfad330", "1d10210b70f2c5c2")] // Hangul
    [InlineData(0xF900, 0xFAD9, "16cfc7d107b9abcf", "16cfc7d107b9abcf")] // compatibility ideographs
    [InlineData(0x1D15E, 0x1D1C0, "3840c77c251c492f", "b7f987775a80d7b7")] // musical signs, which stay decomposed
    [InlineData(0x2F800, 0x2FA1D, "60f150d1e3904cce", "60f150d1e3904cce")] // compatibility ideographs beyond the first plane
    public void TheCanonicalFormsAreThoseOfUnicode(int first, int last, string composed, string decomposed)
    {
        string[] texts = [.. Enumerable.Range(first, last - first + 1).Select(rune => $"a{new Rune(rune)}\u0301\u0323")];
        Assert.Equal(composed, Hash(texts.Select(CanonicalNormalization.Compose)));
        Assert.Equal(decomposed, Hash(texts.Select(CanonicalNormalization.Decompose)));
    }

    private static string Hash(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))))[..16];
}
