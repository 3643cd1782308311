using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ATextIsWrittenWithoutAMarkAndItsFolderMade()
    {
        AtomicFile.Write(_scratch["a/b/三.txt"], "é");
        Assert.Equal("é"u8.ToArray(), File.ReadAllBytes(_scratch["a/b/三.txt"]));
        Assert.Equal(["三.txt"], Directory.GetFileSystemEntries(_scratch["a/b"]).Select(Path.GetFileName));
    }

    [Fact]
    public void AnErrorLeavesTheOldFileAndNothingElse()
    {
        AtomicFile.Write(_scratch["file"], "old");
        var error = Assert.Throws<CrossEncoderException>(() => AtomicFile.Write(_scratch["file"], stream =>
            {
                stream.Write("new"u8);
                throw new IOException("The cable is out.");
            }));
        Assert.Contains("The cable is out.", error.Message);
        Assert.Contains(_scratch["file"], error.Message);
        Assert.Throws<FormatException>(() => AtomicFile.Write(_scratch["file"], _ => throw new FormatException("a mistake")));
        Assert.Equal("old", File.ReadAllText(_scratch["file"]));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void WritersOfTheSameFileDoNotDisturbEachOther()
    {
        var texts = Enumerable.Range(0, 8).Select(number => new string((char)('a' + number), 100_000)).ToList();
        Parallel.ForEach(texts, text => AtomicFile.Write(_scratch["file"], text));
        Assert.Contains(File.ReadAllText(_scratch["file"]), texts);
        Assert.Equal(["file"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void AFileThatIsALinkStaysOne()
    {
        Directory.CreateDirectory(_scratch["elsewhere"]);
        File.CreateSymbolicLink(_scratch["link"], _scratch["elsewhere/file"]);
        AtomicFile.Write(_scratch["link"], "one"); // what it leads to is not there yet
        AtomicFile.Write(_scratch["link"], "two");
        Assert.Equal(_scratch["elsewhere/file"], new FileInfo(_scratch["link"]).LinkTarget);
        Assert.Equal("two", File.ReadAllText(_scratch["elsewhere/file"]));
    }

    [Fact]
    public void ALongNameFindsATemporaryOneToo()
    {
        var name = new string('n', 240);
        AtomicFile.Write(_scratch[name], "text");
        Assert.Equal("text", File.ReadAllText(_scratch[name]));
        Assert.NotEqual(AtomicFile.Temporary("file"), AtomicFile.Temporary("file"));
    }

    [Fact]
    public void TheAdviceFitsTheError()
    {
        Assert.Contains("Free some space", DiskErrors.Remedy(new IOException("full", 28)));
        Assert.Contains("may write to", DiskErrors.Remedy(new UnauthorizedAccessException()));
        Assert.Contains("another path", DiskErrors.Remedy(new DirectoryNotFoundException()));
        using var held = new FileStream(_scratch["held"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var error = Assert.ThrowsAny<IOException>(() => File.ReadAllText(_scratch["held"]));
        Assert.True(DiskErrors.IsInUse(error));
        Assert.Equal("Close the program that has it open.", DiskErrors.Remedy(error));
    }
}
