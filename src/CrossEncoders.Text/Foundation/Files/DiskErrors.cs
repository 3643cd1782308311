namespace CrossEncoders.Files;

/// <summary>What the errors of files and folders mean to a user.</summary>
internal static class DiskErrors
{
    /// <summary>Whether an error is the disk's or the system's, and not a mistake of the program.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>
    /// Whether another process, or another place in this one, holds the file: EAGAIN as Linux and macOS number it, or Windows' sharing
    /// violation.
    /// </summary>
    public static bool IsInUse(Exception error) =>
        error is IOException && (OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 32 or 33 : error.HResult is 11 or 35);

    /// <summary>A sentence on what to do about an error of writing.</summary>
    public static string Remedy(Exception error) =>
        IsInUse(error) ? "Close the program that has it open."
        : IsRefused(error) ? "Choose a place that this program may write to."
        : error is PathTooLongException or DirectoryNotFoundException ? "Choose another path."
        : "Free some space or choose another path.";

    // No permission, or a disk that is read-only (EROFS).
    private static bool IsRefused(Exception error) =>
        error is UnauthorizedAccessException || (OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) == 19 : error.HResult == 30);
}
