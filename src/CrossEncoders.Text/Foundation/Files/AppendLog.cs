using System.Text;
using System.Text.Json;

namespace CrossEncoders.Files;

/// <summary>
/// A file of JSON objects, one a line, that grows at its end while a run goes on. A kill tears at most the last line. One process writes
/// it, others may read it meanwhile.
/// </summary>
internal sealed class AppendLog : IDisposable
{
    private readonly Stream _file;
    private readonly FileLock? _held;
    private readonly Lock _gate = new();

    /// <summary>A log at the end of an open file.</summary>
    internal AppendLog(Stream file, FileLock? held = null) => (_file, _held) = (file, held);

    /// <summary>Length of the file in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>
    /// Opens or makes a log and reads what is there. A last line without its end is kept where it can be read, and cut off where it is
    /// the torn start of a line.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="begins">How each of its lines begins, for example <c>{"type":</c>: a line that begins otherwise is never cut
    /// off.</param>
    /// <param name="read">Takes a line and its number; throws where it does not belong to this log.</param>
    /// <param name="lockPath">The file that stands for the right to write; null for the log's own name and ".lock".</param>
    /// <param name="length">Bytes to go on from: what comes after them is cut off.</param>
    /// <returns>The log, or null where another writes it.</returns>
    /// <exception cref="CrossEncoderException">It is not such a log; it stays as it is.</exception>
    /// <exception cref="IOException">It cannot be opened or written.</exception>
    public static AppendLog? TryOpen(
        string path,
        string begins,
        Action<string, int> read,
        string? lockPath = null,
        long length = long.MaxValue
    )
    {
        path = Path.GetFullPath(path);
        if (FileLock.TryTake(lockPath ?? path + ".lock") is not { } held)
            return null;
        try
        {
            return Open(path, begins, read, held, length);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The same for a caller that holds the right to write already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="begins">How each of its lines begins.</param>
    /// <param name="read">Takes a line and its number; throws where it does not belong to this log.</param>
    /// <param name="held">A lock that ends with the log; null for none.</param>
    /// <param name="length">Bytes to go on from: what comes after them is cut off.</param>
    public static AppendLog Open(string path, string begins, Action<string, int> read, FileLock? held, long length)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            var whole = ReadAll(file, Math.Min(length, file.Length), begins, read, out var unended);
            file.SetLength(whole);
            file.Position = whole;
            if (unended)
                file.Write("\n"u8);
            return new(file, held);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a log, which may be written meanwhile and stays as it is.</summary>
    /// <inheritdoc cref="TryOpen"/>
    public static void Read(string path, string begins, Action<string, int> read)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        ReadAll(file, file.Length, begins, read, out _);
    }

    /// <summary>Adds a line in one write. Thread-safe.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="toDisk">Whether to wait until it is on the disk, so that a machine that loses its power keeps it too.</param>
    /// <exception cref="IOException">It cannot be written; what was written of it is taken back.</exception>
    public void Append(string line, bool toDisk = false)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_gate)
        {
            var before = _file.Position;
            try
            {
                _file.Write(bytes);
                if (toDisk && _file is FileStream file)
                    file.Flush(flushToDisk: true);
            }
            catch
            {
                _file.SetLength(before);
                _file.Position = before;
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _held?.Dispose();
    }

    /// <summary>Reads up to a length, no more than a line in memory, and gives the bytes to keep.</summary>
    private static long ReadAll(FileStream file, long length, string begins, Action<string, int> read, out bool unended)
    {
        unended = false;
        file.Position = 0;
        var (bytes, kept, number) = (new byte[1 << 16], 0, 1); // those kept begin a line whose end has not been read
        for (long left = length; left > 0; )
        {
            if (kept == bytes.Length)
                Array.Resize(ref bytes, 2 * bytes.Length);
            var count = (int)Math.Min(left, bytes.Length - kept);
            file.ReadExactly(bytes, kept, count);
            left -= count;
            var (start, end, filled) = (0, kept, kept + count);
            for (; bytes.AsSpan(end, filled - end).IndexOf((byte)'\n') is >= 0 and var at; start = ++end, number++)
            {
                end += at;
                var line = Encoding.UTF8.GetString(bytes, start, end - start);
                if (!string.IsNullOrWhiteSpace(line))
                    read(line, number);
            }

            kept = filled - start;
            bytes.AsSpan(start, kept).CopyTo(bytes);
        }

        var rest = Encoding.UTF8.GetString(bytes, 0, kept);
        if (rest.Length == 0 || IsTorn(rest, begins))
            return length - kept;
        read(rest, number);
        unended = true;
        return length;
    }

    private static bool IsTorn(string line, string begins)
    {
        if (line.All(c => c == '\0' || char.IsWhiteSpace(c)))
            return true; // what a machine leaves that lost its power
        if (!line.StartsWith(begins, StringComparison.Ordinal) && !begins.StartsWith(line, StringComparison.Ordinal))
            return false;
        try
        {
            using var _ = JsonDocument.Parse(line);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
