using System.Text;

namespace CrossEncoders.Files;

/// <summary>A file that appears whole or not at all, whenever the process is killed and whoever else writes it at the same time.</summary>
internal static partial class AtomicFile
{
    /// <summary>Writes a text in UTF-8 without a byte order mark.</summary>
    /// <exception cref="CrossEncoderException">The file cannot be written; what was there before still is.</exception>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(new UTF8Encoding(false).GetBytes(text)));

    /// <summary>Writes to a temporary name first, then renames.</summary>
    /// <exception cref="CrossEncoderException">The file cannot be written; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            Replace(path, write);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"'{Path.GetFullPath(path)}' cannot be written: {error.Message} {DiskErrors.Remedy(error)} What was there before still is.",
                error
            );
        }
    }
}
