using System.IO.Compression;
using CrossEncoders.Files;

namespace CrossEncoders.Weights;

/// <summary>The zip form: <c>name/data.pkl</c>, and the bytes of each storage uncompressed in <c>name/data/key</c>.</summary>
internal sealed class PyTorchZip : IStorageReader
{
    private const int LongestPickle = 64 << 20; // bytes

    private readonly string _path;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly Lock _lock = new(); // the entries share one stream

    public PyTorchZip(string path)
    {
        _path = path;
        _zip = Guard(() => ZipFile.OpenRead(path));
        try
        {
            var pickle = Guard(Index) ?? throw Broken("it has no data.pkl");
            _folder = pickle.FullName[..^"data.pkl".Length];
            if (_entries.TryGetValue(_folder + "byteorder", out var order) && !Bytes(order, 100).AsSpan().SequenceEqual("little"u8))
                throw Broken("its numbers are not little-endian");
            StateDict = RestrictedUnpickler.Load(Bytes(pickle, LongestPickle), path).Value;
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public object? StateDict { get; }

    /// <summary>Whether a file starts as a zip archive does.</summary>
    public static bool IsZip(string path)
    {
        using var file = new MappedFile(path);
        return file.Length >= 4 && file.Read(0, 4, start => start.SequenceEqual("PK\x03\x04"u8));
    }

    /// <inheritdoc/>
    public long? BytesOf(string key) => _entries.TryGetValue($"{_folder}data/{key}", out var entry) ? entry.Length : null;

    /// <inheritdoc/>
    public void Read(string key, long offset, Span<byte> memory)
    {
        lock (_lock)
        {
            try
            {
                using var stream = _entries[$"{_folder}data/{key}"].Open();
                // An uncompressed entry is a window on the file; where it cannot seek, what comes before is read over.
                if (stream.CanSeek)
                    stream.Position = offset;
                else
                    Skip(stream, offset);
                stream.ReadExactly(memory);
            }
            catch (Exception error) when (error is IOException or InvalidDataException or NotSupportedException)
            {
                throw Broken(error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    private static void Skip(Stream stream, long count)
    {
        var buffer = new byte[Math.Min(count, 1 << 16)];
        for (; count > 0; count -= Math.Min(count, buffer.Length))
            stream.ReadExactly(buffer, 0, (int)Math.Min(count, buffer.Length));
    }

    private ZipArchiveEntry? Index()
    {
        ZipArchiveEntry? pickle = null;
        foreach (var entry in _zip.Entries)
        {
            // Compression would let a small file ask for much memory; PyTorch never uses it.
            if (entry.CompressedLength != entry.Length)
                throw Broken($"its entry '{entry.FullName}' is compressed");
            if (!_entries.TryAdd(entry.FullName, entry))
                throw Broken($"it has the entry '{entry.FullName}' twice");
            if (entry.Name != "data.pkl")
                continue;
            if (pickle is not null)
                throw Broken("it has more than one data.pkl");
            pickle = entry;
        }

        return pickle;
    }

    private byte[] Bytes(ZipArchiveEntry entry, int most)
    {
        if (entry.Length > Math.Min(most, new FileInfo(_path).Length))
            throw Broken($"its entry '{entry.FullName}' claims {entry.Length} bytes");
        return Guard(() =>
        {
            var bytes = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            return bytes;
        });
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error)
            when (error is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Broken(error);
        }
    }

    private CrossEncoderException Broken(string why) =>
        new($"'{_path}' is not a sound PyTorch checkpoint: {why}. Download or save it again.");

    private CrossEncoderException Broken(Exception error) =>
        new(
            $"'{_path}' is not a sound PyTorch checkpoint: its zip archive cannot be read ({error.Message}). Download or save it "
                + "again.",
            error
        );
}
