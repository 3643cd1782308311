namespace CrossEncoders.Weights;

/// <summary>A typed run of numbers that a pickle refers to by key; its bytes lie outside the pickle.</summary>
/// <param name="Key">The name of the run.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Count">How many elements it has.</param>
internal sealed record PickledStorage(string Key, ElementType Type, long Count)
{
    /// <summary>Bytes of the whole run.</summary>
    public long Bytes => Count * Type.Size();
}

/// <summary>A tensor of a pickle: a strided view of a storage. Offset and strides are counted in elements.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    private const int MostDimensions = 8;

    /// <summary>How many elements of the storage lie from the first to the last of the view.</summary>
    public long Extent { get; private init; }

    /// <summary>Whether the elements lie one after the other in the order of the dimensions.</summary>
    public bool IsContiguous
    {
        get
        {
            var expected = 1L;
            for (var i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != expected)
                    return Extent == 0;
                expected *= Shape[i];
            }

            return true;
        }
    }

    /// <summary>
    /// The view, or null where it does not lie inside its storage, would take more memory than it or has more than 8 dimensions.
    /// </summary>
    public static PickledTensor? TryCreate(PickledStorage storage, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > MostDimensions || offset < 0 || offset > storage.Count)
            return null;
        if (TensorMemory.Elements(shape) is not { } elements || elements > storage.Count)
            return null;
        Int128 last = 0; // the index of the last element; wide enough for any product of two longs
        for (var i = 0; i < shape.Length; i++)
        {
            if (strides[i] < 0)
                return null;
            if (shape[i] > 1)
                last += (Int128)(shape[i] - 1) * strides[i];
        }

        var extent = elements == 0 ? 0 : last + 1;
        return extent > storage.Count - offset ? null : new(storage, offset, shape, strides) { Extent = (long)extent };
    }
}
