using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>What a decoder's pairs have in common at their start: found, read once, and no score changes.</summary>
public sealed class SharedPrefixTests
{
    private static readonly string Query = string.Join(' ', Enumerable.Repeat("What interfered with the second invasion of Japan?", 4));

    private static readonly string[] Passages =
    [
        "",
        "A typhoon in 1281.",
        "Kublai's government faced financial difficulties after 1279.",
        string.Join(' ', Enumerable.Repeat("The expeditions were hampered by disease and by an inhospitable climate.", 60)), // is cut
        "Wars and construction projects had drained the treasury.",
    ];

    public static TheoryData<string> Models => [.. ModuleParityTests.Here("qwen2-logits", "qwen3-logits", "qwen3-sequence-classification")];

    [Theory]
    [MemberData(nameof(Models))]
    public void TheQuerysTokensAreReadOnceAndNoScoreChanges(string name)
    {
        using var model = Load(name);
        var decoder = model.Model.PrefixReader!;
        TextPair[] pairs = [.. Passages.Select(passage => new TextPair(Query, passage))];
        var texts = model.Tokenize(pairs);
        Assert.Contains(texts, text => text.Truncated);
        var common = Common(texts);
        Assert.True(common >= SharedPrefixes.FewestTokens, $"{common} tokens in common");
        var before = decoder.TokensRead;
        var scores = model.Score(pairs);
        Assert.Equal(texts.Sum(text => text.Ids.Length) - (pairs.Length - 1) * common, decoder.TokensRead - before);
        AssertSame(OneByOne(model, pairs), scores);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void PairsOfSeveralQueriesInAnyOrderScoreAsAlone(string name)
    {
        using var model = Load(name, batchSize: 32);
        string[] queries = [Query, "And when? " + Query, "Who?"];
        TextPair[] pairs = [.. Passages.SelectMany(passage => queries.Select(query => new TextPair(query, passage)))];
        var texts = model.Tokenize(pairs);
        Assert.True(SharedPrefixes.Of(texts).Count(group => group.Length > 0) >= 2);
        AssertSame(OneByOne(model, pairs), model.Score(pairs));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void WhatFollowsAPrefixMayBePaddedOnEitherSide(string name)
    {
        using var model = Load(name);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        long[] Ids(int count, int step) => [.. Enumerable.Range(1, count).Select(i => (long)(i * step % 1000 + 5))];
        var (first, rests) = (Ids(40, 7), new[] { Ids(6, 11), Ids(1, 13), Ids(3, 17) });
        var whole = rests.SelectMany(rest => Logits([.. first, .. rest])).ToArray();
        using var prefix = model.Model.PrefixReader!.ReadPrefix(tensor(first, [1, first.Length]));
        foreach (var left in (bool[])[false, true])
        {
            long[] Fill(long[] rest, long with) =>
                left ? [.. Enumerable.Repeat(with, 6 - rest.Length), .. rest] : [.. rest, .. Enumerable.Repeat(with, 6 - rest.Length)];
            var ids = tensor(rests.SelectMany(rest => Fill(rest, 9)).ToArray(), [3, 6]);
            var mask = tensor(rests.SelectMany(rest => Fill([.. rest.Select(_ => 1L)], 0)).ToArray(), [3, 6]).ne(0);
            AssertSame(whole, model.Model.ForwardAfter(prefix, ids, mask).data<float>().ToArray());
        }

        float[] Logits(long[] ids)
        {
            var row = tensor(ids, [1, ids.Length]);
            return model.Model.Forward(row, zeros_like(row), null).data<float>().ToArray();
        }
    }

    [Fact]
    public void GroupsAreThoseThatSaveTheMostTokens()
    {
        int[] template = [.. Enumerable.Range(100, 40)];
        TokenizedText Text(params int[] rest) => new([.. template, .. rest], new int[template.Length + rest.Length], false);
        int[] one = [.. Enumerable.Range(200, 30)];
        int[] two = [.. Enumerable.Range(300, 30)];
        var texts = Enumerable.Range(0, 10).Select(i => Text([.. i % 2 == 0 ? one : two, i])).ToList();
        texts.Add(new([1, 2], [0, 0], false));
        var groups = SharedPrefixes.Of(texts);
        Assert.Equal([70, 70, 0], groups.Select(group => group.Length));
        Assert.Equal([0, 2, 4, 6, 8], groups[0].Members.Order());
        Assert.Equal([1, 3, 5, 7, 9], groups[1].Members.Order());
        Assert.Equal([10], groups[2].Members);
        var few = SharedPrefixes.Of([.. texts.Take(SharedPrefixes.FewestTexts - 1)]);
        Assert.Equal([0], few.Select(group => group.Length));
        var same = SharedPrefixes.Of([.. Enumerable.Repeat(Text(1), 5)]);
        Assert.Equal([40], same.Select(group => group.Length)); // the last token stays
        var unattended = SharedPrefixes.Of([.. Enumerable.Repeat(Text(1) with { Unattended = 1 }, 5)]);
        Assert.Equal([0], unattended.Select(group => group.Length));
        Assert.Empty(SharedPrefixes.Of([]));
    }

    private static int Common(IReadOnlyList<TokenizedText> texts)
    {
        var count = 0;
        while (texts.All(text => count < text.Ids.Length - 1 && text.Ids[count] == texts[0].Ids[count]))
            count++;
        return count;
    }

    private static float[] OneByOne(CrossEncoder model, TextPair[] pairs) => [.. pairs.SelectMany(pair => model.Score([pair]))];

    private static void AssertSame(float[] expected, float[] actual)
    {
        Assert.True(expected.Distinct().Count() > 1);
        CheckpointParityTests.AssertClose(expected, actual, 1e-5);
    }

    private static CrossEncoder Load(string name, int batchSize = 1) =>
        CrossEncoder.FromPretrained(
            Path.GetDirectoryName(Shared.Path($"golden/modules/{name}/cases.json"))!,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                BatchSize = batchSize,
                Report = _ => { },
            }
        );
}
