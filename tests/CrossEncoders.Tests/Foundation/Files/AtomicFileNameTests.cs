using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class AtomicFileNameTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("三", 80)]
    [InlineData("😀", 60)] // the temporary name is cut between the halves of none of them
    [InlineData("a😀", 48)]
    [InlineData("é", 120)]
    public void ANameOfAnyLettersFitsTheSystemsLimitOf255Bytes(string letters, int times)
    {
        var name = string.Concat(Enumerable.Repeat(letters, times));
        AtomicFile.Write(_scratch[name], "old");
        AtomicFile.Write(_scratch[name], "new");
        Assert.Equal([name], Directory.GetFiles(_scratch.Path).Select(Path.GetFileName));
        Assert.Equal("new", File.ReadAllText(_scratch[name]));
    }

    [Fact]
    public void ATemporaryNameLiesBesideItsFile()
    {
        Assert.Matches(@"^file\.json\.[0-9a-f]{12}\.tmp$", AtomicFile.Temporary("file.json"));
        Assert.Equal(_scratch["a"], Path.GetDirectoryName(AtomicFile.Temporary(_scratch["a/file"])));
        Assert.Equal(77, Path.GetFileName(AtomicFile.Temporary(_scratch[new string('n', 200)])).Length);
    }

    [Fact]
    public void ALinkToALinkStaysAndTheFileAtTheEndIsReplaced()
    {
        Directory.CreateDirectory(_scratch["a"]);
        _scratch.With("a/file", "old");
        File.CreateSymbolicLink(_scratch["second"], "a/file"); // as it stands beside the link
        File.CreateSymbolicLink(_scratch["first"], _scratch["second"]);
        AtomicFile.Write(_scratch["first"], "new");
        Assert.Equal("new", File.ReadAllText(_scratch["a/file"]));
        Assert.Equal("a/file", new FileInfo(_scratch["second"]).LinkTarget);
        Assert.Equal(["file"], Directory.GetFiles(_scratch["a"]).Select(Path.GetFileName));
    }

    [Fact]
    public void AReaderThatHasTheOldFileOpenGoesOnReadingIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows replaces no file that is open");
        _scratch.With("file", "the old text");
        using var reader = new StreamReader(_scratch["file"]);
        var start = (char)reader.Read();
        AtomicFile.Write(_scratch["file"], "new");
        Assert.Equal("the old text", start + reader.ReadToEnd());
    }

    [Fact]
    public void TheBytesAreWhatIsWrittenWhateverTheLengthForetold()
    {
        AtomicFile.Replace(_scratch["file"], stream => stream.Write(new byte[10]), length: 10);
        Assert.Equal(10, new FileInfo(_scratch["file"]).Length);
        AtomicFile.Replace(_scratch["file"], stream => stream.Write(new byte[20]), length: 10);
        Assert.Equal(20, new FileInfo(_scratch["file"]).Length);
    }

    [Fact]
    public void ATemporaryFileOfAKilledWriterIsInNobodysWay()
    {
        var rest = AtomicFile.Temporary(_scratch["file"]);
        File.WriteAllText(rest, "half");
        AtomicFile.Write(_scratch["file"], "whole");
        Assert.Equal("whole", File.ReadAllText(_scratch["file"]));
        Assert.Equal("half", File.ReadAllText(rest)); // it may be another's, who goes on
    }
}
