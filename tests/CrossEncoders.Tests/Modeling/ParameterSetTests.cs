using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>One flat buffer: where each parameter lies in it, and its copy in half precision.</summary>
public sealed class ParameterSetTests : TensorTest
{
    private readonly Parameter _bias;
    private readonly Parameter _fused;
    private readonly Parameter _words;
    private readonly Parameter _norm;

    public ParameterSetTests()
    {
        _bias = Parameters.Add(ParameterKind.Vector, [2], "q.bias", "k.bias");
        _fused = Parameters.Add(ParameterKind.Matrix, [2, 3], "q.weight", "k.weight");
        _words = Parameters.Add(ParameterKind.Embedding, [5, 2], "words.weight");
        _norm = Parameters.Add(ParameterKind.Vector, [3], "norm.weight");
        Parameters.Allocate(CPU);
        Parameters.Flat.copy_(arange(Parameters.Flat.numel(), ScalarType.Float32));
    }

    [Fact]
    public void EmbeddingsComeFirstThenMatricesThenVectorsAsTheyWereAdded()
    {
        Assert.Equal([_words, _fused, _bias, _norm], Parameters.Parameters);
        Assert.Equal([0L, 10, 22, 26], Parameters.Parameters.Select(parameter => parameter.Offset));
        Assert.Equal([10L, 12, 4, 3], Parameters.Parameters.Select(parameter => parameter.Count));
        Assert.Equal(10, Parameters.EmbeddingsEnd);
        Assert.Equal(29, Parameters.Flat.numel());
    }

    [Fact]
    public void FusedPartsAreStackedAndNamedOneByOne()
    {
        Assert.Equal([4L, 3], _fused.Master.shape);
        Assert.Equal([4L], _bias.Master.shape);
        var named = Parameters.Named().ToDictionary(entry => entry.Name, entry => entry.Tensor);
        Assert.Equal(["words.weight", "q.weight", "k.weight", "q.bias", "k.bias", "norm.weight"], named.Keys);
        Assert.Equal([2L, 3], named["k.weight"].shape);
        Assert.Equal([16f, 17, 18, 19, 20, 21], Numbers(named["k.weight"]));
        Assert.Equal([24f, 25], Numbers(named["k.bias"]));
        named["k.weight"].fill_(-1); // a view, no copy
        Assert.Equal(-1, Parameters.Flat[16].item<float>());
        Assert.Equal(-1, _fused.Master[3, 2].item<float>());
        Assert.Equal(15, _fused.Master[1, 2].item<float>());
    }

    [Fact]
    public void InFp32WhatIsReadIsWhatIsTrained()
    {
        Assert.Null(Parameters.Working);
        Assert.All(Parameters.Parameters, parameter => Assert.Same(parameter.Master, parameter.Value));
        Parameters.SetComputeType(ScalarType.Float32);
        Assert.Null(Parameters.Working);
        Assert.All(Parameters.Parameters, parameter => Assert.Same(parameter.Master, parameter.Value));
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void InHalfPrecisionAllButEmbeddingsIsACopyThatIsRefreshed(ScalarType type)
    {
        Parameters.SetComputeType(type);
        Assert.Same(_words.Master, _words.Value);
        Assert.Equal(19, Parameters.Working!.numel());
        foreach (var parameter in (Parameter[])[_fused, _bias, _norm])
        {
            Assert.Equal(type, parameter.Value.dtype);
            Assert.Equal(parameter.Master.shape, parameter.Value.shape);
            Assert.Equal(Numbers(parameter.Master), Numbers(parameter.Value));
        }

        Parameters.Flat.mul_(2);
        Assert.Equal(22, Numbers(_bias.Value)[0]);
        Parameters.Refresh();
        Assert.Equal(44, Numbers(_bias.Value)[0]);
        Assert.Equal(56, Numbers(_norm.Value)[2]);
        Assert.Equal(ScalarType.Float32, Parameters.Flat.dtype);
    }

    [Fact]
    public void BackInFp32NothingOfTheRoundingStays()
    {
        Parameters.Flat.fill_(1.0001);
        Parameters.SetComputeType(ScalarType.BFloat16);
        Assert.Equal(1, Numbers(_norm.Value)[0]);
        Parameters.SetComputeType(ScalarType.Float32);
        Assert.Equal(ScalarType.Float32, Parameters.ComputeType);
        Assert.Equal(1.0001f, Numbers(_norm.Value)[0]);
        Parameters.Refresh(); // nothing to bring up to date
        Assert.Same(_norm.Master, _norm.Value);
    }

    [Fact]
    public void FreshWeightsHaveTheDeviationAndNormsStartAsTheIdentity()
    {
        using var parameters = new ParameterSet();
        var matrix = parameters.Add(ParameterKind.Matrix, [300, 400], "dense.weight");
        var table = parameters.Add(ParameterKind.Embedding, [1000, 100], "words.weight");
        var norm = parameters.Add(ParameterKind.Vector, [100], "LayerNorm.weight");
        var bias = parameters.Add(ParameterKind.Vector, [50], "q.bias", "k.bias");
        parameters.Allocate(CPU);
        Assert.Equal(0, parameters.Flat.abs().sum().item<float>());
        bias.Master.fill_(7);
        ParameterSet.Initialize(0.02, parameters.Parameters);
        foreach (var drawn in (Parameter[])[matrix, table])
        {
            Assert.Equal(0, drawn.Master.mean().item<float>(), 5e-4);
            Assert.Equal(0.02, drawn.Master.std().item<float>(), 5e-4);
            // a normal distribution: a third lies beyond one deviation, and some beyond three
            Assert.Equal(0.317, drawn.Master.abs().gt(0.02).to_type(ScalarType.Float32).mean().item<float>(), 0.01);
            Assert.True(drawn.Master.abs().max().item<float>() > 0.06);
        }

        Assert.All(Numbers(norm.Master), weight => Assert.Equal(1, weight));
        Assert.All(Numbers(bias.Master), weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void OnlyTheGivenParametersAreInitialized()
    {
        ParameterSet.Initialize(0.02, [_norm]);
        Assert.Equal([1f, 1, 1], Numbers(_norm.Master));
        Assert.Equal(25, _bias.Master[3].item<float>());
    }

    [Theory]
    [InlineData("bert.embeddings.word_embeddings.weight", null, true)]
    [InlineData("bert.encoder.layer.0.output.dense.weight", 0, true)]
    [InlineData("bert.encoder.layer.1.output.dense.weight", 1, false)]
    [InlineData("bert.encoder.layer.10.output.dense.weight", 10, false)]
    [InlineData("model.layers.0.attn.Wqkv.weight", 0, true)]
    [InlineData("layer.0.x", 0, true)]
    [InlineData("deberta.encoder.rel_embeddings.weight", null, true)] // every layer reads them
    [InlineData("deberta.encoder.LayerNorm.weight", null, true)] // of those embeddings
    [InlineData("bert.encoder.layer.1.attention.output.LayerNorm.weight", 1, false)]
    [InlineData("classifier.weight", null, false)]
    [InlineData("player.0.x", null, false)]
    [InlineData("layer.99999999999.x", null, false)]
    public void TheLayerOfAParameterIsInItsName(string name, int? layer, bool belowTheSecond)
    {
        Assert.Equal(layer, Family.LayerOf(name));
        Assert.Equal(belowTheSecond, Encoder.IsBelow(new(ParameterKind.Matrix, [1, 1], [name]), 1));
    }
}
