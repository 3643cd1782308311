using TorchSharp;

namespace CrossEncoders.Weights;

/// <summary>What is known about a stored tensor before it is read.</summary>
/// <param name="Name">The key in the state dict, for example "bert.pooler.dense.weight".</param>
/// <param name="Type">The stored element type.</param>
/// <param name="Shape">Sizes from the slowest dimension to the fastest; empty for a scalar.</param>
public sealed record TensorInfo(string Name, ElementType Type, IReadOnlyList<long> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: ({string.Join(", ", Shape)}) {Type}";
}

/// <summary>Named tensors on disk. Thread-safe until disposed.</summary>
internal interface ITensorSource : IDisposable
{
    /// <summary>Every tensor by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Reads one tensor: a new contiguous CPU tensor of the stored type, in no dispose scope, which the caller owns.</summary>
    /// <exception cref="CrossEncoderException">There is no tensor of that name, or its data cannot be read.</exception>
    torch.Tensor Read(string name);
}
