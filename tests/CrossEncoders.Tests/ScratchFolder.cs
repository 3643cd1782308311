namespace CrossEncoders.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cross-encoders-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
