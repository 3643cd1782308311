using CrossEncoders.Modeling;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>A batch in one row computes what the padded batch does.</summary>
public sealed class UnpaddedTests : TensorTest
{
    private static readonly int[] Mixed = [11, 11, 7, 3, 3, 3, 2];

    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("xlm-roberta")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("modernbert")]
    [InlineData("deberta-v2")]
    public void StatesAreThoseOfThePaddedBatch(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
        AssertSameStates(model);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StatesOfGtesArchitectureAreThoseOfThePaddedBatch(bool packed)
    {
        using var scratch = new ScratchFolder();
        var json = TinyModels.New(64);
        json["pack_qkv"] = packed;
        using var model = TinyModels.Create(TinyModels.Config(scratch.Path, json));
        AssertSameStates(model);
    }

    [Theory]
    [InlineData("qwen2", false)]
    [InlineData("qwen3", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", true)]
    public void StatesOfDecodersAreThoseOfTheBatchPaddedOnEitherSide(string family, bool inFront)
    {
        using var scratch = new ScratchFolder();
        using var model = TinyModels.Create(TinyModels.Config(scratch.Path, TinyModels.Decoder(family)));
        var (ids, mask) = Batch([9, 9, 7, 3, 2], 0);
        (ids, mask) = (ids.remainder(32), inFront ? mask!.flip(1) : mask!); // whichever ids are padding
        var padded = model.Encoder.Forward(ids, ids, mask, firstTokenOnly: false);
        using var guard = no_grad();
        var decoder = (Decoder)model.Encoder;
        var before = decoder.TokensRead;
        var row = decoder.Forward(ids, ids, mask, firstTokenOnly: false);
        Assert.Equal(30, decoder.TokensRead - before);
        AssertClose(Numbers(padded * mask.unsqueeze(2)), Numbers(row), 2e-5);
    }

    private static void AssertSameStates(SequenceClassifier model)
    {
        foreach (var lengths in (int[][])[Mixed, [5, 5, 5]])
        {
            var (ids, mask) = Batch(lengths, model.Config.PaddingId ?? 0);
            var types = model.Config.TypeVocabularySize > 1 ? ids.remainder(2) : zeros_like(ids);
            foreach (var first in (bool[])[false, true])
            {
                var padded = model.Encoder.Forward(ids, types, mask, first); // gradients are on: nothing is left out
                using var guard = no_grad();
                Assert.NotNull(Unpadded.Of(new(ids, types, mask, first, null)));
                var row = model.Encoder.Forward(ids, types, mask, first);
                Assert.Equal(padded.shape, row.shape);
                if (!first && mask is not null)
                {
                    Assert.Equal(0, row.masked_select(mask.logical_not().unsqueeze(2)).abs().sum().item<float>());
                    padded = padded * mask.unsqueeze(2);
                }

                AssertClose(Numbers(padded), Numbers(row), 2e-5);
            }
        }
    }

    [Fact]
    public void LogitsInBfloat16DifferByRoundingOnly()
    {
        var folder = Shared.Path("golden/models/bert");
        using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
        var (ids, mask) = Batch(Mixed, 0);
        var exact = Numbers(model.Forward(ids, zeros_like(ids), mask));
        model.SetComputeType(ScalarType.BFloat16);
        using var guard = no_grad();
        AssertClose(exact, Numbers(model.Forward(ids, zeros_like(ids), mask)), 0.1);
    }

    [Fact]
    public void PaddingStaysWhereItHasToOrDoesNotMatter()
    {
        var (ids, mask) = Batch(Mixed, 0);
        EncoderInput input = new(ids, zeros_like(ids), mask, FirstTokenOnly: false, null);
        Assert.Null(Unpadded.Of(input)); // in training
        using var guard = no_grad();
        Assert.NotNull(Unpadded.Of(input));
        Assert.Null(Unpadded.Of(input with { Dropout = new(0.1, 0.1, 0.1) }));
        Assert.Null(Unpadded.Of(input with { Mask = mask!.flip(1) })); // padding in front
        Assert.Null(Unpadded.Of(new(ids[..1], ids[..1], null, FirstTokenOnly: false, null))); // one text
    }

    [Fact]
    public void ARowGoesBackToWhereItWas()
    {
        using var guard = no_grad();
        var (ids, mask) = Batch([3, 1, 2], 0);
        var texts = Unpadded.Of(new(ids, ids, mask, FirstTokenOnly: false, null))!;
        var row = texts.Row(ids);
        Assert.Equal([10L, 11, 12, 11, 12, 13], row.data<long>().ToArray());
        Assert.Equal([0L, 3, 4], texts.FirstTokens.data<long>().ToArray());
        var states = row.unsqueeze(2).to_type(ScalarType.Float32);
        Assert.Equal([10f, 11, 12, 11, 0, 0, 12, 13, 0], Numbers(texts.Padded(states, firstTokenOnly: false)));
        Assert.Equal([10f, 11, 12], Numbers(texts.Padded(states.index_select(1, texts.FirstTokens), firstTokenOnly: true)));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(300)] // as long as two together are too many
    public void ATextAttendsToItselfAlone(int length)
    {
        using var guard = no_grad();
        const int Heads = 2,
            Width = 8;
        int[] lengths = [length, length, length - 1, 1];
        var (ids, mask) = Batch(lengths, 0);
        var texts = Unpadded.Of(new(ids, ids, mask, FirstTokenOnly: false, null))!;
        var (queries, shared) = (randn(1, lengths.Sum(), Width), randn(1, lengths.Sum(), 2 * Width));
        var (all, first) = (texts.Attend(queries, shared, Heads), texts.Attend(queries.index_select(1, texts.FirstTokens), shared, Heads));
        for (int i = 0, start = 0; i < lengths.Length; start += lengths[i++])
        {
            var own = shared.narrow(1, start, lengths[i]);
            var expected = new List<Tensor>();
            for (var head = 0; head < Heads; head++)
            {
                var (from, size) = (head * Width / Heads, Width / Heads);
                var weights = queries.narrow(1, start, lengths[i]).narrow(2, from, size).bmm(own.narrow(2, from, size).transpose(1, 2));
                expected.Add((weights / Math.Sqrt(size)).softmax(-1).bmm(own.narrow(2, Width + from, size)));
            }

            var context = cat(expected, 2);
            AssertClose(Numbers(context), Numbers(all.narrow(1, start, lengths[i])), 1e-5);
            AssertClose(Numbers(context.narrow(1, 0, 1)), Numbers(first.narrow(1, i, 1)), 1e-5);
        }
    }

    /// <summary>Texts of ids from 10 on, each beginning one later; a mask where they are not of one length.</summary>
    private static (Tensor Ids, Tensor? Mask) Batch(int[] lengths, long padding)
    {
        var longest = lengths.Max();
        var mask = arange(longest).unsqueeze(0).lt(tensor(lengths).unsqueeze(1));
        var ids = arange(longest, ScalarType.Int64).remainder(40).unsqueeze(0) + 10 + arange(lengths.Length, ScalarType.Int64).unsqueeze(1);
        return (where(mask, ids, full_like(ids, padding)), lengths.All(length => length == longest) ? null : mask);
    }
}
