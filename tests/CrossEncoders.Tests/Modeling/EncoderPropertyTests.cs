using CrossEncoders.Modeling;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>What holds for every architecture, on the golden models and ids of our own.</summary>
public sealed class EncoderPropertyTests : TensorTest
{
    public static TheoryData<string> Architectures => CheckpointParityTests.Architectures;

    [Theory]
    [MemberData(nameof(Architectures))]
    public void PaddingChangesNoLogitWhateverStandsInIt(string architecture)
    {
        using var model = Load(architecture);
        var (ids, types) = Text(model, 7);
        var alone = Numbers(model.Forward(ids, types, null));
        var mask = arange(12).lt(7).unsqueeze(0);
        foreach (var filler in (long[])[model.Config.PaddingId ?? 0, 9])
        {
            var padded = cat([ids, full([1, 5], filler, ScalarType.Int64)], 1);
            AssertClose(alone, Numbers(model.Forward(padded, zeros_like(padded), mask)), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void AMaskWithoutPaddingIsNoMask(string architecture)
    {
        using var model = Load(architecture);
        var (ids, types) = Text(model, 9);
        var mask = ones([1, 9], ScalarType.Bool);
        AssertClose(Numbers(model.Forward(ids, types, null)), Numbers(model.Forward(ids, types, mask)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void ARowOfABatchIsWhatItIsAlone(string architecture)
    {
        using var model = Load(architecture);
        int[] lengths = [3, 11, 6];
        var rows = lengths.Select((length, i) => Text(model, length, i)).ToList();
        var batch = cat([
            .. rows.Select(row => cat([row.Ids, full([1, 11 - row.Ids.size(1)], model.Config.PaddingId ?? 0, ScalarType.Int64)], 1)),
        ]);
        var mask = arange(11).unsqueeze(0).lt(tensor(lengths).unsqueeze(1));
        var together = model.Forward(batch, zeros_like(batch), mask);
        foreach (var (i, row) in rows.Index())
            AssertClose(Numbers(model.Forward(row.Ids, row.Types, null)), Numbers(together[i]), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void TheFirstTokenAloneIsTheFirstOfAll(string architecture)
    {
        using var model = Load(architecture);
        var (ids, types) = Text(model, 8);
        var mask = arange(8).lt(6).unsqueeze(0);
        var all = model.Encoder.Forward(ids, types, mask, firstTokenOnly: false);
        var first = model.Encoder.Forward(ids, types, mask, firstTokenOnly: true);
        Assert.Equal([1L, 8, model.Config.HiddenSize], all.shape);
        Assert.Equal([1L, 1, model.Config.HiddenSize], first.shape);
        AssertClose(Numbers(all.narrow(1, 0, 1)), Numbers(first), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void TheOrderOfTokensMatters(string architecture)
    {
        using var model = Load(architecture);
        var (ids, types) = Text(model, 8);
        var turned = cat([ids.narrow(1, 0, 1), ids.narrow(1, 1, 7).flip(1)], 1);
        var (before, after) = (Numbers(model.Forward(ids, types, null)), Numbers(model.Forward(turned, types, null)));
        Assert.Contains(before.Zip(after), pair => Math.Abs(pair.First - pair.Second) > 1e-5);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void EachTokenIsHeardByTheFirst(string architecture)
    {
        using var model = Load(architecture);
        var (ids, types) = Text(model, 8);
        var before = Numbers(model.Forward(ids, types, null));
        for (var position = 1; position < 8; position++)
        {
            var changed = ids.clone();
            changed[0, position] = 30 + position;
            var after = Numbers(model.Forward(changed, types, null));
            Assert.True(before.Zip(after, (x, y) => Math.Abs(x - y)).Max() > 1e-7, $"position {position} is not heard");
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void TypesMatterOnlyWhereAModelHasThem(string architecture)
    {
        using var model = Load(architecture);
        var (ids, types) = Text(model, 8);
        if (model.Config.TypeVocabularySize == 1)
            return; // only type 0 may be given
        var second = cat([zeros([1, 4], ScalarType.Int64), ones([1, 4], ScalarType.Int64)], 1);
        var (zero, one) = (Numbers(model.Forward(ids, types, null)), Numbers(model.Forward(ids, second, null)));
        if (model.Config.TypeVocabularySize == 0)
            Assert.Equal(zero, one);
        else
            Assert.NotEqual(zero, one);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void LogitsAreFp32InEveryComputeTypeAndComeBackExactly(string architecture)
    {
        using var model = Load(architecture);
        var (ids, types) = Text(model, 8);
        var before = Numbers(model.Forward(ids, types, null));
        model.SetComputeType(ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, model.Encoder.Forward(ids, types, null, firstTokenOnly: false).dtype);
        var half = model.Forward(ids, types, null);
        Assert.Equal(ScalarType.Float32, half.dtype);
        Assert.NotEqual(before, Numbers(half));
        AssertClose(before, Numbers(half), 0.1);
        model.SetComputeType(ScalarType.Float32);
        Assert.Equal(before, Numbers(model.Forward(ids, types, null)));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void FewerLayersAreTheLowerOnesOfTheCheckpoint(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        var config = ModelConfig.Load(folder);
        using var whole = Load(architecture);
        using var cut = SequenceClassifier.Load(folder, CPU, config with { Layers = 1 }, out var fresh);
        Assert.Empty(fresh);
        Assert.Empty(cut.Parameters.Unexpected);
        var (ids, types) = Text(whole, 8);
        var pass = whole.Encoder.Begin(new(ids, types, null, FirstTokenOnly: false, null));
        var expected = pass.Finish(pass.Layer(0, pass.Embed()));
        AssertClose(Numbers(expected), Numbers(cut.Encoder.Forward(ids, types, null, firstTokenOnly: false)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void AModelOfFreshWeightsHasTheSameParametersAndComputes(string architecture)
    {
        using var golden = Load(architecture);
        using var model = SequenceClassifier.Create(golden.Config, CPU);
        Assert.Equal(
            golden.Parameters.Parameters.Select(parameter => (parameter.Names[0], parameter.Offset)),
            model.Parameters.Parameters.Select(parameter => (parameter.Names[0], parameter.Offset))
        );
        var (ids, types) = Text(model, 8);
        var logits = model.Forward(ids, types, null);
        Assert.Equal([1L, model.Config.Labels], logits.shape);
        Assert.True(logits.isfinite().all().item<bool>());
    }

    private static SequenceClassifier Load(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        return SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
    }

    /// <summary>Ids from 10 on, none of them special.</summary>
    private static (Tensor Ids, Tensor Types) Text(SequenceClassifier model, int length, int start = 0)
    {
        Assert.InRange(60, 0, model.Config.VocabularySize);
        var ids = arange(10 + start, 10 + start + length, ScalarType.Int64).unsqueeze(0);
        return (ids, zeros_like(ids));
    }
}
