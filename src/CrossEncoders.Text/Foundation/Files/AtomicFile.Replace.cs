namespace CrossEncoders.Files;

// The notebook runner compiles this file too: it uses nothing but the system.
internal static partial class AtomicFile
{
    /// <summary>Writes to a temporary name first, then renames; throws the system's own errors, for callers that say more.</summary>
    /// <param name="path">The file; its folder is made where it is missing. Where it is a link, what the link leads to is replaced.</param>
    /// <param name="write">Writes the bytes; its error leaves the old file and nothing new.</param>
    /// <param name="length">The number of bytes to come, so that a full disk shows at once; 0 where unknown.</param>
    public static void Replace(string path, Action<Stream> write, long length = 0)
    {
        var full = Path.GetFullPath(path);
        if (new FileInfo(full) is { LinkTarget: not null } link)
            full = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = Temporary(full);
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                PreallocationSize = length,
            };
            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>
    /// A name beside a path that no other process or thread uses: the path's own (or its start), twelve random characters and ".tmp".
    /// </summary>
    public static string Temporary(string path)
    {
        var name = Path.GetFileName(path);
        var start = name[..Math.Min(name.Length, 60)]; // names end at 255 bytes
        return Path.Combine(Path.GetDirectoryName(path) ?? "", $"{start}.{Guid.NewGuid().ToString("N")[..12]}.tmp");
    }
}
