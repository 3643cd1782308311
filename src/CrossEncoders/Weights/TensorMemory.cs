using TorchSharp;

namespace CrossEncoders.Weights;

/// <summary>Moves bytes between files and the native memory of tensors, in stretches that fit a span.</summary>
internal static class TensorMemory
{
    /// <summary>Copies bytes between a stretch of a tensor's memory and the same stretch of a file.</summary>
    /// <param name="memory">Native memory of the tensor.</param>
    /// <param name="offset">How many bytes of the tensor come before.</param>
    public delegate void Copy(Span<byte> memory, long offset);

    /// <summary>A new CPU tensor, in no dispose scope, filled by <paramref name="fill"/>.</summary>
    public static torch.Tensor Create(ElementType type, IReadOnlyList<long> shape, Copy fill)
    {
        var tensor = torch.empty([.. shape], type.ToTorch(), torch.CPU).DetachFromDisposeScope();
        try
        {
            Visit(tensor, fill);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Calls <paramref name="action"/> for each stretch of the memory of a contiguous CPU tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="action">Told of each stretch and its offset in bytes.</param>
    /// <param name="longest">The most bytes of a stretch; a span ends at 2 GiB.</param>
    public static void Visit(torch.Tensor tensor, Copy action, long longest = 1L << 30)
    {
        var count = tensor.numel(); // a long: a big embedding table has more bytes than a span can hold
        if (count == 0)
            return;
        var step = longest / tensor.element_size();
        if (count <= step)
        {
            action(tensor.bytes, 0);
            return;
        }

        using var flat = tensor.view(-1);
        for (var start = 0L; start < count; start += step)
        {
            using var part = flat.narrow(0, start, Math.Min(step, count - start));
            action(part.bytes, start * tensor.element_size());
        }
    }

    /// <summary>The number of elements of a shape, or null where it has negative sizes or is too large for strides in bytes.</summary>
    public static long? Elements(IReadOnlyList<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0)
                return null;
            if (size == 0)
                continue; // an empty tensor has strides too, which must not overflow
            if (count > long.MaxValue / 8 / size)
                return null;
            count *= size;
        }

        return shape.Contains(0) ? 0 : count;
    }
}
