using System.Text.RegularExpressions;

namespace CrossEncoders.Files;

/// <summary>
/// The changes that saving a model and a training make on the disk, one by one, so that a test can look before each of them. But for the
/// writing of a file, the system makes each of them whole or not at all.
/// </summary>
/// <param name="before">
/// Called before each change with its name; what it throws ends the work there, as a kill would. Null for nothing.
/// </param>
internal sealed partial class FolderSteps(Action<string>? before = null)
{
    /// <summary>The name of a folder that is being written.</summary>
    public const string Saving = ".saving~";

    /// <summary>The name of one that is complete and takes the old one's place.</summary>
    public const string Saved = ".saved~";

    /// <summary>The name of one whose files move to their places; the old ones are gone.</summary>
    public const string Placing = ".placing~";

    /// <summary>Whether a save to a folder has gone far enough that the new model is the one that counts, but has not finished.</summary>
    public static bool IsDecided(string folder) => Leftovers(folder, Saved).Count > 0 || Leftovers(folder, Placing).Count > 0;

    /// <summary>The folders whose names start like this and end in twelve hexadecimal digits; no one but a save makes such names.</summary>
    public static List<string> Leftovers(string place, string start) =>
        [
            .. Directory
                .EnumerateDirectories(place)
                .Where(path =>
                    Path.GetFileName(path) is var name
                    && name.StartsWith(start, StringComparison.Ordinal)
                    && Digits().IsMatch(name[start.Length..])
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The names of all files below a folder, relative to it, in ordinal order.</summary>
    public static List<string> Files(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Waits until the files of a folder are on the disk.</summary>
    public static void FlushFiles(string folder)
    {
        foreach (var name in Files(folder))
        {
            using var file = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Write, FileShare.Read);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Makes a folder and those above it.</summary>
    public void Create(string path)
    {
        before?.Invoke($"create {Path.GetFileName(path)}");
        Directory.CreateDirectory(path);
    }

    /// <summary>Lets an action write one file.</summary>
    public void Write(string path, Action<string> write)
    {
        before?.Invoke($"write {Path.GetFileName(path)}");
        write(path);
    }

    /// <summary>
    /// Renames a file, in place of another where there is one, or a folder; the folder above is made where it is missing.
    /// </summary>
    public void Move(string path, string to)
    {
        before?.Invoke($"move {Path.GetFileName(path)} to {Path.GetFileName(to)}");
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (Directory.Exists(path))
            Directory.Move(path, to);
        else
            File.Move(path, to, overwrite: true);
    }

    /// <summary>Deletes a file, or a folder with all in it, one by one, links as links; what is not there is no error.</summary>
    public void Delete(string path)
    {
        if (!Path.Exists(path))
            return;
        var isFolder = Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null;
        if (isFolder)
            foreach (var entry in Directory.GetFileSystemEntries(path))
                Delete(entry);
        before?.Invoke($"delete {Path.GetFileName(path)}");
        if (isFolder)
            Directory.Delete(path);
        else
            File.Delete(path);
    }

    [GeneratedRegex(@"^[0-9a-f]{12}\z")]
    private static partial Regex Digits();
}
