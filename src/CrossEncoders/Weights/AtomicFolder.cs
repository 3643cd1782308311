namespace CrossEncoders.Weights;

/// <summary>A folder that appears whole or not at all.</summary>
internal static class AtomicFolder
{
    /// <summary>Lets <paramref name="write"/> fill a folder beside the target, which then takes its place.</summary>
    /// <exception cref="CrossEncoderException">The folder cannot be written; what was there before still is.</exception>
    public static void Write(string folder, Action<string> write)
    {
        var target = Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder));
        var building = $"{target}.saving-{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(building);
            write(building);
            if (Directory.Exists(target))
            {
                var old = $"{target}.old-{Environment.ProcessId}";
                Directory.Move(target, old);
                Directory.Move(building, target);
                Directory.Delete(old, recursive: true);
            }
            else
            {
                Directory.Move(building, target);
            }
        }
        catch (Exception error)
        {
            if (Directory.Exists(building)) Directory.Delete(building, recursive: true);
            if (error is IOException or UnauthorizedAccessException)
                throw new CrossEncoderException($"{target} could not be written: {error.Message} Free some space or choose another folder; nothing was left half-written.", error);
            throw;
        }
    }
}
