using CrossEncoders.Chunking;

namespace CrossEncoders.Tests.Chunking;

/// <summary>Where what is too long is cut.</summary>
public sealed class SplittingTests
{
    private static string Halves(string text) =>
        string.Join('|', Splitting.Halves(text, 0, text.Length).Select(part => text[part.Start..part.End]));

    [Theory]
    [InlineData("aaaa bbbb, cccc dddd", "aaaa bbbb, |cccc dddd")] // after a comma
    [InlineData("aaaa bbb; cccc dddd", "aaaa bbb; |cccc dddd")]
    [InlineData("aaaa bbb\ncccc dddd", "aaaa bbb\n|cccc dddd")] // before a new line
    [InlineData("aaaa bbb | cccc ddd", "aaaa bbb | |cccc ddd")] // between cells
    [InlineData("aaa bbb cccc, d eee fff", "aaa bbb cccc, |d eee fff")] // a clause before a nearer word
    [InlineData("关闭阀门，打开水泵", "关闭阀门，|打开水泵")]
    [InlineData("关闭阀门、打开水泵", "关闭阀门、|打开水泵")]
    public void AClauseIsTheBestPlace(string text, string expected) => Assert.Equal(expected, Halves(text));

    [Theory]
    [InlineData("aaaa bbbb cccc dddd", "aaaa bbbb |cccc dddd")]
    [InlineData("a, bbbbbbbbb ccccccccccc", "a, bbbbbbbbb |ccccccccccc")] // the comma is too far from the middle
    [InlineData("aaaa bbbb   cccc dddd", "aaaa bbbb   |cccc dddd")] // white space belongs to the part before
    public void AWordIsTheNextBest(string text, string expected) => Assert.Equal(expected, Halves(text));

    [Theory]
    [InlineData("aaaabbbb", "aaaa|bbbb")]
    [InlineData("圆顶关闭", "圆顶|关闭")]
    [InlineData("a😀b", "a😀|b")] // the middle is in the pair
    [InlineData("😀", "😀")] // a pair is one character
    [InlineData("a", "a")]
    [InlineData("ab", "a|b")]
    [InlineData("aaaaaaaa bb", "aaaaa|aaa bb")] // the space is too far from the middle
    public void WithoutAPlaceTheMiddleIsCut(string text, string expected) => Assert.Equal(expected, Halves(text));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void PartsTileTheRangeAndFit(int most)
    {
        const string Text = "One clause, another; 第三个，第四个。 Words and words and more words😀😀 withoutanend";
        var parts = Splitting.Fit(Text, 3, Text.Length - 2, most, Counting.Words).ToList();
        Assert.Equal(Text[3..^2], string.Concat(parts.Select(part => Text[part.Start..part.End])));
        foreach (var (start, end, tokens) in parts)
        {
            Assert.Equal(Counting.Words(Text[start..end].Trim()), tokens);
            Assert.InRange(tokens, 0, most);
        }
    }

    [Fact]
    public void WhatIsFarTooLongIsNotCountedAsAWhole()
    {
        var longest = 0;
        var text = string.Concat(Enumerable.Repeat("word ", 20_000));
        var parts = Splitting.Fit(text, 0, text.Length, 50, part =>
        {
            longest = Math.Max(longest, part.Length);
            return Counting.Words(part);
        });
        Assert.Equal(text.Length, parts.Sum(part => part.End - part.Start));
        Assert.InRange(longest, 1, 16 * 50);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    [InlineData(300)]
    public void TheLongestStretchIsFoundInFewCounts(int most)
    {
        var text = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"w{i} "));
        var counts = 0;
        var end = Splitting.Longest(text, 0, most, part =>
        {
            counts++;
            return Counting.Words(part);
        });
        Assert.Equal(most, Counting.Words(text[..end]));
        Assert.StartsWith($"w{most}", text[end..].Trim());
        Assert.InRange(counts, 1, 30);
    }
}
