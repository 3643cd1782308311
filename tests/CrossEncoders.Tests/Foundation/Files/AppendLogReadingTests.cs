using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class AppendLogReadingTests : IDisposable
{
    private const string Begins = "{\"type\":";

    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch["run.jsonl"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\n", "")]
    [InlineData("{\"type\":1}\n\n  \n{\"type\":2}\n", "1", "4")] // as an editor counts them
    [InlineData("{\"type\":1}\r\n{\"type\":2}\r\n", "1", "2")]
    [InlineData("{\"type\":1}\n{\"type\":2}", "1", "2")]
    [InlineData("{\"type\":1}\n{\"type\":", "1")]
    [InlineData("{\"type\":1}", "1")]
    public void LinesHaveTheNumbersThatAnEditorShows(string text, params string[] numbers)
    {
        File.WriteAllText(Path, text);
        var read = new List<string>();
        AppendLog.Read(Path, Begins, (_, number) => read.Add($"{number}"));
        Assert.Equal(numbers.Where(number => number.Length > 0), read);
        Assert.Equal(text, File.ReadAllText(Path));
    }

    [Fact]
    public void ATornLineInTheMiddleIsTheReadersToJudge()
    {
        File.WriteAllText(Path, "{\"type\":1}\n{\"ty\n{\"type\":2}\n");
        var read = new List<string>();
        AppendLog.Read(Path, Begins, (line, _) => read.Add(line));
        Assert.Equal(["{\"type\":1}", "{\"ty", "{\"type\":2}"], read);
    }

    [Fact]
    public void AReaderThatRefusesLetsGoOfFileAndLock()
    {
        File.WriteAllText(Path, "{\"type\":1}\n");
        for (var times = 0; times < 2; times++)
            Assert.Throws<FormatException>(() => AppendLog.TryOpen(Path, Begins, (_, _) => throw new FormatException("not mine")));
        using var alone = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Single(Directory.GetFiles(_scratch.Path)); // and no lock lies about
    }

    [Fact]
    public void TheRightToWriteMayLieElsewhere()
    {
        using (var log = AppendLog.TryOpen(Path, Begins, (_, _) => { }, _scratch["other.lock"]))
        {
            Assert.NotNull(log);
            Assert.True(File.Exists(_scratch["other.lock"]));
            Assert.Null(AppendLog.TryOpen(_scratch["another.jsonl"], Begins, (_, _) => { }, _scratch["other.lock"]));
        }
        Assert.False(File.Exists(_scratch["another.jsonl"]));
        using var again = AppendLog.TryOpen(Path, Begins, (_, _) => { }, _scratch["other.lock"]);
        Assert.NotNull(again);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(11, "{\"type\":1}\n")]
    [InlineData(14, "{\"type\":1}\n")] // in the middle of a line, whose start is torn
    [InlineData(1000, "{\"type\":1}\n{\"type\":2}\n")]
    public void WhatComesAfterALengthIsCutOff(long length, string kept)
    {
        File.WriteAllText(Path, "{\"type\":1}\n{\"type\":2}\n");
        AppendLog.TryOpen(Path, Begins, (_, _) => { }, length: length)!.Dispose();
        Assert.Equal(kept, File.ReadAllText(Path));
    }

    [Fact]
    public void ALongLineIsOneLine()
    {
        var line = $"{{\"type\":\"{new string('三', 500_000)}\"}}";
        using (var log = AppendLog.TryOpen(Path, Begins, (_, _) => { }))
            log!.Append(line);
        var read = new List<string>();
        AppendLog.Read(Path, Begins, (found, _) => read.Add(found));
        Assert.Equal([line], read);
    }

    [Theory]
    [InlineData((1 << 16) - 2)] // lines end at, before and after the places where the reading halts
    [InlineData((1 << 16) - 1)]
    [InlineData(1 << 16)]
    [InlineData(1 << 17)]
    [InlineData(20_000)]
    public void LinesOfAnyLengthComeBackWithTheirNumbers(int length)
    {
        string[] lines = [.. Enumerable.Range(0, 7).Select(i => $"{{\"type\":{i}}}".PadRight(i % 2 == 0 ? length : length - i, '三'))];
        File.WriteAllText(Path, string.Join('\n', lines) + "\n\n{\"type\":");
        var read = new List<(string, int)>();
        AppendLog.TryOpen(Path, Begins, (line, number) => read.Add((line, number)))!.Dispose();
        Assert.Equal(lines.Select((line, i) => (line, i + 1)), read);
        Assert.Equal(string.Join('\n', lines) + "\n\n", File.ReadAllText(Path));
    }

    [Fact]
    public void NoMoreThanALineIsInMemory()
    {
        File.WriteAllText(Path, string.Concat(Enumerable.Repeat("{\"type\":1}\n", 200_000)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FormatException>(() => AppendLog.Read(Path, Begins, (_, _) => throw new FormatException("not mine")));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void ALineTornAtAnyByteIsCutOffOrWhole()
    {
        var (first, second) = ("{\"type\":1}\n"u8.ToArray(), Encoding.UTF8.GetBytes("{\"type\":\"é 三 😀\",\"n\":[1,2]}"));
        for (var length = 1; length <= second.Length; length++)
        {
            File.WriteAllBytes(Path, [.. first, .. second[..length]]);
            AppendLog.TryOpen(Path, Begins, (_, _) => { })!.Dispose();
            byte[] expected = length < second.Length ? first : [.. first, .. second, (byte)'\n'];
            Assert.Equal(expected, File.ReadAllBytes(Path));
        }
    }

    [Fact]
    public void AfterItsEndAnotherMayWrite()
    {
        var log = AppendLog.TryOpen(Path, Begins, (_, _) => { })!;
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(() => log.Append("{\"type\":1}"));
        using var next = AppendLog.TryOpen(Path, Begins, (_, _) => { });
        Assert.NotNull(next);
    }

    [Fact]
    public void WhatIsMissingIsNotMadeByReading()
    {
        Assert.Throws<FileNotFoundException>(() => AppendLog.Read(Path, Begins, (_, _) => { }));
        Assert.False(File.Exists(Path));
    }
}
