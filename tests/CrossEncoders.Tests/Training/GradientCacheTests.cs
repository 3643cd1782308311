using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>The gradient in parts is that of the whole, for losses that look at all rows together.</summary>
public sealed class GradientCacheTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(7, 3)] // a smaller part at the end
    [InlineData(6, 3)]
    [InlineData(7, 6)]
    [InlineData(7, 7)] // all at once
    [InlineData(7, 100)]
    public void PartsOfAnySizeGiveTheSame(int rows, int size)
    {
        using var scope = NewDisposeScope();
        var inputs = linspace(-1, 2, rows * 3).view(rows, 3);
        var weights = tensor((float[])[0.5f, -1, 2]).requires_grad_(true);
        Tensor Forward(int start, int count) => inputs.narrow(0, start, count).matmul(weights).tanh().view(-1, 1);
        static Tensor Loss(Tensor logits) => -(3 * logits).log_softmax(0)[0].sum() + logits.pow(2).mean();

        var whole = Loss(Forward(0, rows));
        whole.backward();
        var expected = weights.grad!.clone().data<float>().ToArray();
        weights.grad!.zero_();
        var (seen, collected) = (new List<(int, int)>(), 0);
        var value = GradientCache.Backward(
            rows,
            size,
            (start, count) =>
            {
                seen.Add((start, count));
                return Forward(start, count);
            },
            Loss,
            () => collected++
        );

        Assert.Equal(whole.item<float>(), value, 1e-6);
        Assert.All(expected.Zip(weights.grad!.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        var parts = (rows + size - 1) / size;
        Assert.Equal(parts, collected);
        Assert.Equal(parts == 1 ? 1 : 2 * parts, seen.Count);
        Assert.All(seen, part => Assert.InRange(part.Item2, 1, size));
        Assert.Equal(parts == 1 ? rows : 2 * rows, seen.Sum(part => part.Item2)); // each row once a pass
    }

    [Fact]
    public void TheFirstPassKeepsNothingForTheWayBack()
    {
        using var scope = NewDisposeScope();
        var weight = ones(1).requires_grad_(true);
        var made = new List<Tensor>();
        GradientCache.Backward(
            4,
            2,
            (_, count) =>
            {
                Assert.All(made, logits => Assert.True(logits.IsInvalid)); // disposed of, and with it what it was computed from
                made.Add(weight * ones(count, 1));
                return made[^1];
            },
            logits =>
            {
                Assert.True(logits.is_leaf);
                return logits.sum();
            }
        );
        Assert.Equal(4, made.Count);
        Assert.Equal(4, weight.grad!.item<float>());
    }

    [Fact]
    public void NoTensorIsLeftBehind()
    {
        using var scope = NewDisposeScope();
        var weight = ones(1).requires_grad_(true);
        GradientCache.Backward(5, 2, (_, count) => weight * ones(count, 1), logits => logits.sum());
        var before = scope.DisposablesCount;
        GradientCache.Backward(5, 2, (_, count) => weight * ones(count, 1), logits => logits.sum());
        Assert.Equal(before, scope.DisposablesCount);
    }
}
