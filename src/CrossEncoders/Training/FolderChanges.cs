namespace CrossEncoders.Training;

/// <summary>
/// Every change that a training makes to files other than its log: one at a time, so that a test can look before each of them.
/// </summary>
/// <param name="before">Called before each change with what is about to be done; null for nothing.</param>
internal sealed class FolderChanges(Action<string>? before = null)
{
    /// <summary>Makes a folder and those above it.</summary>
    public void CreateFolder(string path)
    {
        before?.Invoke($"create {path}");
        Directory.CreateDirectory(path);
    }

    /// <summary>Lets an action write one file.</summary>
    public void Write(string path, Action<string> write)
    {
        before?.Invoke($"write {path}");
        write(path);
    }

    /// <summary>Renames a folder, or a file, which then takes the place of the one that has the name.</summary>
    public void Move(string from, string to)
    {
        before?.Invoke($"move {from} to {to}");
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to, overwrite: true);
    }

    /// <summary>Deletes a file, or a folder with all that is in it, one by one.</summary>
    public void Delete(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            foreach (var inner in Directory.GetFileSystemEntries(path))
                Delete(inner);
            before?.Invoke($"delete {path}");
            Directory.Delete(path);
        }
        else if (Path.Exists(path))
        {
            before?.Invoke($"delete {path}");
            File.Delete(path);
        }
    }
}
