namespace CrossEncoders.Weights;

/// <summary>
/// The classes and functions that the pickles of state dicts name, and what is made of each. None of them is Python's own.
/// </summary>
/// <param name="path">The file, for errors.</param>
internal sealed class PickledCalls(string path)
{
    private static readonly Dictionary<string, Callable> Allowed = new(StringComparer.Ordinal)
    {
        ["collections.OrderedDict"] = new(CallableKind.Dictionary),
        ["torch._utils._rebuild_tensor_v2"] = new(CallableKind.Tensor),
        ["torch._utils._rebuild_parameter"] = new(CallableKind.Parameter),
        ["torch.FloatStorage"] = new(CallableKind.Storage, ElementType.F32),
        ["torch.HalfStorage"] = new(CallableKind.Storage, ElementType.F16),
        ["torch.BFloat16Storage"] = new(CallableKind.Storage, ElementType.BF16),
        ["torch.DoubleStorage"] = new(CallableKind.Storage, ElementType.F64),
        ["torch.LongStorage"] = new(CallableKind.Storage, ElementType.I64),
        ["torch.IntStorage"] = new(CallableKind.Storage, ElementType.I32),
        ["torch.ShortStorage"] = new(CallableKind.Storage, ElementType.I16),
        ["torch.CharStorage"] = new(CallableKind.Storage, ElementType.I8),
        ["torch.ByteStorage"] = new(CallableKind.Storage, ElementType.U8),
        ["torch.BoolStorage"] = new(CallableKind.Storage, ElementType.Bool),
    };

    /// <summary>What a call makes.</summary>
    internal enum CallableKind
    {
        Dictionary,
        Tensor,
        Parameter,
        Storage,
    }

    /// <summary>A class or function that may be called.</summary>
    internal sealed record Callable(CallableKind Kind, ElementType Type = default);

    /// <summary>What a class or function of Python stands for.</summary>
    /// <exception cref="CrossEncoderException">It is not one of the few that are needed.</exception>
    public Callable Find(string module, string name) =>
        Allowed.TryGetValue($"{module}.{name}", out var found)
            ? found
            : throw new CrossEncoderException(
                $"'{path}' is refused: it asks to run '{Excerpt.Of($"{module}.{name}", 200)}', and a file of weights has no need of it. "
                    + "Only tensors in dictionaries are read. If you trust the file, load it in PyTorch and save its state dict as "
                    + "safetensors."
            );

    /// <summary>The dictionary or tensor that a call makes.</summary>
    public object Call(object?[] operands) =>
        operands switch
        {
            [Callable { Kind: CallableKind.Dictionary }, object?[] and []] => new Dictionary<string, object?>(StringComparer.Ordinal),
            [
                Callable { Kind: CallableKind.Tensor },
                object?[]
                and [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..],
            ] => PickledTensor.TryCreate(storage, offset, Numbers(shape), Numbers(strides))
                ?? throw Broken($"a tensor that does not fit its storage '{storage.Key}' or has more than 8 dimensions"),
            [Callable { Kind: CallableKind.Parameter }, object?[] and [PickledTensor tensor, ..]] => tensor,
            _ => throw Broken("a call with unexpected arguments"),
        };

    /// <summary>The storage that a persistent id refers to.</summary>
    public PickledStorage Storage(object? id)
    {
        // The sixth element, in old files, says which part of another storage this one is.
        if (
            id is not object?[] { Length: 5 or 6 } parts
            || (parts.Length == 6 && parts[5] is not null)
            || parts is not ["storage", Callable { Kind: CallableKind.Storage } type, string key, string, long count, ..]
        )
            throw Broken("a reference that is not to a whole storage");
        if (TensorMemory.Elements([count]) is null)
            throw Broken($"a storage of {count} elements");
        return new(key, type.Type, count);
    }

    private long[] Numbers(object?[] values)
    {
        if (!values.All(value => value is long))
            throw Broken("a shape or stride that is not a number");
        return [.. values.Cast<long>()];
    }

    /// <summary>The error that says what a pickle has.</summary>
    public static CrossEncoderException Broken(string path, string why) =>
        new($"'{path}' is not a sound PyTorch checkpoint: its pickle has {Excerpt.Of(why, 200)}. Download or save it again.");

    private CrossEncoderException Broken(string why) => Broken(path, why);
}
