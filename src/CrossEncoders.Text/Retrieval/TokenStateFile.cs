using System.Buffers.Binary;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Retrieval;

/// <summary>
/// Token states in a file that only grows: a head that names model and settings, then one record a passage: its key, the length of its
/// states, a checksum and the states. A record that is cut short or damaged ends the file; what stood there is computed again.
/// </summary>
/// <remarks>Numbers are little-endian. Passages that are no longer asked for stay in the file.</remarks>
internal sealed class TokenStateFile : IDisposable
{
    /// <summary>The text whose states, kept in the head, tell whether a file is of the same model.</summary>
    public const string Probe = "The dome motor stopped at 42 degrees. 圆顶电机在四十二度停下。";

    private const uint Magic = 0x31535354; // "TSS1"
    private const int HeadStart = 4 + 32 + 4; // magic, settings, numbers in the probe's states
    private const int RecordStart = 16 + 4 + 4; // key, length, checksum
    private const float SameModel = 0.99f; // mean cosine; other number types and processors stay above 0.999

    private readonly string _path;
    private readonly StateBlocks _layout;
    private readonly Dictionary<UInt128, (long Offset, int Length)> _places = [];
    private readonly Dictionary<string, (long Offset, int Length)> _texts = [];
    private string[] _passages = [];
    private MappedFile? _map;
    private long _end; // of the last whole record

    /// <summary>Opens a file of the same model and settings, or begins one.</summary>
    /// <exception cref="CrossEncoderException">The file holds something else.</exception>
    public TokenStateFile(string path, StateBlocks layout, string settings, TokenStates probe)
    {
        (_path, _layout) = (Path.GetFullPath(path), layout);
        var head = Head($"{settings}, {layout}", probe);
        Begin(head);
        using (var map = new MappedFile(_path))
            Require(map, head);
        _end = head.Length;
        Scan();
    }

    /// <summary>Makes the file where there is none; alone, as another that does so may write to it already.</summary>
    private void Begin(byte[] head)
    {
        if (File.Exists(_path))
            return;
        try
        {
            using var alone = FileLock.TryTake(_path + ".lock") ?? throw InUse();
            if (!File.Exists(_path))
                AtomicFile.Write(_path, stream => stream.Write(head));
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw CannotWrite(error);
        }
    }

    private CrossEncoderException CannotWrite(Exception error) =>
        new($"Token states cannot be written to '{_path}': {error.Message} {DiskErrors.Remedy(error)} What is in it stays.", error);

    private CrossEncoderException InUse() =>
        new($"'{_path}' is being written, by another program or by another search of this one. Wait for its end, or name another file.");

    /// <summary>Those of the passages that the file lacks, each once.</summary>
    public string[] Missing(string[] passages)
    {
        _passages = passages;
        return [.. passages.Distinct().Where(passage => !_places.ContainsKey(KeyOf(passage)))];
    }

    /// <summary>Writes records behind the last whole one, part by part: a run that is killed loses one part.</summary>
    /// <exception cref="CrossEncoderException">Another writes the file, or it cannot be written.</exception>
    public void Append(IEnumerable<IEnumerable<(string Passage, byte[] States)>> parts, int total, IProgress<WorkProgress>? progress)
    {
        try
        {
            using var alone = FileLock.TryTake(_path + ".lock") ?? throw InUse();
            Scan(); // what another program has added meanwhile
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(_end);
            file.Position = _end;
            var done = 0;
            foreach (var part in parts)
            {
                foreach (var (passage, states) in part)
                {
                    file.Write(RecordHead(KeyOf(passage), states));
                    file.Write(states);
                    _places[KeyOf(passage)] = (file.Position - states.Length, states.Length);
                    progress?.Report(new WorkProgress("computing token states", ++done, total, Path.GetFileName(_path)));
                }

                file.Flush(flushToDisk: true);
            }
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw CannotWrite(error);
        }
    }

    /// <summary>Maps the file into memory, for reading.</summary>
    public void Map()
    {
        _map = new(_path);
        foreach (var passage in _passages)
            _texts[passage] = _places[KeyOf(passage)];
    }

    /// <summary>Whether the states of a passage can be read.</summary>
    public bool Contains(string passage) => _texts.ContainsKey(passage);

    /// <summary>Runs an action over the states of a passage.</summary>
    public T Read<T>(string passage, Func<ReadOnlySpan<byte>, T> action) =>
        _map!.Read(_texts[passage].Offset, _texts[passage].Length, action);

    /// <inheritdoc/>
    public void Dispose() => _map?.Dispose();

    private static byte[] Head(string settings, TokenStates probe)
    {
        var head = new byte[HeadStart + probe.Values.Length * sizeof(float)];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        SHA256.HashData(Encoding.UTF8.GetBytes(settings), head.AsSpan(4, 32));
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(36), probe.Values.Length);
        MemoryMarshal.AsBytes(probe.Values.AsSpan()).CopyTo(head.AsSpan(HeadStart));
        return head;
    }

    private void Require(MappedFile map, byte[] expected)
    {
        var found = new byte[Math.Min(map.Length, expected.Length)];
        map.CopyTo(0, found);
        if (found.Length < HeadStart || !found.AsSpan(0, 4).SequenceEqual(expected.AsSpan(0, 4)))
            throw new CrossEncoderException(
                $"'{_path}' is not a file of token states. Choose another name, or delete it to have it made anew."
            );
        if (!found.AsSpan(0, HeadStart).SequenceEqual(expected.AsSpan(0, HeadStart)) || found.Length < expected.Length)
            throw Other("settings (prefix, limit of tokens, form of the score or of the numbers)");
        if (!(TensorPrimitives.CosineSimilarity(Numbers(found), Numbers(expected)) > SameModel))
            throw Other("weights");

        static ReadOnlySpan<float> Numbers(byte[] head) => MemoryMarshal.Cast<byte, float>(head.AsSpan(HeadStart));

        CrossEncoderException Other(string what) =>
            new(
                $"'{_path}' holds token states of another model: its {what} are not those asked for. "
                    + "Name another file for this model, or delete this one to have it made anew."
            );
    }

    /// <summary>Finds the whole records from the last known one on.</summary>
    private void Scan()
    {
        using var map = new MappedFile(_path);
        var start = new byte[RecordStart];
        while (map.Length - _end >= RecordStart)
        {
            map.CopyTo(_end, start);
            var length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(16));
            var offset = _end + RecordStart;
            if (length < 0 || length % _layout.Bytes != 0 || length > map.Length - offset)
                return;
            var key = BinaryPrimitives.ReadUInt128LittleEndian(start);
            if (!map.Read(offset, length, states => RecordHead(key, states).AsSpan().SequenceEqual(start)))
                return;
            _places[key] = (offset, length);
            _end = offset + length;
        }
    }

    private static byte[] RecordHead(UInt128 key, ReadOnlySpan<byte> states)
    {
        var head = new byte[RecordStart];
        BinaryPrimitives.WriteUInt128LittleEndian(head, key);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), states.Length);
        var checksum = uint.MaxValue; // so that a stretch of zeros, which a power cut may leave, is not a record
        foreach (var part in MemoryMarshal.Cast<byte, ulong>(head.AsSpan(0, 16)))
            checksum = BitOperations.Crc32C(checksum, part);
        foreach (var part in MemoryMarshal.Cast<byte, ulong>(states))
            checksum = BitOperations.Crc32C(checksum, part);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(20), checksum);
        return head;
    }

    private static UInt128 KeyOf(string passage)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(passage), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
