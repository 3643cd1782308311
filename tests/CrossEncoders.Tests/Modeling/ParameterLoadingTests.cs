using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Which tensor of a checkpoint goes where, and what is said when one does not.</summary>
public sealed class ParameterLoadingTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ParameterSet _parameters = new();

    public ParameterLoadingTests()
    {
        _parameters.Add(ParameterKind.Matrix, [2, 2], "q.weight", "k.weight");
        _parameters.Add(ParameterKind.Vector, [2], "head.bias");
    }

    public void Dispose()
    {
        _parameters.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void EachPartOfAFusedMatrixIsFilledByItsName()
    {
        var source = new Source(("k.weight", full([2, 2], 2f)), ("head.bias", full(2, 3f)), ("q.weight", full([2, 2], 1f)));
        Assert.Empty(Load(source));
        Assert.Equal([1f, 1, 1, 1, 2, 2, 2, 2, 3, 3], _parameters.Flat.data<float>().ToArray());
        Assert.Empty(_parameters.Unexpected);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void OtherTypesAreConverted(ScalarType type)
    {
        var source = new Source(
            ("k.weight", full([2, 2], 0.5f).to(type)),
            ("q.weight", full([2, 2], -2f).to(type)),
            ("head.bias", zeros(2, type))
        );
        Load(source);
        Assert.Equal([-2f, -2, -2, -2, 0.5f, 0.5f, 0.5f, 0.5f, 0, 0], _parameters.Flat.data<float>().ToArray());
    }

    [Fact]
    public void NamesMayBeMappedAndKnownOnesPassedOver()
    {
        var source = new Source(
            ("bert.q.weight", zeros(2, 2)),
            ("bert.k.weight", zeros(2, 2)),
            ("bert.head.bias", ones(2)),
            ("position_ids", zeros(9)),
            ("more", zeros(1))
        );
        _parameters.Load(source, CPU, name => "bert." + name, _ => false, name => name == "position_ids");
        Assert.Equal(2, _parameters.Flat.sum().item<float>());
        Assert.Equal(["more"], _parameters.Unexpected);
    }

    [Fact]
    public void WhatMayLackStaysZeroAndIsTold()
    {
        var source = new Source(("q.weight", ones(2, 2)), ("k.weight", ones(2, 2)));
        var lacked = _parameters.Load(source, CPU, name => name, name => name.StartsWith("head", StringComparison.Ordinal), _ => false);
        Assert.Equal(["head.bias"], lacked);
        Assert.Equal(8, _parameters.Flat.sum().item<float>());
    }

    [Fact]
    public void EverythingThatDoesNotFitIsListedBeforeMemoryIsTaken()
    {
        var source = new Source(("q.weight", ones(2, 3)), ("head.bias", ones(1, 2)), ("stranger", ones(7)));
        var message = Assert.Throws<CrossEncoderException>(() => Load(source)).Message;
        Assert.Equal(
            """
            The weights do not fit the configuration:
              wrong shape q.weight: expected (2, 2), found (2, 3)
              missing    k.weight: expected (2, 2)
              wrong shape head.bias: expected (2), found (1, 2)
              unexpected stranger: found (7)
            Check that config.json and the weights are of the same checkpoint.
            """.ReplaceLineEndings("\n"),
            message
        );
        Assert.Null(_parameters.Flat);
        Assert.Equal(0, source.Reads);
    }

    [Fact]
    public void AWrappersPrefixIsNamed()
    {
        var source = new Source(("net.q.weight", ones(2, 2)), ("net.k.weight", ones(2, 2)), ("net.head.bias", ones(2)));
        Assert.Contains("has these names with 'net.' in front", Assert.Throws<CrossEncoderException>(() => Load(source)).Message);
    }

    [Fact]
    public void ALongListOfProblemsIsCutShort()
    {
        using var parameters = new ParameterSet();
        for (var i = 0; i < 50; i++)
            parameters.Add(ParameterKind.Vector, [1], $"n{i:00}");
        var error = Assert.Throws<CrossEncoderException>(() => parameters.Load(new Source(), CPU, name => name, _ => false, _ => false));
        Assert.Contains("n39", error.Message);
        Assert.DoesNotContain("n40", error.Message);
        Assert.Contains("… and 10 more", error.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void ValuesThatAreNoNumbersAreRefusedByTheTensorsName(float value)
    {
        var broken = ones(2);
        broken[1] = value;
        var source = new Source(("q.weight", ones(2, 2)), ("k.weight", ones(2, 2)), ("head.bias", broken));
        Assert.Contains("'head.bias' of the checkpoint holds values", Assert.Throws<CrossEncoderException>(() => Load(source)).Message);
    }

    [Fact]
    public void ValuesThatAreNotNeededMayBeAnything()
    {
        var source = new Source(("q.weight", ones(2, 2)), ("k.weight", ones(2, 2)), ("head.bias", ones(2)), ("unused", full(1, float.NaN)));
        Load(source);
        Assert.Equal(3, source.Reads);
    }

    [Theory]
    [InlineData("encoder.x|encoder.y", "encoder.x|encoder.y")]
    [InlineData("_orig_mod.encoder.x|_orig_mod.y", "encoder.x|y")]
    [InlineData("module.encoder.x|module.y", "encoder.x|y")]
    [InlineData("module.module.x|module.module.y", "x|y")]
    [InlineData("module._orig_mod.x|module.y", "x|y")]
    [InlineData("module.x|y", "module.x|y")] // not all of them: a name of the model's own
    [InlineData("_orig_mod.x|x", "_orig_mod.x|x")] // two would become one
    public void WrappersPrefixesAreTakenOff(string stored, string names)
    {
        using var folder = new ScratchFolder();
        SafetensorsWriter.Write(folder["model.safetensors"], stored.Split('|').Select((name, i) => (name, full(1, (float)i))));
        using var weights = ModelWeights.Open(folder.Path, null);
        foreach (var (i, name) in names.Split('|').Index())
        {
            Assert.Equal(name, weights.Tensors[name].Name);
            using var read = weights.Read(name);
            Assert.Equal(i, read.item<float>());
        }

        Assert.Equal(2, weights.Tensors.Count);
        Assert.Contains("no tensor 'z'", Assert.Throws<CrossEncoderException>(() => weights.Read("z")).Message);
    }

    private IReadOnlyList<string> Load(Source source) => _parameters.Load(source, CPU, name => name, _ => false, _ => false);

    /// <summary>Tensors in memory.</summary>
    private sealed class Source(params (string Name, Tensor Tensor)[] tensors) : ITensorSource
    {
        public int Reads { get; private set; }

        public IReadOnlyDictionary<string, TensorInfo> Tensors { get; } =
            tensors.ToDictionary(
                each => each.Name,
                each => new TensorInfo(each.Name, ElementTypes.FromTorch(each.Tensor.dtype), each.Tensor.shape)
            );

        public Tensor Read(string name)
        {
            Reads++;
            return tensors.Single(each => each.Name == name).Tensor.clone();
        }

        public void Dispose() { }
    }
}
