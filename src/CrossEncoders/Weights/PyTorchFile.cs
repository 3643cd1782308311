using System.Numerics;
using TorchSharp;

namespace CrossEncoders.Weights;

/// <summary>
/// A state dict saved by <c>torch.save</c>, in the zip form of today or the form before PyTorch 1.6. Nothing in it is executed.
/// Thread-safe until disposed.
/// </summary>
internal sealed class PyTorchFile : ITensorSource
{
    private readonly IStorageReader _storages;
    private readonly Dictionary<string, PickledTensor> _pickled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);
    private readonly string _path;

    /// <summary>Opens a file and reads its table of tensors; their data is read when asked for.</summary>
    /// <exception cref="CrossEncoderException">The file cannot be opened, is not sound, or holds more than tensors.</exception>
    public PyTorchFile(string path)
    {
        _path = path;
        _storages = PyTorchZip.IsZip(path) ? new PyTorchZip(path) : new LegacyPyTorch(path);
        try
        {
            if (_storages.StateDict is not Dictionary<string, object?> state)
                throw new CrossEncoderException(
                    $"'{path}' holds a {Describe(_storages.StateDict)} where a state dict (names → tensors) was expected."
                );
            foreach (var (name, value) in state)
            {
                if (value is not PickledTensor tensor)
                    throw new CrossEncoderException(
                        $"'{path}' holds a {Describe(value)} under '{name}' where a tensor was expected. Save the state dict alone."
                    );
                if (_storages.BytesOf(tensor.Storage.Key) is not { } bytes || bytes < tensor.Storage.Bytes)
                    throw new CrossEncoderException(
                        $"'{path}' is cut short: the data of '{name}' is missing or too small. Download or save it again."
                    );
                _pickled.Add(name, tensor);
                _tensors.Add(name, new(name, tensor.Storage.Type, tensor.Shape));
            }
        }
        catch
        {
            _storages.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public torch.Tensor Read(string name)
    {
        if (!_pickled.TryGetValue(name, out var tensor))
            throw CheckpointWeights.NoSuchTensor(_path, name, _tensors);
        var (type, start) = (tensor.Storage.Type, tensor.Offset * tensor.Storage.Type.Size());
        if (tensor.IsContiguous)
            return TensorMemory.Create(type, tensor.Shape, Fill);
        using var run = TensorMemory.Create(type, [tensor.Extent], Fill);
        using var view = run.as_strided(tensor.Shape, tensor.Strides);
        return view.contiguous().DetachFromDisposeScope();

        void Fill(Span<byte> memory, long offset) => _storages.Read(tensor.Storage.Key, start + offset, memory);
    }

    /// <inheritdoc/>
    public void Dispose() => _storages.Dispose();

    private static string Describe(object? value) =>
        value switch
        {
            null => "None",
            string => "text",
            long or double or bool or BigInteger => "number",
            PickledTensor => "tensor",
            Dictionary<string, object?> => "dictionary",
            _ => "list or object",
        };
}

/// <summary>One of the two forms of a PyTorch file.</summary>
internal interface IStorageReader : IDisposable
{
    /// <summary>The unpickled value.</summary>
    object? StateDict { get; }

    /// <summary>Bytes of a storage; null where there is none of that key.</summary>
    long? BytesOf(string key);

    /// <summary>Fills memory with the bytes of a storage from <paramref name="offset"/> on.</summary>
    void Read(string key, long offset, Span<byte> memory);
}
