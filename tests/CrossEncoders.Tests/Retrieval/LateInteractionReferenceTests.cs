using System.Numerics.Tensors;
using System.Text.Json;
using CrossEncoders.Retrieval;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>Late interaction over the shipped bi-encoder against plain PyTorch and transformers (golden/late-interaction).</summary>
public sealed class LateInteractionReferenceTests
{
    private static readonly Lazy<BiEncoder> Encoder = new(() =>
        BiEncoder.FromPretrained(
            Shared.Path("models/multilingual-e5-small-enzh"),
            new() { Device = "cpu", ComputeType = ScalarType.Float32 }
        )
    );

    private static readonly Row[] Rows = JsonSerializer
        .Deserialize<Golden>(File.ReadAllText(Shared.Path("golden/late-interaction/scores.json")), JsonSerializerOptions.Web)!
        .Rows;

    [Fact]
    public void TokenStatesGiveTheScoresOfTheReference()
    {
        ITokenEmbedder encoder = Encoder.Value;
        Row[] rows = [.. Rows.Where((_, i) => i % 4 == 0)];
        var queries = encoder.EmbedTokens([.. rows.Select(row => row.Query)], queries: true, 128).ToDictionary(text => text.Text);
        var passages = encoder.EmbedTokens([.. rows.Select(row => row.Passage)], queries: false, 512).ToDictionary(text => text.Text);
        foreach (var (i, row) in rows.Index())
        {
            var (query, passage) = (queries[i].States, passages[i].States);
            Assert.Equal((row.QueryTokens, row.PassageTokens), (query.Count, passage.Count));
            Assert.Equal(row.MaxsimMean, Best(query, passage, Own).Average(), 2e-5);
            Assert.Equal(row.MaxsimSumAllTokens, Best(query, passage, states => (0, states.Count)).Sum(), 1e-3);
        }
    }

    [Theory]
    [InlineData(StateStorage.Bits16, 3e-4)]
    [InlineData(StateStorage.Bits8, 3e-3)]
    public void ScoresAndOrderEqualTheReferences(StateStorage storage, double tolerance)
    {
        using var late = new LateInteraction(Encoder.Value, new() { Storage = storage });

        var scores = late.Score([.. Rows.Select(row => new TextPair(row.Query, row.Passage))]);

        Assert.All(Rows.Zip(scores), pair => Assert.Equal(pair.First.MaxsimMean, pair.Second, tolerance));
        foreach (var candidates in Rows.Zip(scores).GroupBy(pair => pair.First.Query))
            Assert.Equal(
                candidates.OrderByDescending(pair => pair.First.MaxsimMean).Select(pair => pair.First.Passage),
                candidates.OrderByDescending(pair => pair.Second).Select(pair => pair.First.Passage)
            );
    }

    [Fact]
    public void TheSumOverAllTokensIsColberts()
    {
        using var late = new LateInteraction(Encoder.Value, new() { Score = MaxSim.SumOfAllTokens });
        Row[] rows = [.. Rows.Where((_, i) => i % 6 == 0)];

        var scores = late.Score([.. rows.Select(row => new TextPair(row.Query, row.Passage))]);

        Assert.All(rows.Zip(scores), pair => Assert.Equal(pair.First.MaxsimSumAllTokens, pair.Second, 5e-3));
    }

    [Fact]
    public void APairAloneScoresAsInABatch()
    {
        TextPair[] pairs = [.. Rows.Take(8).Concat(Rows.TakeLast(4)).Select(row => new TextPair(row.Query, row.Passage))];
        using var together = new LateInteraction(Encoder.Value);
        var scores = together.Score(pairs);
        foreach (var (i, pair) in pairs.Index())
        {
            using var alone = new LateInteraction(Encoder.Value); // its passage is not padded to the length of others
            Assert.Equal(scores[i], alone.Score([pair])[0], 2e-4f);
        }
    }

    private static (int Start, int Count) Own(TokenStates states) => (states.OwnStart, states.OwnCount);

    /// <summary>The largest inner product of each token of a query, in plain loops.</summary>
    private static IEnumerable<double> Best(TokenStates query, TokenStates passage, Func<TokenStates, (int Start, int Count)> tokens)
    {
        var ((first, count), (start, length)) = (tokens(query), tokens(passage));
        return Enumerable
            .Range(first, count)
            .Select(i => Enumerable.Range(start, length).Max(j => (double)TensorPrimitives.Dot(query[i], passage[j])));
    }

    private sealed record Golden(Row[] Rows);

    private sealed record Row(
        string Query,
        string Passage,
        [property: System.Text.Json.Serialization.JsonPropertyName("query_tokens")] int QueryTokens,
        [property: System.Text.Json.Serialization.JsonPropertyName("passage_tokens")] int PassageTokens,
        [property: System.Text.Json.Serialization.JsonPropertyName("maxsim_mean")] double MaxsimMean,
        [property: System.Text.Json.Serialization.JsonPropertyName("maxsim_sum_all_tokens")] double MaxsimSumAllTokens
    );
}
