namespace CrossEncoders.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cross-encoders-").FullName;

    /// <summary>The full path of something in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public ScratchFolder With(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this;
    }

    public ScratchFolder Copy(string folder, params string[] names)
    {
        foreach (var name in names)
            File.Copy(System.IO.Path.Combine(folder, name), this[name]);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
