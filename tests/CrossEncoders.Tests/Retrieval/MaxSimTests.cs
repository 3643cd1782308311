using System.Numerics.Tensors;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>The products of late interaction against plain loops.</summary>
public sealed class MaxSimTests
{
    [Theory]
    [InlineData(1, 1, 8)]
    [InlineData(3, 15, 16)]
    [InlineData(4, 16, 24)]
    [InlineData(5, 17, 24)]
    [InlineData(19, 33, 384)]
    [InlineData(32, 128, 40)]
    public void EqualsPlainLoopsAtAnyNumberOfTokens(int queryTokens, int passageTokens, int width)
    {
        var (query, passage) = (Random(queryTokens, width, 1), Random(passageTokens, width, 2));
        foreach (var score in Enum.GetValues<MaxSim>())
        {
            var expected = Plain(query, passage, score);
            var scale = score == MaxSim.SumOfAllTokens ? queryTokens : 1;
            Assert.Equal(expected, Score(query, passage, score, StateStorage.Bits16), 3e-4f * scale);
            Assert.Equal(expected, Score(query, passage, score, StateStorage.Bits8), 8e-3f * scale);
        }
    }

    [Fact]
    public void WhatFillsTheLastBlockNeverWins()
    {
        // All similarities are negative: rows of zeros, which padding often is, would be the best match.
        var query = new TokenStates([1, 0], 2, 0, 1);
        for (var tokens = 1; tokens <= 33; tokens++)
        {
            float[] values = [.. Enumerable.Range(0, tokens).SelectMany(i => (float[])[-0.5f - i % 3 / 8f, 0.1f])];
            Assert.Equal(-0.5f, Score(query, new(values, 2, 0, tokens), MaxSim.MeanOfOwnTokens, StateStorage.Bits16));
        }
    }

    [Fact]
    public void PrefixAndSpecialTokensCountInTheSumOnly()
    {
        var query = new TokenStates([0, 1, 1, 0], 2, 1, 1); // a special token, then its own
        var passage = new TokenStates([1, 0, 0, 1], 2, 1, 1);

        Assert.Equal(0, Score(query, passage, MaxSim.MeanOfOwnTokens, StateStorage.Bits16));
        Assert.Equal(2, Score(query, passage, MaxSim.SumOfAllTokens, StateStorage.Bits16));
    }

    [Theory]
    [InlineData(MaxSim.MeanOfOwnTokens, -1)]
    [InlineData(MaxSim.SumOfAllTokens, -3)]
    public void APassageWithoutTokensScoresLowest(MaxSim score, float expected)
    {
        var query = Random(3, 8, 1);

        Assert.Equal(expected, Score(query, new([], 8, 0, 0), score, StateStorage.Bits16));
    }

    [Fact]
    public void AQueryWithoutTokensScoresNothing() =>
        Assert.Equal(0, Score(new([1, 0], 2, 1, 0), Random(3, 2, 1), MaxSim.MeanOfOwnTokens, StateStorage.Bits16));

    [Theory]
    [InlineData(StateStorage.Bits16, 0.0005)]
    [InlineData(StateStorage.Bits8, 0.004)]
    public void BlocksKeepNumbersSmallOnesIncluded(StateStorage storage, double tolerance)
    {
        float[] values = [1, -1, 0.5f, -0.25f, 1e-3f, -7e-5f, 6e-5f, 1e-9f, 0, -0f, 0.999f, -0.333f];
        var layout = new StateBlocks(4, storage);
        var blocks = layout.Pack(new(values, 4, 0, 3), 0, 3);
        var numbers = new float[layout.Numbers];

        layout.Unpack(blocks, numbers);

        for (var token = 0; token < StateBlocks.Tokens; token++)
        for (var k = 0; k < 4; k++)
            Assert.Equal(values[Math.Min(token, 2) * 4 + k], numbers[k * StateBlocks.Tokens + token], tolerance);
    }

    [Fact]
    public void AStateOfZerosStaysZeros()
    {
        var layout = new StateBlocks(8, StateStorage.Bits8);
        var numbers = new float[layout.Numbers];

        layout.Unpack(layout.Pack(new(new float[8], 8, 0, 1), 0, 1), numbers);

        Assert.All(numbers, number => Assert.Equal(0, number));
    }

    [Theory]
    [InlineData(StateStorage.Bits16, 96 * 1024)]
    [InlineData(StateStorage.Bits8, 48 * 1024 + 512)]
    public void APassageOf128TokensTakesWhatTheDocumentationSays(StateStorage storage, int bytes) =>
        Assert.Equal(bytes, new StateBlocks(384, storage).BytesOf(128));

    private static float Score(TokenStates query, TokenStates passage, MaxSim score, StateStorage storage)
    {
        var prepared = new MaxSimQuery(query, score);
        var layout = new StateBlocks(query.Width, storage);
        var (start, count) = score == MaxSim.MeanOfOwnTokens ? (passage.OwnStart, passage.OwnCount) : (0, passage.Count);
        var scratch = new float[prepared.Scratch + 5];
        Array.Fill(scratch, 1e9f); // what an earlier passage left
        return prepared.Score(layout.Pack(passage, start, count), layout, scratch);
    }

    private static float Plain(TokenStates query, TokenStates passage, MaxSim score)
    {
        var best = Enumerable
            .Range(0, query.Count)
            .Select(i => Enumerable.Range(0, passage.Count).Max(j => TensorPrimitives.Dot(query[i], passage[j])))
            .ToList();
        return score == MaxSim.SumOfAllTokens ? best.Sum() : best.Average();
    }

    private static TokenStates Random(int tokens, int width, int seed)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, tokens * width).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        for (var token = 0; token < tokens; token++)
        {
            var state = values.AsSpan(token * width, width);
            TensorPrimitives.Divide(state, TensorPrimitives.Norm<float>(state), state);
        }

        return new(values, width, 0, tokens);
    }
}
