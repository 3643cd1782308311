using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Padding, and the sorting of texts into batches.</summary>
public sealed class TokenBatchTests
{
    [Fact]
    public void ShorterRowsAreFilledOnTheRight()
    {
        var batch = TokenBatch.Pad([new([5, 6, 7], [0, 1, 1], false), new([8], [1], false), new([], [], false)], paddingId: 9);
        Assert.Equal((3, 3), (batch.Texts, batch.Length));
        Assert.Equal([5, 6, 7, 8, 9, 9, 9, 9, 9], batch.Ids);
        Assert.Equal([0, 1, 1, 1, 0, 0, 0, 0, 0], batch.TypeIds); // the padding has type 0
        Assert.Equal([true, true, true, true, false, false, false, false, false], batch.Mask);
    }

    [Fact]
    public void ATokenThatHasThePaddingsIdIsStillAToken() =>
        Assert.Equal([true, true, true, false], TokenBatch.Pad([new([0, 0], [0, 0], false), new([0], [0], false)], paddingId: 0).Mask);

    [Fact]
    public void NothingMakesAnEmptyBatch()
    {
        var batch = TokenBatch.Pad([], paddingId: 1);
        Assert.Equal((0, 0, 0, 0, 0), (batch.Texts, batch.Length, batch.Ids.Length, batch.TypeIds.Length, batch.Mask.Length));
    }

    [Theory]
    [InlineData("3 1 2", 10, 100, "0 2 1")] // longest first
    [InlineData("2 2 2 2", 3, 100, "0 1 2|3")] // the limit of texts; equal ones in their order
    [InlineData("4 4 2 2 2 2", 10, 8, "0 1|2 3 4 5")] // the limit of tokens, padding included
    [InlineData("5 3 3", 10, 8, "0|1 2")]
    [InlineData("9 1", 10, 4, "0|1")] // a text beyond the limit goes alone
    [InlineData("0 0 0", 2, 1, "0|1|2")] // empty texts count as one token
    [InlineData("", 4, 4, "")]
    public void TextsAreBatchedByLength(string lengths, int maxTexts, int maxTokens, string expected)
    {
        var batches = TokenBatches.ByLength([.. Split(lengths).Select(Text)], maxTexts, maxTokens);
        Assert.Equal(expected, string.Join('|', batches.Select(batch => string.Join(' ', batch))));
    }

    [Theory]
    [InlineData(10, 100, "10")] // few tokens: one batch
    [InlineData(20, 150, "10 10")]
    [InlineData(21, 200, "5 6 5 5")] // 4200 tokens: three would do, and two cores would wait for the third
    [InlineData(64, 128, "16 16 16 16")]
    [InlineData(3, 512, "2 1")]
    [InlineData(40, 20, "40")]
    public void CoresGetBatchesOfAboutOneSizeAndAnEvenNumber(int texts, int tokens, string expected)
    {
        var batches = TokenBatches.ByLength([.. Enumerable.Repeat(Text(tokens), texts)], 64, 8192, forCores: true);
        Assert.Equal(expected, string.Join(' ', batches.Select(batch => batch.Length)));
    }

    [Fact]
    public void EveryTextIsInOneBatchWithinTheLimits()
    {
        var random = new Random(2);
        for (var round = 0; round < 200; round++)
        {
            var (maxTexts, maxTokens) = (random.Next(1, 9), random.Next(1, 60));
            var texts = Enumerable.Range(0, random.Next(0, 30)).Select(_ => Text(random.Next(0, 20))).ToList();
            var batches = TokenBatches.ByLength(texts, maxTexts, maxTokens, forCores: round % 2 == 1);
            Assert.Equal(Enumerable.Range(0, texts.Count), batches.SelectMany(batch => batch).Order());
            foreach (var batch in batches)
            {
                Assert.InRange(batch.Length, 1, maxTexts);
                Assert.True(batch.Length == 1 || batch.Length * batch.Max(i => texts[i].Ids.Length) <= maxTokens);
            }
        }
    }

    private static IEnumerable<int> Split(string numbers) => numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);

    private static TokenizedText Text(int length) => new(new int[length], new int[length], false);
}
