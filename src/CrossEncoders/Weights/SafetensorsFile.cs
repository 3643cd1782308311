using CrossEncoders.Files;
using TorchSharp;

namespace CrossEncoders.Weights;

/// <summary>A memory-mapped safetensors file. Thread-safe until disposed.</summary>
public sealed class SafetensorsFile : ITensorSource
{
    private readonly MappedFile _file;
    private readonly SafetensorsHeader _header;

    /// <summary>Maps a file and checks its header; tensors are read when asked for.</summary>
    /// <exception cref="CrossEncoderException">The file cannot be opened or is not sound.</exception>
    public SafetensorsFile(string path)
    {
        _file = new MappedFile(path);
        try
        {
            _header = SafetensorsHeader.Read(_file);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        Tensors = _header.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Info, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The free texts of the header, for example format → pt.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <inheritdoc/>
    public torch.Tensor Read(string name)
    {
        if (!_header.Entries.TryGetValue(name, out var entry))
            throw CheckpointWeights.NoSuchTensor(_file.FilePath, name, Tensors);
        return TensorMemory.Create(entry.Info.Type, entry.Info.Shape, (memory, offset) =>
            _file.CopyTo(_header.DataStart + entry.Begin + offset, memory)
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
