using System.Text;
using CrossEncoders.Retrieval;
using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

/// <summary>Texts that differ only in how they are encoded compare alike everywhere.</summary>
public sealed class FoldingTests
{
    [Theory]
    [InlineData("o\uFB03ce", "office")]
    [InlineData("\uFB00 \uFB01 \uFB02 \uFB03 \uFB04 \uFB05 \uFB06", "ff fi fl ffi ffl st st")]
    [InlineData("co\u00ADop\u00ADer\u00ADate", "cooperate")]
    [InlineData("zero\u200Bwidth\u2060\uFEFF", "zerowidth")]
    [InlineData("\u200Fright\u202Eto", "rightto")]
    [InlineData("star\uFE0F", "star")]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("ＡＢ１２！", "AB12!")]
    [InlineData("ｶﾞﾗｽ ﾊﾟﾝ", "ガラス パン")]
    [InlineData("か\u3099", "が")]
    [InlineData("全角　空白", "全角 空白")]
    [InlineData("\u1112\u1161\u11AB", "한")]
    [InlineData("plain text, 圆顶。", "plain text, 圆顶。")]
    [InlineData("m² ½ ① Ⅳ", "m² ½ ① Ⅳ")]
    [InlineData("", "")]
    public void TheFormIsOne(string text, string folded)
    {
        Assert.Equal(folded, Folding.Of(text));
        Assert.Equal(folded, Folding.Of(folded));
    }

    [Fact]
    public void WhatNeedsNoFoldingIsTheSameString()
    {
        const string Text = "The dome’s “motor” — naïve, 圆顶。ドーム";
        Assert.Equal(Text, Folding.Of(Text));
        Assert.Same("The dome's motor, 圆顶。", Folding.Of("The dome's motor, 圆顶。"));
    }

    [Fact]
    public void FoldingTwiceIsFoldingOnce()
    {
        var random = new Random(7);
        for (var round = 0; round < 2000; round++)
        {
            var text = new StringBuilder();
            for (var i = 0; i < 12; i++)
                text.Append(
                    random.Next(4) switch
                    {
                        0 => (char)random.Next(0x20, 0x250),
                        1 => (char)random.Next(0x300, 0x370),
                        2 => (char)random.Next(0x3000, 0x3100),
                        _ => (char)random.Next(0xF900, 0xFFE0),
                    }
                );
            var folded = Folding.Of(text.ToString());
            Assert.Equal(folded, Folding.Of(folded));
        }
    }

    [Theory]
    [InlineData("o\uFB03ce hours", "office hours")]
    [InlineData("We co\u00ADoperate", "We cooperate")]
    [InlineData("The cafe\u0301s", "The caf\u00E9s")]
    [InlineData("ＣＯＤＥ　Ｅ４２", "code E42")]
    [InlineData("ｶﾞﾗｽの扉", "ガラスの扉")]
    [InlineData("\u212Bngstro\u0308m", "ångström")]
    [InlineData("e\uFB00i\u00ADcient a\uFB00air", "efficient affair")]
    [InlineData("Ａｎｆａｎｇ\u200B", "anfang")]
    public void AnalyzersDuplicatesAndAuditsAgree(string one, string two)
    {
        Assert.Equal(TextAnalyzer.Terms(two), TextAnalyzer.Terms(one));
        Assert.Equal(Normal.Of(two), Normal.Of(one));
        Assert.Equal(Normal.Words(two).Order(), Normal.Words(one).Order());
        Assert.Equal(Normal.Codes(two), Normal.Codes(one));
        Assert.Equal(1, Normal.Overlap(Normal.Words(one), Normal.Words(two)));
        Assert.Single(NearDuplicates.Between([one], [two], 0.9, sameCodes: true));
    }

    [Theory]
    [InlineData("office", "The o\uFB03ce is open.")]
    [InlineData("o\uFB03ce", "The office is open.")]
    [InlineData("cooperate", "They co\u00ADope\u00ADrate well.")]
    [InlineData("caf\u00E9", "The cafe\u0301 is closed.")]
    [InlineData("cafe\u0301", "The caf\u00E9 is closed.")]
    [InlineData("E42", "警报Ｅ４２表示过热")]
    [InlineData("ガラス", "ｶﾞﾗｽの扉")]
    public void KeywordSearchFindsText(string query, string passage)
    {
        var search = new Bm25Retriever([new Passage("a", passage), new Passage("b", "Nothing of the kind, 别的东西。")]);
        Assert.Equal("a", Assert.Single(search.Search(query, 5)).Passage.Id);
    }

    [Theory]
    [InlineData("a\uFB01b", "afib")]
    [InlineData("ﬀ\u00AD", "ff\u00AD")]
    [InlineData("ＡＢ", "ＡＢ")]
    [InlineData("\uFB13", "մն")]
    [InlineData("\uFB1E", "\uFB1E")]
    public void LigaturesAloneBecomeLetters(string text, string letters) => Assert.Equal(letters, Folding.WithoutLigatures(text));
}
