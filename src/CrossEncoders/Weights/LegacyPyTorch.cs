using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using CrossEncoders.Files;

namespace CrossEncoders.Weights;

/// <summary>
/// The form before PyTorch 1.6: five pickles (a magic number, a version, facts about the machine, the state dict, the keys of its
/// storages), then for each key the number of elements in 8 bytes and the elements.
/// </summary>
internal sealed class LegacyPyTorch : IStorageReader
{
    private const int LongestPickle = 64 << 20; // bytes

    private static readonly BigInteger Magic = BigInteger.Parse(
        "1950a86a20f9469cfc6c",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    private readonly MappedFile _file;
    private readonly Dictionary<string, (long Start, long Bytes)> _storages = new(StringComparer.Ordinal);
    private long _at;

    public LegacyPyTorch(string path)
    {
        _file = new MappedFile(path);
        try
        {
            if (_file.Length < 2 || _file.Read(0, 1, bytes => bytes[0]) != 0x80 || Load() is not BigInteger magic || magic != Magic)
                throw Broken("it starts neither as a zip archive nor with the magic number of the older form");
            if (Load() is not 1001L)
                throw Broken("its version is not 1001, the only one of that form");
            if (Load() is not Dictionary<string, object?> machine || machine.GetValueOrDefault("little_endian") is not true)
                throw Broken("its numbers are not little-endian");
            StateDict = Load();
            if (Load() is not List<object?> keys)
                throw Broken("it has no list of storages");
            Locate(keys, StateDict as Dictionary<string, object?> ?? []);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public object? StateDict { get; }

    /// <inheritdoc/>
    public long? BytesOf(string key) => _storages.TryGetValue(key, out var storage) ? storage.Bytes : null;

    /// <inheritdoc/>
    public void Read(string key, long offset, Span<byte> memory) => _file.CopyTo(_storages[key].Start + offset, memory);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private object? Load()
    {
        var most = (int)Math.Min(_file.Length - _at, LongestPickle);
        var (value, length) = _file.Read(_at, most, bytes => RestrictedUnpickler.Load(bytes, _file.FilePath));
        _at += length;
        return value;
    }

    private void Locate(List<object?> keys, Dictionary<string, object?> state)
    {
        // The element type stands only in the references to a storage.
        var known = new Dictionary<string, PickledStorage>(StringComparer.Ordinal);
        foreach (var tensor in state.Values.OfType<PickledTensor>())
        {
            if (!known.TryAdd(tensor.Storage.Key, tensor.Storage) && known[tensor.Storage.Key] != tensor.Storage)
                throw Broken($"its storage '{tensor.Storage.Key}' is described in two ways");
        }

        foreach (var key in keys)
        {
            if (key is not string name || !known.TryGetValue(name, out var storage))
                throw Broken("its list of storages names one that no tensor uses");
            var count = _file.Read(_at, 8, BinaryPrimitives.ReadInt64LittleEndian);
            if (count != storage.Count)
                throw Broken($"its storage '{name}' has {count} elements where {storage.Count} were expected");
            if (!_storages.TryAdd(name, (_at + 8, storage.Bytes)))
                throw Broken($"its list of storages names '{name}' twice");
            if (storage.Bytes > _file.Length - _at - 8)
                throw Broken($"it is cut short: the data of the storage '{name}' does not fit in its {_file.Length} bytes");
            _at += 8 + storage.Bytes;
        }

        if (_at != _file.Length)
            throw Broken($"{_file.Length - _at} bytes follow its last storage");
    }

    private CrossEncoderException Broken(string why) =>
        new($"'{_file.FilePath}' is not a sound PyTorch checkpoint: {why}. Download or save it again.");
}
