namespace CrossEncoders.Files;

/// <summary>A file that appears whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to a temporary name first, then renames.</summary>
    /// <exception cref="CrossEncoderException">The file cannot be written; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var temporary = full + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var stream = File.Create(temporary))
                write(stream);
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception error)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            if (error is not (IOException or UnauthorizedAccessException))
                throw;
            throw new CrossEncoderException($"'{full}' cannot be written: {error.Message} Free some space or choose another path.", error);
        }
    }
}
