using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>The lengths that remain of two segments, as <c>truncate_encodings</c> of tokenizers has them.</summary>
public sealed class TruncationTests
{
    [Theory]
    [InlineData(4, 4, 8, 4, 4)]
    [InlineData(10, 10, 10, 5, 5)]
    [InlineData(10, 10, 9, 4, 5)] // an odd one goes to the longer, of equals to the second
    [InlineData(11, 10, 9, 5, 4)]
    [InlineData(3, 10, 8, 3, 5)]
    [InlineData(10, 3, 8, 5, 3)]
    [InlineData(2, 9, 5, 2, 3)]
    [InlineData(9, 1, 1, 1, 0)]
    [InlineData(1, 9, 1, 0, 1)]
    [InlineData(5, 5, 0, 0, 0)]
    [InlineData(0, 9, 4, 0, 4)]
    [InlineData(9, 0, 4, 4, 0)]
    [InlineData(5, 6, 7, 3, 4)]
    public void LongestFirst(int first, int second, int capacity, int expectedFirst, int expectedSecond) =>
        Assert.Equal((expectedFirst, expectedSecond), SequenceTemplate.Truncate(first, second, capacity, TruncationStrategy.LongestFirst));

    [Fact]
    public void LongestFirstIsWhatTakingTokensFromTheLongerOneByOneGives()
    {
        for (var (first, second, capacity) = (0, 0, 0); first < 12; (first, second, capacity) = After(first, second, capacity))
        {
            var (one, other) = (first, second);
            while (one + other > capacity)
                (one, other) = one > other ? (one - 1, other) : (one, other - 1);
            var found = SequenceTemplate.Truncate(first, second, capacity, TruncationStrategy.LongestFirst);
            Assert.True(found.First <= first && found.Second <= second, $"{first} {second} {capacity}");
            // Of two equally long ones either may keep the odd token.
            Assert.Equal(
                (Math.Min(one, other), Math.Max(one, other)),
                (Math.Min(found.First, found.Second), Math.Max(found.First, found.Second))
            );
        }

        static (int, int, int) After(int first, int second, int capacity) =>
            capacity < 24 ? (first, second, capacity + 1)
            : second < 11 ? (first, second + 1, 0)
            : (first + 1, 0, 0);
    }

    [Theory]
    [InlineData(TruncationStrategy.OnlyFirst, 10, 3, 8, 5, 3)]
    [InlineData(TruncationStrategy.OnlyFirst, 4, 3, 4, 1, 3)] // one token is left, which is the least
    [InlineData(TruncationStrategy.OnlyFirst, 4, 3, 7, 4, 3)]
    [InlineData(TruncationStrategy.OnlySecond, 3, 10, 8, 3, 5)]
    [InlineData(TruncationStrategy.OnlySecond, 3, 4, 4, 3, 1)]
    [InlineData(TruncationStrategy.OnlySecond, 9, 9, 0, 0, 0)] // as tokenizers, which asks no strategy here
    public void OneSegmentAlone(TruncationStrategy strategy, int first, int second, int capacity, int expectedFirst, int expectedSecond) =>
        Assert.Equal((expectedFirst, expectedSecond), SequenceTemplate.Truncate(first, second, capacity, strategy));

    [Theory]
    [InlineData(TruncationStrategy.OnlyFirst, 3, 10, 8, "5 tokens too long and its first segment, alone to be cut, has 3.")]
    [InlineData(TruncationStrategy.OnlyFirst, 4, 3, 3, "4 tokens too long and its first segment, alone to be cut, has 4.")] // none left
    [InlineData(TruncationStrategy.OnlySecond, 10, 3, 8, "5 tokens too long and its second segment, alone to be cut, has 3.")]
    [InlineData(TruncationStrategy.OnlySecond, 10, 0, 8, "2 tokens too long and its second segment, alone to be cut, has 0.")]
    public void ASegmentThatIsTooShortToGiveWayIsNamed(TruncationStrategy strategy, int first, int second, int capacity, string expected)
    {
        var error = Assert.Throws<CrossEncoderException>(() => SequenceTemplate.Truncate(first, second, capacity, strategy));
        Assert.Contains(expected, error.Message);
        Assert.Contains("truncate longest first", error.Message);
    }

    [Fact]
    public void AHugeLimitDoesNotOverflow()
    {
        var template = TemplateJson.Bert([1], [2]);
        Assert.Equal([1, 7, 2, 8, 2], template.Build([7], [8], int.MaxValue, TruncationStrategy.LongestFirst).Ids);
        Assert.Equal([1, 7, 2], template.Build([7], int.MaxValue).Ids);
    }
}
