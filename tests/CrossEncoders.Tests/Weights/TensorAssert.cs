using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

internal static class TensorAssert
{
    /// <summary>The same names, and the same values once the expected ones are converted.</summary>
    public static void Equal(ITensorSource expected, ITensorSource actual, torch.ScalarType? converted = null)
    {
        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), actual.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var name in expected.Tensors.Keys)
        {
            using var scope = torch.NewDisposeScope();
            using var stored = expected.Read(name);
            using var read = actual.Read(name);
            var wanted = converted is { } type && stored.is_floating_point() ? stored.to(type) : stored;
            Assert.Equal(wanted.dtype, read.dtype);
            Assert.Equal(wanted.shape, read.shape);
            Assert.True(wanted.equal(read).all().item<bool>(), name);
        }
    }
}
