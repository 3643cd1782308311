namespace CrossEncoders.Files;

/// <summary>A file that is to be read.</summary>
internal static class ReadableFile
{
    /// <summary>The full path of a file that is there and that this program may read.</summary>
    /// <param name="path">The path.</param>
    /// <param name="expected">A sentence on what the file is to hold, for messages.</param>
    /// <exception cref="CrossEncoderException">It is missing, or cannot be opened.</exception>
    public static string At(string path, string expected)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new CrossEncoderException($"There is no file '{full}'. {expected}");
        try
        {
            File.OpenHandle(full).Dispose();
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"'{full}' cannot be opened: {error.Message} Let this program read the file, or close the program that has it open.",
                error
            );
        }

        return full;
    }
}
