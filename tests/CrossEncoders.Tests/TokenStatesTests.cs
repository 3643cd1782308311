using System.Numerics.Tensors;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>The token states of a bi-encoder: which are the text's own, their length, and that nothing depends on the batch.</summary>
public sealed class TokenStatesTests : IDisposable
{
    private readonly BiEncoder _encoder = Load(new());

    public void Dispose() => _encoder.Dispose();

    [Fact]
    public void EveryStateHasUnitLength() =>
        Assert.All(States(_encoder, queries: false, "a dome and its motor", "gate"), states =>
            Assert.All(Enumerable.Range(0, states.Count), i => Assert.Equal(1, TensorPrimitives.Norm<float>(states[i]), 1e-4f))
        );

    [Fact]
    public void SpecialTokensAndPrefixAreNotTheTextsOwn()
    {
        using var bare = Load(new() { QueryPrefix = "", PassagePrefix = "" });
        var (with, without) = (States(_encoder, queries: true, "dome motor")[0], States(bare, queries: true, "dome motor")[0]);

        Assert.Equal(without.OwnCount, with.OwnCount);
        Assert.Equal(1, without.OwnStart); // the first special token
        Assert.Equal(without.Count - 2, without.OwnCount); // and the last
        Assert.True(with.OwnStart > 1);
        Assert.Equal(with.Count - 1, with.OwnStart + with.OwnCount);
    }

    [Fact]
    public void AnEmptyTextHasNoTokensOfItsOwn() => Assert.Equal(0, States(_encoder, queries: true, "")[0].OwnCount);

    [Fact]
    public void StatesOfATextDoNotDependOnTheBatch()
    {
        string[] texts = ["gate", "a dome and its motor, which stopped in the night", "spare parts"];
        var together = States(_encoder, queries: false, texts);
        for (var i = 0; i < texts.Length; i++)
        {
            var alone = States(_encoder, queries: false, texts[i])[0];
            Assert.Equal((alone.OwnStart, alone.OwnCount, alone.Count), (together[i].OwnStart, together[i].OwnCount, together[i].Count));
            Assert.Equal(alone.Values, together[i].Values, (a, b) => MathF.Abs(a - b) < 1e-5f);
        }
    }

    [Fact]
    public void LongTextsAreCut()
    {
        var states = ((ITokenEmbedder)_encoder)
            .EmbedTokens([string.Concat(Enumerable.Repeat("dome motor ", 50))], false, 12)
            .Single()
            .States;

        Assert.Equal(12, states.Count);
        Assert.Equal(11, states.OwnStart + states.OwnCount);
    }

    [Fact]
    public void SettingsNameWhatPassagesDependOn()
    {
        using var other = Load(new() { PassagePrefix = "text: " });

        Assert.NotEqual(((ITokenEmbedder)_encoder).Settings, ((ITokenEmbedder)other).Settings);
    }

    private static BiEncoder Load(BiEncoderOptions options) =>
        BiEncoder.FromPretrained(
            Shared.Path("golden/models/xlm-roberta-bare"),
            options with
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Report = _ => { },
            }
        );

    private static TokenStates[] States(ITokenEmbedder encoder, bool queries, params string[] texts) =>
        [.. encoder.EmbedTokens(texts, queries, 512).OrderBy(text => text.Text).Select(text => text.States)];
}
