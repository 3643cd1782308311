using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class MappedFileTests : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1";

    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch["weights.bin"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0, 10)]
    [InlineData(4095, 2)] // over the edge of a page
    [InlineData(4096, 4096)]
    [InlineData(99_999, 1)]
    [InlineData(100_000, 0)]
    [InlineData(0, 100_000)]
    public void AnyStretchIsRead(long offset, int count)
    {
        var bytes = Bytes(100_000);
        File.WriteAllBytes(Path, bytes);
        using var file = new MappedFile(Path);
        Assert.Equal((100_000, Path), (file.Length, file.FilePath));
        var expected = bytes[(int)offset..((int)offset + count)];
        Assert.Equal(expected, file.Read(offset, count, stretch => stretch.ToArray()));
        var copy = new byte[count];
        file.CopyTo(offset, copy);
        Assert.Equal(expected, copy);
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(5, 1)]
    [InlineData(6, 0)]
    [InlineData(-1, 2)]
    [InlineData(0, -1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void WhatIsBeyondTheEndIsRefused(long offset, int count)
    {
        File.WriteAllBytes(Path, Bytes(5));
        using var file = new MappedFile(Path);
        var error = Assert.Throws<CrossEncoderException>(() => file.Read(offset, count, stretch => stretch.Length));
        Assert.StartsWith($"'{Path}' is cut short: bytes {offset} to ", error.Message);
        Assert.EndsWith("but it has 5.", error.Message);
    }

    [Fact]
    public void ACopyThatIsTooLongLeavesItsDestination()
    {
        File.WriteAllBytes(Path, Bytes(5));
        using var file = new MappedFile(Path);
        var destination = new byte[6];
        Assert.Throws<CrossEncoderException>(() => file.CopyTo(0, destination));
        Assert.Equal(new byte[6], destination);
    }

    [Fact]
    public void AnEmptyFileHasNothingToRead()
    {
        File.WriteAllBytes(Path, []);
        using var file = new MappedFile(Path);
        Assert.Equal(0, file.Read(0, 0, stretch => stretch.Length));
        Assert.Throws<CrossEncoderException>(() => file.Read(0, 1, stretch => stretch.Length));
    }

    [Theory]
    [InlineData(Pointer, true)]
    [InlineData(Pointer + "\noid sha256:0123\nsize 9\n", true)]
    [InlineData("version https://git-lfs.github.com/spec/v", false)]
    [InlineData("Version https://git-lfs.github.com/spec/v1\n", false)]
    [InlineData("version https://git-lfs.github.com/spec/v2\n", false)]
    public void APointerIsNotTakenForTheFile(string text, bool isPointer)
    {
        File.WriteAllText(Path, text);
        if (!isPointer)
        {
            using var file = new MappedFile(Path);
            Assert.Equal(text.Length, file.Length);
            return;
        }
        var error = Assert.Throws<CrossEncoderException>(() => new MappedFile(Path));
        Assert.Contains(Path, error.Message);
        Assert.Contains("git lfs pull", error.Message);
        File.Delete(Path); // and it is not kept open
        using (new FileStream(Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None)) { }
    }

    [Fact]
    public void WhatCannotBeOpenedIsNamed()
    {
        Assert.Contains($"Cannot open '{Path}'", Assert.Throws<CrossEncoderException>(() => new MappedFile(Path)).Message);
        Assert.Contains(_scratch.Path, Assert.Throws<CrossEncoderException>(() => new MappedFile(_scratch.Path)).Message);
        using var held = new FileStream(Path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Throws<CrossEncoderException>(() => new MappedFile(Path));
    }

    [Fact]
    public void SeveralReadAtATimeAndNobodyWrites()
    {
        File.WriteAllBytes(Path, Bytes(50_000));
        using var first = new MappedFile(Path);
        using var second = new MappedFile(Path);
        Parallel.For(0, 40, number =>
            Assert.Equal(Byte(number * 1000), (number % 2 == 0 ? first : second).Read(number * 1000, 1, stretch => stretch[0]))
        );
        Assert.ThrowsAny<IOException>(() => File.OpenWrite(Path));
    }

    [Fact]
    public void AnErrorOfTheReaderIsItsOwnAndTheFileStaysOfUse()
    {
        File.WriteAllBytes(Path, Bytes(9));
        using var file = new MappedFile(Path);
        Assert.Throws<FormatException>(() => file.Read<int>(0, 9, _ => throw new FormatException("a mistake")));
        Assert.Equal(Byte(8), file.Read(8, 1, stretch => stretch[0]));
    }

    [Fact]
    public void AfterItsEndItReadsNothingAndHoldsNothing()
    {
        File.WriteAllBytes(Path, Bytes(9));
        var file = new MappedFile(Path);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Read(0, 1, stretch => stretch[0]));
        using var alone = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(9, alone.Length);
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(Byte)];

    private static byte Byte(int index) => (byte)(index * 31 + index / 256);
}
