using CrossEncoders.Chunking;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Chunking;

/// <summary>Long lines, small chunks, impossible options.</summary>
public sealed class ChunkingLimitsTests
{
    private static Document Markdown(string text) => new("folder/guide.md", "Guide", text, "en");

    private static IReadOnlyList<Chunk> Cut(Document document, ChunkingOptions? options = null) =>
        new[] { document }.Chunk(Counting.Words, options);

    [Theory]
    [InlineData("a b c d e f", 2, "a b |c |d |e f")]
    [InlineData("一二三四", 2, "一二|三四")]
    [InlineData("short", 5, "short")]
    [InlineData("😀😀", 0, "😀|😀")]
    public void WhatIsTooLongIsHalvedUntilItFits(string text, int most, string expected) =>
        Assert.Equal(
            expected,
            string.Join('|', Splitting.Fit(text, 0, text.Length, most, Counting.Words).Select(part => text[part.Start..part.End]))
        );

    [Theory]
    [InlineData("one two three", 0, 2, "one two ")]
    [InlineData("one two three", 4, 9, "two three")]
    [InlineData("😀😀", 0, 0, "😀")]
    public void TheLongestStretchFits(string text, int start, int most, string expected)
    {
        var end = Splitting.Longest(text, start, most, Counting.Words);
        Assert.Equal(expected.Trim(), text[start..end].Trim());
        Assert.False(end < text.Length && char.IsLowSurrogate(text[end]));
    }

    [Fact]
    public void ATitleLongerThanAChunkIsNotInFrontOfIt()
    {
        var title = string.Join(' ', Enumerable.Repeat("title", 400));
        var chunk = Assert.Single(Cut(new Document("a.md", title, "One sentence.", "en"), new ChunkingOptions { MaxTokens = 16 }));
        Assert.Equal("One sentence.", chunk.Passage);
    }

    [Fact]
    public void OuterHeadingsGoWhereTheyWouldTakeTooMuch()
    {
        var text = "# Guide\n\n## Outer heading of many words here\n\n### Inner\n\nOne sentence of a few words.\n";
        var chunk = Cut(Markdown(text), new ChunkingOptions { MaxTokens = 16 })[^1];
        Assert.StartsWith("Guide › Inner\n", chunk.Passage);
        Assert.InRange(chunk.Tokens, 1, 16);
    }

    [Fact]
    public void NoTextNoChunk() => Assert.Empty(Cut(Markdown("")));

    [Fact]
    public void ALineOfAMillionCharactersIsCut()
    {
        var text = string.Concat(Enumerable.Repeat("无标点😀", 250_000));
        var chunks = Cut(Markdown(text));
        Assert.Equal(text, string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.All(chunks, chunk => Assert.InRange(chunk.Tokens, 1, 256));
        Assert.All(chunks, chunk => Assert.False(char.IsLowSurrogate(chunk.Text[0])));
    }

    [Fact]
    public void ImpossibleOptionsAreRefused()
    {
        Assert.Contains(
            "16",
            Assert.Throws<CrossEncoderException>(() => Cut(Markdown("a"), new ChunkingOptions { MaxTokens = 4 })).Message
        );
        Assert.Throws<CrossEncoderException>(() => Cut(Markdown("a"), new ChunkingOptions { MaxTokens = 64, OverlapTokens = 40 }));
    }
}
