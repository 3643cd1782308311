using System.IO.MemoryMappedFiles;

namespace CrossEncoders.Files;

/// <summary>A file mapped read-only into memory, so that its bytes reach a tensor without a managed copy.</summary>
/// <remarks>Another program must not shorten the file meanwhile: reading a page that is gone ends the process.</remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;

    /// <summary>Maps a file; an empty file is allowed.</summary>
    /// <exception cref="CrossEncoderException">The file cannot be opened.</exception>
    public MappedFile(string path)
    {
        FilePath = path;
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            Length = _file.Length;
            if (Length == 0)
                return;
            _map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new CrossEncoderException($"Cannot open '{path}': {error.Message}", error);
        }

        if (Length < 42 || !Read(0, 42, bytes => bytes.SequenceEqual("version https://git-lfs.github.com/spec/v1"u8)))
            return;
        Dispose();
        throw new CrossEncoderException(
            $"'{path}' is a Git LFS pointer, not the file itself. Fetch the file with 'git lfs pull' or download it again."
        );
    }

    /// <summary>The path as given.</summary>
    public string FilePath { get; }

    /// <summary>Bytes in the file.</summary>
    public long Length { get; }

    /// <summary>Runs an action over a stretch of at most 2 GiB of the file.</summary>
    public T Read<T>(long offset, int count, Func<ReadOnlySpan<byte>, T> action)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
            throw new CrossEncoderException(
                $"'{FilePath}' is cut short: bytes {offset} to {offset + count} were expected, but it has {Length}."
            );
        if (_view is null)
            return action([]);
        byte* start = null;
        try
        {
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return action(new ReadOnlySpan<byte>(start + _view.PointerOffset + offset, count));
        }
        finally
        {
            if (start != null)
                _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>Copies bytes of the file, from <paramref name="offset"/> on, to a destination.</summary>
    public void CopyTo(long offset, Span<byte> destination)
    {
        fixed (byte* target = destination)
        {
            // A span cannot be captured; its pinned address can.
            var (address, count) = ((nint)target, destination.Length);
            Read(offset, count, source => source.TryCopyTo(new Span<byte>((byte*)address, count)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
        _file?.Dispose();
    }
}
