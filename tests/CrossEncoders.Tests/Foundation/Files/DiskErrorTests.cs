using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class DiskErrorTests : IDisposable
{
    private const string Refused = "Choose a place that this program may write to.";
    private const string Held = "Close the program that has it open.";
    private const string Full = "Free some space or choose another path.";
    private const string Elsewhere = "Choose another path.";

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(11, Held)] // EAGAIN on Linux
    [InlineData(35, Held)] // EAGAIN on macOS
    [InlineData(30, Refused)] // EROFS
    [InlineData(28, Full)] // ENOSPC
    [InlineData(122, Full)] // EDQUOT
    [InlineData(5, Full)] // EIO
    public void TheSystemsNumberDecidesTheAdvice(int number, string advice)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the numbers of Unix");
        Assert.Equal(advice, DiskErrors.Remedy(new IOException("an error", number)));
        Assert.Equal(advice == Held, DiskErrors.IsInUse(new IOException("an error", number)));
    }

    [Fact]
    public void TheKindOfErrorDecidesIt()
    {
        Assert.Equal(Refused, DiskErrors.Remedy(new UnauthorizedAccessException()));
        Assert.Equal(Elsewhere, DiskErrors.Remedy(new PathTooLongException()));
        Assert.Equal(Elsewhere, DiskErrors.Remedy(new DirectoryNotFoundException()));
        Assert.False(DiskErrors.IsInUse(new UnauthorizedAccessException { HResult = 11 }));
    }

    [Fact]
    public void OnlyTheDisksErrorsAreItsOwn()
    {
        Assert.All(
            [new IOException(), new FileNotFoundException(), new EndOfStreamException(), new UnauthorizedAccessException()],
            (Exception error) => Assert.True(DiskErrors.Is(error))
        );
        Assert.All(
            [new FormatException(), new CrossEncoderException("ours"), new OperationCanceledException(), new ArgumentException("ours")],
            (Exception error) => Assert.False(DiskErrors.Is(error))
        );
    }

    [Fact]
    public void RealErrorsGetTheirAdvice()
    {
        var (file, name) = (_scratch["file"], new string('n', 300));
        File.WriteAllText(file, "text");
        Assert.Equal(Elsewhere, DiskErrors.Remedy(Record.Exception(() => File.WriteAllText(_scratch["no/file"], ""))!));
        Assert.Equal(Elsewhere, DiskErrors.Remedy(Record.Exception(() => File.WriteAllText(_scratch[name], ""))!));
        Assert.Equal(Refused, DiskErrors.Remedy(Record.Exception(() => File.WriteAllText(_scratch.Path, ""))!));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("file/below")]
    [InlineData("loop")]
    public void AFileThatCannotBeWrittenIsNamedAndNothingIsLeft(string name)
    {
        Directory.CreateDirectory(_scratch["folder"]);
        _scratch.With("file", "text");
        File.CreateSymbolicLink(_scratch["loop"], _scratch["back"]);
        File.CreateSymbolicLink(_scratch["back"], _scratch["loop"]);
        var before = Directory.GetFileSystemEntries(_scratch.Path).Order().ToList();
        var error = Assert.Throws<CrossEncoderException>(() => AtomicFile.Write(_scratch[name], "new"));
        Assert.StartsWith($"'{_scratch[name]}' cannot be written: ", error.Message);
        Assert.EndsWith("What was there before still is.", error.Message);
        Assert.Equal(before, Directory.GetFileSystemEntries(_scratch.Path).Order());
        Assert.Equal("text", File.ReadAllText(_scratch["file"]));
    }
}
