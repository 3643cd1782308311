using CrossEncoders.Modeling;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>An adapter on a few small matrices: what it adds and what it merges.</summary>
public sealed class LoraAdapterTests : TensorTest
{
    private readonly Dense _fused;
    private readonly Dense _single;

    public LoraAdapterTests()
    {
        _fused = new(Parameters, 3, 4, "layer.0.query", "layer.0.key");
        _single = new(Parameters, 2, 3, "layer.0.dense");
        _ = new Embedding(Parameters, 5, 4, "words");
        Parameters.Allocate(CPU);
        Parameters.Flat.normal_(0, 1);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 16, false)]
    [InlineData(4, 2, false)]
    [InlineData(4, 2, true)]
    public void TheChangeIsTheProductOfUpAndDownScaledByAlphaOverRankOrItsRoot(int rank, double alpha, bool stabilized)
    {
        var states = randn(2, 5, 4);
        var (before, part) = (_fused.Forward(states), _fused.Forward(states, 1, 1));
        var adapter = LoraFilesTests.Trained(
            Parameters,
            new()
            {
                Rank = rank,
                Alpha = alpha,
                RankStabilized = stabilized,
            }
        );
        var named = Named(adapter.Parameters);
        var changes = ((string[])["query", "key"])
            .Select(name =>
                named[$"base_model.model.layer.0.{name}.lora_B.weight"].matmul(named[$"base_model.model.layer.0.{name}.lora_A.weight"])
            )
            .ToList();
        var scale = alpha / (stabilized ? Math.Sqrt(rank) : rank);
        var expected = before + scale * cat([.. changes.Select(change => states.matmul(change.t()))], -1);
        AssertClose(Numbers(expected), Numbers(_fused.Forward(states)), 1e-4);
        AssertClose(Numbers(part + scale * states.matmul(changes[1].t())), Numbers(_fused.Forward(states, 1, 1)), 1e-4);
    }

    [Fact]
    public void MergingComputesWhatTheAdapterComputedAndTheAdapterIsGone()
    {
        var (states, narrow) = (randn(2, 5, 4), randn(2, 3));
        var adapter = LoraFilesTests.Trained(Parameters, new() { Rank = 2 });
        var words = Numbers(Parameters.Parameters[0].Master);
        var (fused, single) = (Numbers(_fused.Forward(states)), Numbers(_single.Forward(narrow)));
        adapter.Merge();
        Assert.Null(Parameters.Adapter);
        Assert.All(Parameters.Parameters, parameter => Assert.Null(parameter.Changes));
        AssertClose(fused, Numbers(_fused.Forward(states)), 1e-4);
        AssertClose(single, Numbers(_single.Forward(narrow)), 1e-4);
        Assert.Equal(words, Numbers(Parameters.Parameters[0].Master)); // embeddings have no change
    }

    [Fact]
    public void MergingBringsTheHalfPrecisionCopyUpToDate()
    {
        Parameters.SetComputeType(ScalarType.BFloat16);
        var adapter = LoraFilesTests.Trained(Parameters, new() { Rank = 2 });
        Assert.Equal(ScalarType.BFloat16, adapter.Parameters.ComputeType);
        var states = randn(1, 4).to_type(ScalarType.BFloat16);
        var attached = _fused.Forward(states);
        Assert.Equal(ScalarType.BFloat16, attached.dtype);
        adapter.Merge();
        AssertClose(Numbers(attached), Numbers(_fused.Forward(states)), 0.2);
        var matrix = Parameters.Parameters.Single(parameter => parameter.Names[0] == "layer.0.query.weight");
        AssertClose(Numbers(matrix.Master.to_type(ScalarType.BFloat16)), Numbers(matrix.Value), 0);
    }

    [Fact]
    public void WithoutTheAdapterTheModelIsAsBefore()
    {
        var states = randn(2, 4);
        var before = Numbers(_fused.Forward(states));
        var weights = Numbers(Parameters.Flat);
        var adapter = LoraFilesTests.Trained(Parameters, new());
        Assert.NotEqual(before, Numbers(_fused.Forward(states)));
        adapter.Dispose();
        Assert.Null(Parameters.Adapter);
        Assert.Equal(before, Numbers(_fused.Forward(states)));
        Assert.Equal(weights, Numbers(Parameters.Flat));
    }

    [Fact]
    public void ANewAdapterStartsAtNothingWithinTheBoundOfKaiming()
    {
        var adapter = LoraAdapter.Attach(Parameters, new() { Rank = 64 });
        foreach (var parameter in adapter.Parameters.Parameters)
        {
            var values = Numbers(parameter.Master);
            if (parameter.Names[0].Contains("lora_B", StringComparison.Ordinal))
            {
                Assert.All(values, value => Assert.Equal(0, value));
                continue;
            }

            var bound = 1 / Math.Sqrt(parameter.PartShape[1]);
            Assert.All(values, value => Assert.InRange(value, -bound, bound));
            Assert.True(values.Max() > 0.9 * bound && values.Min() < -0.9 * bound);
            Assert.Equal(0, values.Average(), 0.15 * bound);
        }
    }

    [Theory]
    [InlineData("dense", "layer.0.dense")]
    [InlineData("layer.0.dense", "layer.0.dense")]
    [InlineData("query,key", "layer.0.query,layer.0.key")]
    [InlineData("key", "layer.0.key")]
    [InlineData(null, "layer.0.query,layer.0.key,layer.0.dense")]
    public void OnlyTheTargetsAreChanged(string? targets, string changed)
    {
        var adapter = LoraAdapter.Attach(Parameters, new() { Targets = targets?.Split(',') });
        Assert.Equal(
            changed.Split(','),
            Parameters.Parameters.SelectMany(parameter =>
                parameter.Names.Where((_, part) => parameter.Changes?[part] is not null).Select(name => name[..^".weight".Length])
            )
        );
        Assert.StartsWith("LoRA of rank 8 on ", adapter.ToString());
    }

    [Theory]
    [InlineData("ense", "ends with ense.")] // the end of a name, not of a word
    [InlineData("words", "ends with words.")] // a table is no matrix
    [InlineData("weight", "ends with weight.")]
    public void ATargetThatFitsNothingIsNamed(string target, string complaint)
    {
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Attach(Parameters, new() { Targets = [target] }));
        Assert.Contains(complaint, error.Message);
        Assert.Null(Parameters.Adapter);
    }

    [Fact]
    public void OfAFusedMatrixOnePartMayBeChanged()
    {
        var states = randn(2, 4);
        var before = _fused.Forward(states);
        var adapter = LoraFilesTests.Trained(Parameters, new() { Targets = ["key"] });
        var attached = _fused.Forward(states);
        Assert.Equal(Numbers(before.narrow(1, 0, 3)), Numbers(attached.narrow(1, 0, 3)));
        Assert.NotEqual(Numbers(before.narrow(1, 3, 3)), Numbers(attached.narrow(1, 3, 3)));
        adapter.Merge();
        AssertClose(Numbers(attached), Numbers(_fused.Forward(states)), 1e-4);
    }

    [Theory]
    [InlineData(LoraBias.None, "")]
    [InlineData(LoraBias.LoraOnly, "layer.0.key.base_layer.bias")]
    [InlineData(LoraBias.All, "layer.0.query.bias,layer.0.key.base_layer.bias,layer.0.dense.bias")]
    public void BiasesAreTrainedAsPeftNamesThem(LoraBias bias, string copies)
    {
        var states = randn(2, 4);
        var before = _fused.Forward(states);
        var adapter = LoraFilesTests.Trained(Parameters, new() { Targets = ["key"], Bias = bias });
        Assert.Equal(
            copies.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => "base_model.model." + name),
            Named(adapter.Parameters).Keys.Where(name => !name.Contains("lora_", StringComparison.Ordinal))
        );
        var attached = _fused.Forward(states);
        Assert.Equal(bias != LoraBias.All, Numbers(before.narrow(1, 0, 3)).SequenceEqual(Numbers(attached.narrow(1, 0, 3))));
        adapter.Merge();
        AssertClose(Numbers(attached), Numbers(_fused.Forward(states)), 1e-4);
    }

    [Fact]
    public void AModuleThatIsSavedWholeReplacesTheModelsOwnAndHasNoChangeBesideIt()
    {
        var narrow = randn(2, 3);
        var before = Numbers(_single.Forward(narrow));
        var adapter = LoraAdapter.Attach(Parameters, new() { ModulesToSave = ["dense", "words"] });
        Assert.Equal(before, Numbers(_single.Forward(narrow))); // it starts as a copy
        var named = Named(adapter.Parameters);
        Assert.Equal(
            ["words.weight", "layer.0.dense.weight", "layer.0.dense.bias"],
            named.Keys.Where(name => !name.Contains("lora_", StringComparison.Ordinal)).Select(name => name["base_model.model.".Length..])
        );
        adapter.Parameters.Flat.normal_(0, 0.5);
        var expected = narrow.matmul(named["base_model.model.layer.0.dense.weight"].t()) + named["base_model.model.layer.0.dense.bias"];
        AssertClose(Numbers(expected), Numbers(_single.Forward(narrow)), 1e-5);
        adapter.Dispose();
        Assert.Equal(before, Numbers(_single.Forward(narrow)));
    }

    [Fact]
    public void AModuleThatIsNotThereCannotBeSaved()
    {
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Attach(Parameters, new() { ModulesToSave = ["score"] }));
        Assert.Contains("No module of the model ends with score", error.Message);
        Assert.Null(Parameters.Adapter);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4097)]
    public void ARankHasBounds(int rank)
    {
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Attach(Parameters, new() { Rank = rank }));
        Assert.Contains($"rank of the adapter is {rank}; expected 1 to 4096", error.Message);
    }

    [Fact]
    public void ASecondAdapterIsRefusedAndTheFirstStays()
    {
        var first = LoraFilesTests.Trained(Parameters, new());
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Attach(Parameters));
        Assert.Contains("has an adapter already. Merge or remove it first", error.Message);
        Assert.Same(first, Parameters.Adapter);
    }

    [Fact]
    public void AnAdapterThatIsGoneLeavesTheNextOneAlone()
    {
        var first = LoraFilesTests.Trained(Parameters, new() { ModulesToSave = ["dense"] });
        first.Merge();
        var second = LoraFilesTests.Trained(Parameters, new() { ModulesToSave = ["dense"] });
        var (states, narrow) = (randn(2, 4), randn(2, 3));
        var (fused, single) = (Numbers(_fused.Forward(states)), Numbers(_single.Forward(narrow)));
        first.Dispose();
        Assert.Same(second, Parameters.Adapter);
        Assert.Equal(fused, Numbers(_fused.Forward(states)));
        Assert.Equal(single, Numbers(_single.Forward(narrow)));
        second.Dispose();
        Assert.Null(Parameters.Adapter);
        Assert.All(Parameters.Parameters, parameter => Assert.Null(parameter.Changes ?? (object?)parameter.Copies));
    }
}
