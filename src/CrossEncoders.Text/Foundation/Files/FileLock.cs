using System.Diagnostics;

namespace CrossEncoders.Files;

/// <summary>
/// A file that one process at a time, and one place in it, holds. The system lets go when the process ends, however it ends. On Unix it
/// is an exclusive flock, which Python's filelock takes too.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;
    private readonly bool _passing;

    private FileLock(FileStream file, bool passing) => (_file, _passing) = (file, passing);

    /// <summary>Takes the lock, or gives null where another holds it.</summary>
    /// <param name="path">The file that stands for the lock, with no content; its folder is made where it is missing.</param>
    /// <param name="passing">Whether the file goes away when the lock ends.</param>
    public static FileLock? TryTake(string path, bool passing = true)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
            try
            {
                var onClose = passing && OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, onClose);
                if (File.Exists(path) && !HasLostItsName(file))
                    return new(file, passing);
                file.Dispose(); // the holder before took the name away between the opening and the locking
            }
            catch (IOException error) when (DiskErrors.IsInUse(error))
            {
                return null;
            }
    }

    /// <summary>Waits until the lock is free.</summary>
    /// <param name="path">The file that stands for the lock; it stays afterwards.</param>
    /// <param name="waiting">Called once where another holds it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<FileLock> TakeAsync(string path, Action waiting, CancellationToken cancellation)
    {
        for (var told = false; ; told = true)
        {
            if (TryTake(path, passing: false) is { } taken)
                return taken;
            if (!told)
                waiting();
            await Task.Delay(100, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Opens a file that several processes write a little to from time to time, and keeps them from it until it is closed.
    /// </summary>
    /// <param name="path">The file; made where it is missing.</param>
    /// <param name="patience">How long to wait for the others.</param>
    /// <exception cref="IOException">Another held it all that time.</exception>
    public static FileStream Open(string path, TimeSpan patience)
    {
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(Random.Shared.Next(2, 20)))
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException error) when (DiskErrors.IsInUse(error) && waited.Elapsed < patience)
            {
                continue;
            }
    }

    /// <summary>Whether the file was deleted, though another of its name may be there by now. Linux alone tells.</summary>
    private static bool HasLostItsName(FileStream file) =>
        OperatingSystem.IsLinux()
        && new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget is { } target
        && target.EndsWith(" (deleted)", StringComparison.Ordinal);

    /// <summary>Lets go.</summary>
    public void Dispose()
    {
        if (_passing && !OperatingSystem.IsWindows() && File.Exists(_file.Name))
            File.Delete(_file.Name); // while it is still held, so that the name of another's is never taken away
        _file.Dispose();
    }
}
