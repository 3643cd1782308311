using CrossEncoders.Chunking;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Chunking;

/// <summary>What stands in front of a passage, and what is repeated.</summary>
public sealed class TokenBudgetTests
{
    private static TokenBudget Budget(int max = 30, int overlap = 0, bool headings = true) =>
        new(
            Counting.Words,
            new ChunkingOptions
            {
                MaxTokens = max,
                OverlapTokens = overlap,
                IncludeHeadings = headings,
            }
        );

    // A third of 30 tokens: ten, of which each separator is one.
    [Theory]
    [InlineData("Guide", "", "Guide\n")]
    [InlineData("Guide", "A › B", "Guide › A › B\n")]
    [InlineData("one two three", "a b › c d e", "one two three › a b › c d e\n")] // ten
    [InlineData("one two three", "a b › c d e f", "one two three › c d e f\n")] // eleven: the second goes
    [InlineData("one two three", "a › b › c d e f g h i", "c d e f g h i\n")] // then the next, then the title
    [InlineData("t", "a b c d e f g h i j k", "")] // the last alone is too much
    [InlineData("1 2 3 4 5 6 7 8 9 10 11", "", "")]
    public void HeadingsTakeAThirdAtMost(string title, string section, string prefix)
    {
        var (text, tokens) = Budget().Prefix(title, section, null);
        Assert.Equal(prefix, text);
        Assert.Equal(Counting.Words(prefix), tokens);
    }

    // A quarter of 30 tokens: seven.
    [Theory]
    [InlineData("| a | b | c |", "T\n| a | b | c |\n")] // seven
    [InlineData("| a | b | c d |", "T\n")]
    [InlineData(null, "T\n")]
    public void ATablesHeaderTakesAQuarterAtMost(string? header, string prefix) =>
        Assert.Equal(prefix, Budget().Prefix("T", "", header).Text);

    [Fact]
    public void WithoutHeadingsATableStillHasItsHeader() => Assert.Equal(("| a |\n", 3), Budget(headings: false).Prefix("T", "A", "| a |"));

    [Fact]
    public void EndlessHeadingsAreNotCounted()
    {
        var counted = 0;
        var budget = new TokenBudget(
            text =>
            {
                counted = Math.Max(counted, text.Length);
                return Counting.Words(text);
            },
            new ChunkingOptions { MaxTokens = 30 }
        );
        Assert.Equal("", budget.Prefix(new string('x', 1_000_000), "", new string('y', 1_000_000)).Text);
        Assert.InRange(counted, 0, 16 * 30);
    }

    // Pieces of 3, 1, 4, 1 and 5 tokens.
    [Theory]
    [InlineData(0, 0, 4, 4)] // nothing is repeated without overlap
    [InlineData(1, 0, 4, 3)]
    [InlineData(4, 0, 4, 3)] // not the four before it, which would be five
    [InlineData(5, 0, 4, 2)]
    [InlineData(9, 0, 4, 0)]
    [InlineData(9, 2, 4, 2)] // never across the start of a region
    [InlineData(9, 0, 0, 0)]
    [InlineData(3, 0, 3, 3)]
    public void WholePiecesAreRepeatedAsFarAsTheyFit(int overlap, int from, int start, int expected)
    {
        List<Piece> pieces = [.. new[] { 3, 1, 4, 1, 5 }.Select(tokens => new Piece(0, 1, Cut.Sentence, 0, "", tokens, "", 0))];
        Assert.Equal(expected, Budget(overlap: overlap).OverlapStart(pieces, from, start));
    }

    [Theory]
    [InlineData(16, 0, null)]
    [InlineData(16, 8, null)]
    [InlineData(15, 0, "MaxTokens of 16 or more, found 15")]
    [InlineData(0, 0, "found 0")]
    [InlineData(16, 9, "between 0 and half of MaxTokens (8), found 9")]
    [InlineData(16, -1, "found -1")]
    [InlineData(17, 9, "(8), found 9")]
    public void OptionsThatLeaveNothingAreRefused(int max, int overlap, string? message)
    {
        var error = Record.Exception(() => Budget(max, overlap));
        if (message is null)
            Assert.Null(error);
        else
            Assert.Contains(message, Assert.IsType<CrossEncoderException>(error).Message);
    }
}
