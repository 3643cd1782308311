using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>States to one vector, by hand; and the names that files give the ways.</summary>
public sealed class PoolerTests
{
    // One text of four tokens and two numbers a token.
    private static readonly float[] Tokens = [1, -1, 2, -2, 6, -6, 9, -9];

    [Theory]
    [InlineData(Pooling.Cls, new[] { 1f, -1 }, new[] { 2f, -2 })]
    [InlineData(Pooling.Max, new[] { 9f, -1 }, new[] { 6f, -2 })]
    [InlineData(Pooling.Mean, new[] { 4.5f, -4.5f }, new[] { 4f, -4 })]
    [InlineData(Pooling.MeanSqrtLenTokens, new[] { 9f, -9 }, new[] { 5.656854f, -5.656854f })]
    [InlineData(Pooling.WeightedMean, new[] { 5.9f, -5.9f }, new[] { 4.4f, -4.4f })] // (2·2 + 3·6) / (2 + 3)
    [InlineData(Pooling.LastToken, new[] { 9f, -9 }, new[] { 6f, -6 })]
    public void EachWayPoolsAllTokensOrThoseOfTheMask(Pooling mode, float[] whole, float[] masked)
    {
        using var scope = NewDisposeScope();
        var states = tensor(Tokens, [1, 4, 2]);
        var pooler = new Pooler([mode]);
        AssertClose(whole, pooler.Forward(states, null).data<float>().ToArray(), 1e-5);
        var middle = tensor([false, true, true, false], [1, 4]);
        AssertClose(masked, pooler.Forward(states, middle).data<float>().ToArray(), 1e-5);
        Assert.Equal(mode == Pooling.Cls, pooler.FirstTokenOnly);
    }

    [Fact]
    public void EachTextIsPooledByItsOwnMask()
    {
        using var scope = NewDisposeScope();
        var states = tensor([1f, 3, 100, 2, 4, 6], [2, 3, 1]);
        var mask = tensor([true, true, false, true, true, true], [2, 3]);
        Assert.Equal([2f, 4], new Pooler([Pooling.Mean]).Forward(states, mask).data<float>().ToArray());
        Assert.Equal([3f, 6], new Pooler([Pooling.LastToken]).Forward(states, mask).data<float>().ToArray());
    }

    [Fact]
    public void SeveralWaysAreJoinedInTheirOrder()
    {
        using var scope = NewDisposeScope();
        var pooler = new Pooler([Pooling.Max, Pooling.Cls]);
        Assert.False(pooler.FirstTokenOnly);
        Assert.Equal([9f, -1, 1, -1], pooler.Forward(tensor(Tokens, [1, 4, 2]), null).data<float>().ToArray());
    }

    [Fact]
    public void WhereTheFirstTokenAloneWasComputedTheMaskIsNoMatter()
    {
        using var scope = NewDisposeScope();
        var mask = tensor([true, true, false], [1, 3]);
        Assert.Equal([7f, 8], new Pooler([Pooling.Cls]).Forward(tensor([7f, 8], [1, 1, 2]), mask).data<float>().ToArray());
    }

    [Theory]
    [InlineData("{}", "Mean")]
    [InlineData("""{"pooling_mode":"cls"}""", "Cls")]
    [InlineData("""{"pooling_mode":"mean_sqrt_len_tokens"}""", "MeanSqrtLenTokens")]
    [InlineData("""{"pooling_mode":["lasttoken","max"]}""", "LastToken,Max")]
    [InlineData("""{"pooling_mode":null,"pooling_mode_max_tokens":true}""", "Max")]
    [InlineData("""{"pooling_mode":"weightedmean","pooling_mode_cls_token":true}""", "WeightedMean")] // the newer key goes before
    [InlineData("""{"pooling_mode_lasttoken":true,"pooling_mode_cls_token":true}""", "Cls,LastToken")] // in a fixed order
    [InlineData("""{"pooling_mode_mean_tokens":false}""", "Mean")]
    [InlineData("""{"pooling_mode_mean_sqrt_len_tokens":true,"pooling_mode_weightedmean_tokens":true}""", "MeanSqrtLenTokens,WeightedMean")]
    [InlineData("""{"pooling_mode":"median"}""", null)]
    [InlineData("""{"pooling_mode":"Cls"}""", null)]
    [InlineData("""{"pooling_mode":["cls","median"]}""", null)]
    [InlineData("""{"pooling_mode":["cls",1]}""", null)]
    [InlineData("""{"pooling_mode":[]}""", null)]
    public void AFileNamesItsWaysInOneKeyOrInAKeyForEach(string json, string? modes)
    {
        var found = JsonNode.Parse(json)!.As<PoolingFile>("config.json").Modes("config.json");
        Assert.Equal(modes?.Split(','), found?.Select(mode => mode.ToString()));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("true")]
    [InlineData("{}")]
    public void AWayThatIsNoNameIsRefused(string value)
    {
        var file = JsonNode.Parse($$"""{"pooling_mode":{{value}}}""")!.As<PoolingFile>("p.json");
        var error = Assert.Throws<CrossEncoderException>(() => file.Modes("p.json"));
        Assert.Equal($"p.json: \"pooling_mode\" is {value}; expected a name or a list of names.", error.Message);
    }
}
