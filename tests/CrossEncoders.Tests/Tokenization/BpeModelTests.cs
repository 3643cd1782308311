using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>The queue of merges gives what the plain algorithm gives, in time for a megabyte without a space.</summary>
public sealed class BpeModelTests
{
    private const string Letters = "abcd";

    [Fact]
    public void TheQueueGivesWhatTheLibraryGives()
    {
        var random = new Random(5);
        for (var round = 0; round < 2_000; round++)
        {
            var model = Model(random);
            int[] symbols = [.. Enumerable.Range(0, random.Next(0, 60)).Select(_ => random.Next(Letters.Length))];
            var expected = Encode(model, string.Concat(symbols.Select(symbol => Letters[symbol])));
            Assert.Equal(expected, symbols[..model.MergeLong(symbols)]);
        }
    }

    [Theory]
    [InlineData("aaaa", new[] { 2, 2 })]
    [InlineData("aaa", new[] { 2, 0 })] // of equal merges the leftmost
    [InlineData("aab", new[] { 2, 1 })]
    [InlineData("baab", new[] { 1, 2, 1 })]
    [InlineData("", new int[0])]
    public void WhatWasMergedFirstInTrainingIsMergedFirst(string word, int[] expected)
    {
        var model = new BpeModel(
            new()
            {
                ["a"] = 0,
                ["b"] = 1,
                ["aa"] = 2,
                ["ab"] = 3,
            },
            [("a", "a"), ("a", "b")],
            unknownToken: null,
            ignoreMerges: false
        );
        Assert.Equal(expected, Encode(model, word));
    }

    [Fact]
    public void AnUnknownCharacterIsDroppedOrBecomesTheUnknownToken()
    {
        var vocabulary = new Dictionary<string, int>
        {
            ["a"] = 0,
            ["aa"] = 1,
            ["?"] = 2,
            ["👍"] = 3,
        };
        Assert.Equal([1], Encode(new(vocabulary, [("a", "a")], null, false), "a漢a")); // what stood between is gone
        Assert.Equal([0, 2, 0, 3], Encode(new(vocabulary, [("a", "a")], "?", false), "a漢a👍"));
    }

    [Fact]
    public void AWordThatIsAPieceIsTakenAsItIsWhereTheModelSaysSo()
    {
        var vocabulary = new Dictionary<string, int>
        {
            ["a"] = 0,
            ["b"] = 1,
            ["ab"] = 2,
        };
        Assert.Equal([2], Encode(new(vocabulary, [], null, ignoreMerges: true), "ab"));
        Assert.Equal([0, 1], Encode(new(vocabulary, [], null, ignoreMerges: false), "ab"));
    }

    [Fact]
    public void AMergeOfPiecesThatTheVocabularyLacksIsNamed()
    {
        var vocabulary = new Dictionary<string, int> { ["a"] = 0, ["b"] = 1 };
        Assert.Contains("'ab'", Assert.Throws<CrossEncoderException>(() => new BpeModel(vocabulary, [("a", "b")], null, false)).Message);
        Assert.Contains("'?'", Assert.Throws<CrossEncoderException>(() => new BpeModel(vocabulary, [], "?", false)).Message);
    }

    [Fact]
    public void ATextWithoutASpaceTakesLinearTime()
    {
        var tokenizer = TextTokenizer.Load(Golden.Folder("roberta"));
        var random = new Random(1);
        var same = new string('a', 1 << 19);
        var mixed = string.Concat(Enumerable.Range(0, 1 << 19).Select(_ => (char)random.Next('a', 'z' + 1)));
        Growth.IsLinear(1 << 19, length => tokenizer.EncodeToIds(same[..length]));
        Growth.IsLinear(1 << 19, length => tokenizer.EncodeToIds(mixed[..length]));
        Assert.True(tokenizer.EncodeToIds(same).Count < tokenizer.EncodeToIds(mixed).Count);
    }

    private static BpeModel Model(Random random)
    {
        var pieces = Letters.Select(letter => $"{letter}").ToList();
        var merges = new List<(string, string)>();
        for (var i = 0; i < 12; i++)
        {
            var (left, right) = (pieces[random.Next(pieces.Count)], pieces[random.Next(pieces.Count)]);
            merges.Add((left, right));
            if (!pieces.Contains(left + right))
                pieces.Add(left + right);
        }

        return new(pieces.Index().ToDictionary(piece => piece.Item, piece => piece.Index), merges, null, false);
    }

    private static int[] Encode(BpeModel model, string word)
    {
        var ids = new List<int>();
        model.Encode(word, ids);
        return [.. ids];
    }
}
