using System.Runtime.CompilerServices;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Where a token stands: DeBERTa's buckets and ModernBERT's rotations and windows, by hand.</summary>
public sealed class PositionTests : TensorTest
{
    [Theory]
    [InlineData(8, 16, 0, 0)]
    [InlineData(8, 16, 1, 1)]
    [InlineData(8, 16, 4, 4)] // up to half the buckets, each distance has its own
    [InlineData(8, 16, 5, 5)]
    [InlineData(8, 16, 6, 5)] // 4 + ⌈ln(6/4) / ln(15/4) · 3⌉ = 4 + ⌈0.92⌉
    [InlineData(8, 16, 7, 6)]
    [InlineData(8, 16, 9, 6)]
    [InlineData(8, 16, 10, 7)]
    [InlineData(8, 16, 15, 7)] // the longest told apart
    [InlineData(8, 16, 16, 8)]
    [InlineData(256, 512, 128, 128)]
    [InlineData(256, 512, 129, 129)]
    [InlineData(256, 512, 130, 130)]
    [InlineData(256, 512, 200, 169)]
    [InlineData(256, 512, 256, 192)]
    [InlineData(256, 512, 511, 255)]
    public void DistancesFallIntoBucketsThatWidenLikeTheirLogarithm(int buckets, int longest, int distance, int bucket)
    {
        var encoder = Deberta(buckets, longest);
        Assert.Equal(bucket, LogBucket(encoder, distance));
        Assert.Equal(-bucket, LogBucket(encoder, -distance));
    }

    [Fact]
    public void BucketsNeverShrinkWithTheDistanceNorLeaveTheTable()
    {
        var encoder = Deberta(256, 512);
        var found = Enumerable.Range(0, 512).Select(distance => LogBucket(encoder, distance)).ToList();
        Assert.Equal(found.Order(), found);
        Assert.InRange(found[^1], 0, 255);
        Assert.Equal(Enumerable.Range(0, 256), found.Distinct()); // and none is left out
    }

    [Fact]
    public void QueriesLookForwardAndKeysLookBack()
    {
        var (forth, back) = Buckets(Deberta(8, 16), 12, CPU);
        Assert.Equal([12L, 12], forth.shape);
        for (var i = 0; i < 12; i++)
        for (var j = 0; j < 12; j++)
        {
            var bucket = LogBucket(Deberta(8, 16), i - j);
            Assert.Equal(8 + bucket, forth[i, j].item<long>());
            Assert.Equal(8 - bucket, back[i, j].item<long>());
        }
    }

    [Fact]
    public void WithoutBucketsEachDistanceHasARowUpToTheLongest()
    {
        var (forth, back) = Buckets(Deberta(-1, 3), 6, CPU);
        Assert.Equal([3L, 2, 1, 0, 0, 0], forth[0].data<long>().ToArray()); // 0 - j, clamped, counted from 3
        Assert.Equal([3L, 4, 5, 5, 5, 5], back[0].data<long>().ToArray());
        Assert.Equal([5L, 5, 5, 5, 4, 3], forth[5].data<long>().ToArray());
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(160_000)]
    public void RotationsTurnEachPairOfNumbersAtItsOwnSpeed(double theta)
    {
        var (cosine, sine) = Turns(ModernBert(128), arange(7, ScalarType.Float32), theta);
        Assert.Equal([7L, 4], cosine.shape);
        for (var position = 0; position < 7; position++)
        for (var d = 0; d < 4; d++)
        {
            var angle = position * Math.Pow(theta, -(d % 2) * 2 / 4.0); // the second half of a head repeats the first
            Assert.Equal(Math.Cos(angle), cosine[position, d].item<float>(), 1e-5);
            Assert.Equal(Math.Sin(angle), sine[position, d].item<float>(), 1e-5);
        }
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(1, 0)]
    [InlineData(128, 64)]
    public void AWindowReachesHalfItsWidthToEitherSide(int width, int reach)
    {
        var window = Window(ModernBert(width), 9, CPU, null);
        for (var i = 0; i < 9; i++)
        for (var j = 0; j < 9; j++)
            Assert.Equal(Math.Abs(i - j) <= reach, window[0, 0, i, j].item<bool>());
    }

    [Fact]
    public void InAWindowNoTokenSeesPaddingButEachSeesItself()
    {
        bool[] real = [true, true, true, false, false, false];
        var window = Window(ModernBert(4), 6, CPU, tensor(real, [1, 1, 1, 6]));
        for (var i = 0; i < 6; i++)
        for (var j = 0; j < 6; j++)
            Assert.Equal(i == j || (real[j] && Math.Abs(i - j) <= 2), window[0, 0, i, j].item<bool>());
    }

    [Theory]
    [InlineData("bert", 16)]
    [InlineData("roberta", 14)] // positions are counted from the padding id + 1
    [InlineData("distilbert", 16)]
    [InlineData("modernbert", 16)]
    [InlineData("deberta-v2", 16)]
    public void TheLongestSequenceIsWhatThePositionsAllow(string family, int longest)
    {
        using var model = SequenceClassifier.Create(Tiny(family), CPU);
        Assert.Equal(longest, model.Encoder.MaxLength);
        var ids = ones([1, longest], ScalarType.Int64);
        Assert.Equal([1L, 2], model.Forward(ids, zeros_like(ids), null).shape);
    }

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 3, 0)]
    [InlineData(true, 0, 4)]
    public void OtherVariantsOfDebertaAreRefused(bool relative, int convolution, int embedding)
    {
        var config = Tiny("deberta-v2") with
        {
            RelativeAttention = relative,
            ConvolutionKernel = convolution,
            EmbeddingSize = embedding == 0 ? null : embedding,
        };
        var error = Assert.Throws<CrossEncoderException>(() => SequenceClassifier.Create(config, CPU));
        Assert.Contains("This DeBERTa variant is not supported", error.Message);
    }

    private static ModelConfig Tiny(string family) =>
        new()
        {
            ModelType = family,
            VocabularySize = 20,
            HiddenSize = 8,
            Layers = 2,
            Heads = 2,
            IntermediateSize = 16,
            MaxPositions = 16,
            PaddingId = family == "roberta" ? 1 : 0,
            RelativeAttention = true,
            PositionAttention = ["c2p", "p2c"],
        };

    private DebertaEncoder Deberta(int buckets, int longest)
    {
        var config = Tiny("deberta-v2") with { PositionBuckets = buckets, MaxRelativePositions = longest };
        return new(config, Family.Of(config), Parameters);
    }

    private ModernBertEncoder ModernBert(int window)
    {
        var config = Tiny("modernbert") with { LocalAttention = window };
        return new(config, Family.Of(config), Parameters);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern int LogBucket(DebertaEncoder encoder, int distance);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern (Tensor Forth, Tensor Back) Buckets(DebertaEncoder encoder, int length, Device device);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern (Tensor Cosine, Tensor Sine) Turns(ModernBertEncoder encoder, Tensor positions, double theta);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern Tensor Window(ModernBertEncoder encoder, long length, Device device, Tensor? everywhere);
}
