using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

public sealed class TensorMemoryTests
{
    [Theory]
    [InlineData(8)] // two elements at a time
    [InlineData(28)] // seven, and a rest
    [InlineData(48)] // all at once
    [InlineData(1000)]
    public void EveryByteIsVisitedOnceAndInOrder(long longest)
    {
        using var tensor = torch.arange(12, torch.ScalarType.Float32).reshape(3, 4);
        var seen = new List<byte>();
        TensorMemory.Visit(
            tensor,
            (memory, offset) =>
            {
                Assert.Equal(seen.Count, offset);
                Assert.InRange(memory.Length, 1, longest);
                seen.AddRange(memory.ToArray());
            },
            longest
        );
        Assert.Equal(Enumerable.Range(0, 12).SelectMany(i => BitConverter.GetBytes((float)i)), seen);
    }

    [Theory]
    [InlineData(new long[0], 1L)]
    [InlineData(new long[] { 2, 3 }, 6L)]
    [InlineData(new long[] { 2, 0, 3 }, 0L)]
    [InlineData(new long[] { 2, -1 }, null)]
    [InlineData(new long[] { long.MaxValue, 2 }, null)]
    [InlineData(new long[] { 0, long.MaxValue, 2 }, null)]
    public void ElementsAreCountedWithoutOverflow(long[] shape, long? expected) => Assert.Equal(expected, TensorMemory.Elements(shape));
}
