using CrossEncoders.Chunking;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Chunking;

/// <summary>Which pieces become a chunk, by pieces written by hand: "12" has twelve tokens, "#12" starts a section.</summary>
public sealed class CutterTests
{
    private static List<Piece> Pieces(string sizes, int prefix = 0) =>
        [
            .. sizes
                .Split(' ')
                .Select(size =>
                    size[0] == '#' ? new Piece(0, 1, Cut.Heading, 2, "", int.Parse(size[1..]), "", prefix)
                    : size[0] == '\\' ? new Piece(0, 1, Cut.Paragraph, 0, "", int.Parse(size[1..]), "", prefix)
                    : new Piece(0, 1, Cut.Sentence, 0, "", int.Parse(size), "", prefix)
                ),
        ];

    private static TokenBudget Budget(int max, int overlap = 0) =>
        new(Counting.Words, new ChunkingOptions { MaxTokens = max, OverlapTokens = overlap });

    /// <summary>Each stretch as its pieces, those that are repeated in brackets.</summary>
    private static string Show(IEnumerable<Stretch> stretches, string sizes)
    {
        var words = sizes.Split(' ');
        return string.Join(
            " / ",
            stretches.Select(stretch =>
                string.Join(
                    ' ',
                    words[stretch.Overlap..stretch.Start].Select(word => $"({word})").Concat(words[stretch.Start..stretch.End])
                )
            )
        );
    }

    [Theory]
    [InlineData("5 5 5 5 5 5", 20, 0, "5 5 5 5 / 5 5")]
    [InlineData("5 5 5 5 5 5", 20, 5, "5 5 5 5 / (5) 5 5")]
    [InlineData("5 5 5 5 5 5", 20, 4, "5 5 5 5 / 5 5")]
    [InlineData("20 1 20", 20, 0, "20 / 1 / 20")]
    [InlineData("5 #5 5 #5", 20, 0, "5 #5 5 #5")] // across headings
    [InlineData("30 5", 20, 0, "30 / 5")] // one that is too long is alone
    [InlineData("1", 20, 0, "1")]
    [InlineData("8 8 8 8", 20, 8, "8 8 / (8) 8 / (8) 8")]
    public void SentencesFillAChunkAfterTheOther(string sizes, int max, int overlap, string expected) =>
        Assert.Equal(expected, Show(new SentenceCutter(Budget(max, overlap)).Pack(Pieces(sizes)), sizes));

    [Fact]
    public void WhatStandsInFrontCounts() =>
        Assert.Equal("5 5 / 5 5", Show(new SentenceCutter(Budget(20)).Pack(Pieces("5 5 5 5", prefix: 10)), "5 5 5 5"));

    [Fact]
    public void PiecesWithoutTokensDoNotFillAChunkForEver()
    {
        var sizes = string.Join(' ', Enumerable.Repeat("0", 50));
        Assert.Equal([20, 20, 10], new SentenceCutter(Budget(20)).Pack(Pieces(sizes)).Select(stretch => stretch.End - stretch.Start));
    }

    [Theory]
    [InlineData("#5 40 #5 40", 100, "#5 40 / #5 40")] // sections stay apart although both would fit
    [InlineData("#5 5 #5 40", 100, "#5 5 #5 40")] // a tiny first one goes with the next
    [InlineData("#5 40 #5 5", 100, "#5 40 #5 5")] // a tiny last one with the one before
    [InlineData("#5 40 #5 5 #5 40", 100, "#5 40 #5 5 / #5 40")]
    [InlineData("#5 90 #5 5 #5 80", 100, "#5 90 / #5 5 #5 80")] // to the next where it does not fit before
    [InlineData("40 #5 40", 100, "40 / #5 40")] // what stands before the first heading
    [InlineData("#31 #31 #40", 100, "#31 #31 / #40")]
    [InlineData("#32 #32 #32", 100, "#32 / #32 / #32")]
    public void SectionsBelow32TokensShareAChunk(string sizes, int max, string expected) =>
        Assert.Equal(expected, Show(new HeadingCutter(Budget(max)).Pack(Pieces(sizes)), sizes));

    [Theory]
    [InlineData("10 10 10 10 10 10", 50, "10 10 10 / 10 10 10")] // evenly, and not five and one
    [InlineData("10 10 10 10 10", 50, "10 10 10 10 10")]
    [InlineData("5 5 5 5 5 \\5 5 5 5 5 5 5", 50, "5 5 5 5 5 / \\5 5 5 5 5 5 5")] // a paragraph is worth a little unevenness
    [InlineData("10 \\10 10 10 10 10", 50, "10 \\10 10 / 10 10 10")] // but not all
    [InlineData("60 10", 50, "60 / 10")]
    public void ASectionIsCutEvenlyAtGoodPlaces(string sizes, int max, string expected) =>
        Assert.Equal(expected, Show(new HeadingCutter(Budget(max)).Pack(Pieces(sizes)), sizes));

    [Fact]
    public void NothingIsRepeatedAcrossSections()
    {
        const string Sizes = "#5 30 30 30 #5 30 30 30";
        Assert.Equal(
            "#5 30 / (#5) (30) 30 30 / #5 30 / (#5) (30) 30 30",
            Show(new HeadingCutter(Budget(100, 40)).Pack(Pieces(Sizes)), Sizes)
        );
    }

    [Theory]
    [InlineData("one two three four five six seven", 16, 0)]
    [InlineData("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十", 16, 0)]
    [InlineData("a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3 b4 b5 b6 b7 b8 b9 c1 c2 c3 c4 c5 c6 c7 c8 c9", 16, 4)]
    public void FixedStretchesTileTheText(string text, int max, int overlap)
    {
        var cutter = new FixedCutter(
            new TokenBudget(
                Counting.Words,
                new ChunkingOptions
                {
                    MaxTokens = max,
                    OverlapTokens = overlap,
                    IncludeHeadings = false,
                }
            )
        );
        var pieces = cutter.Pieces(new Document("a.txt", "T", text, "en"));
        Assert.Equal(text, string.Concat(pieces.Select(piece => text[piece.Start..piece.End])));
        var stretches = cutter.Pack(pieces).ToList();
        Assert.Equal(pieces.Count, stretches[^1].End);
        foreach (var (last, next) in stretches.Zip(stretches.Skip(1)))
        {
            Assert.Equal(last.End, next.Start);
            Assert.Equal(overlap > 0 ? next.Start - 1 : next.Start, next.Overlap);
            if (overlap > 0)
                Assert.Equal(overlap, Counting.Words(text[pieces[next.Overlap].Start..pieces[next.Overlap].End]));
        }
    }
}
