using CrossEncoders.Texts;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>What the golden cases do not show.</summary>
public sealed class TextTokenizerTests
{
    [Theory]
    [InlineData("xlm-roberta")]
    [InlineData("roberta")]
    [InlineData("wordpiece-cased")]
    public void LoneSurrogatesAreReplaced(string name)
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder(name));
        Assert.Equal(tokenizer.Encode("a\uFFFD b \uFFFD👍\uFFFD").Ids, tokenizer.Encode("a\uD83D b \uDC4D👍\uD83D").Ids);
    }

    [Theory]
    [InlineData("xlm-roberta")]
    [InlineData("roberta")]
    [InlineData("bert-base-uncased")]
    public void ThreadsDoNotDisturbEachOther(string name)
    {
        var texts = RandomText.Many(2_000, seed: 3).ToArray();
        var alone = TextTokenizer.Load(Golden.Folder(name));
        var expected = texts.Select(text => alone.Encode(text).Ids).ToArray();
        var shared = TextTokenizer.Load(Golden.Folder(name));
        var actual = new int[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => actual[i] = shared.Encode(texts[i]).Ids);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void EmptySecondSegmentIsNoneAloneButKeepsItsSeparatorsAmongPairs()
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder("xlm-roberta"));
        Assert.Equal([0, 18, 2], tokenizer.EncodePair("a", "").Ids);
        Assert.Equal([0, 18, 2, 2, 2], tokenizer.EncodePairs([("a", "")])[0].Ids);
        Assert.Equal([0, 18, 2], tokenizer.EncodePair("a a", "", 3).Ids);
        Assert.Throws<CrossEncoderException>(() => tokenizer.EncodePair("a a", "", 3, TruncationStrategy.OnlySecond));
    }

    [Fact]
    public void MaximumLengthBelowTheSpecialTokensIsRefused()
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder("xlm-roberta"));
        Assert.Equal([0, 2, 2, 2], tokenizer.EncodePair("a", "b", 4).Ids);
        var error = Assert.Throws<CrossEncoderException>(() => tokenizer.EncodePair("a", "b", 3));
        Assert.Contains("3 tokens", error.Message, StringComparison.Ordinal);
        Assert.Throws<CrossEncoderException>(() => tokenizer.Encode("a", 1));
    }

    [Fact]
    public void CountIsWithoutSpecialTokens()
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder("bert-base-uncased"));
        Assert.Equal(4, tokenizer.CountTokens("Hello, world!"));
        Assert.Equal([7592, 1010, 2088, 999], tokenizer.EncodeToIds("Hello, world!"));
        var encoded = tokenizer.Encode("Hello, world!", 4);
        Assert.Equal([101, 7592, 1010, 102], encoded.Ids);
        Assert.True(encoded.Truncated);
    }

    [Theory]
    [InlineData("e\u0301", "é", "e\u0301")]
    [InlineData("한국", "한국", "\u1112\u1161\u11AB\u1100\u116E\u11A8")]
    [InlineData("\u1112\u1161\u11AB", "한", "\u1112\u1161\u11AB")]
    [InlineData("a\u0301\u0323", "ạ\u0301", "a\u0323\u0301")]
    [InlineData("\u212B \u0344 \u0958", "Å \u0308\u0301 \u0915\u093C", "A\u030A \u0308\u0301 \u0915\u093C")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    public void CanonicalForms(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, CanonicalNormalization.Compose(text));
        Assert.Equal(decomposed, CanonicalNormalization.Decompose(text));
    }
}
