using System.Text;
using CrossEncoders.Files;

namespace NotebookRunner.Notebooks;

/// <summary>Files that are there as a whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes a text in UTF-8; a failed write leaves the old file and nothing new.</summary>
    /// <exception cref="IOException">It cannot be written; the message names the file.</exception>
    public static void WriteAllText(string path, string text)
    {
        try
        {
            AtomicFile.Replace(path, stream => stream.Write(new UTF8Encoding(false).GetBytes(text)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot write {path}: {error.Message}", error);
        }
    }
}
