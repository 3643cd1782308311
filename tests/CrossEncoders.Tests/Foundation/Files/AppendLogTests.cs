using System.Text;
using CrossEncoders.Files;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class AppendLogTests : IDisposable
{
    private const string Begins = "{\"type\":";

    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch["run.jsonl"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void LinesComeBackInTheirOrderWithTheirNumbers()
    {
        using (var log = Open())
        {
            log!.Append("{\"type\":1}");
            log.Append("{\"type\":\"é 三\"}", toDisk: true);
            Assert.Equal(new FileInfo(Path).Length, log.Length);
        }

        Assert.Equal(["1 {\"type\":1}", "2 {\"type\":\"é 三\"}"], Read());
        Assert.Equal(["run.jsonl"], Directory.GetFileSystemEntries(_scratch.Path).Select(System.IO.Path.GetFileName));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"ty")]
    [InlineData("{\"type\":")]
    [InlineData("{\"type\":1,\"loss\":0.2")]
    [InlineData("{\"type\":\"三")]
    [InlineData("\0\0\0\0")]
    [InlineData("  ")]
    public void ATornLastLineIsCutOff(string torn)
    {
        File.WriteAllText(Path, "{\"type\":1}\n" + torn);
        using (var log = Open())
            log!.Append("{\"type\":2}");
        Assert.Equal("{\"type\":1}\n{\"type\":2}\n", File.ReadAllText(Path));
    }

    [Fact]
    public void ALineTornInTheMiddleOfACharacterIsCutOff()
    {
        File.WriteAllBytes(Path, [.. "{\"type\":1}\n{\"type\":\""u8, .. Encoding.UTF8.GetBytes("三")[..2]]);
        using (var log = Open())
            log!.Append("{\"type\":2}");
        Assert.Equal("{\"type\":1}\n{\"type\":2}\n", File.ReadAllText(Path));
    }

    [Fact]
    public void ALastLineThatOnlyLacksItsEndIsKept()
    {
        File.WriteAllText(Path, "{\"type\":1}\n{\"type\":2}");
        using (var log = Open())
            log!.Append("{\"type\":3}");
        Assert.Equal("{\"type\":1}\n{\"type\":2}\n{\"type\":3}\n", File.ReadAllText(Path));
    }

    [Theory]
    [InlineData("{\"theme\":\"dark\"}")]
    [InlineData("{\n  \"theme\": \"dark\"\n}\n")]
    [InlineData("id,grade\n1,2\n")]
    [InlineData("a letter to a friend")]
    public void AFileThatIsNoSuchLogIsRefusedAndStaysAsItIs(string text)
    {
        File.WriteAllText(Path, text);
        Assert.Throws<CrossEncoderException>(() => AppendLog.TryOpen(Path, Begins, OnlyThisLog));
        Assert.Equal(text, File.ReadAllText(Path));
        Assert.Throws<CrossEncoderException>(() => AnswerJournal.Open(Path));
        Assert.Equal(text, File.ReadAllText(Path));
    }

    [Fact]
    public void TheLengthToGoOnFromCutsWhatCameAfterIt()
    {
        File.WriteAllText(Path, "{\"type\":1}\n{\"type\":2}\nrubbish");
        using (var log = AppendLog.TryOpen(Path, Begins, OnlyThisLog, length: 11))
            log!.Append("{\"type\":3}");
        Assert.Equal("{\"type\":1}\n{\"type\":3}\n", File.ReadAllText(Path));
    }

    [Fact]
    public void OneWritesAndOthersReadMeanwhile()
    {
        using var log = Open();
        log!.Append("{\"type\":1}");
        Assert.Null(Open());
        Assert.Equal(["1 {\"type\":1}"], Read());
        Assert.Equal("{\"type\":1}\n", File.ReadAllText(Path));
    }

    [Fact]
    public void ASecondRunOnAJournalIsRefusedWithTheReason()
    {
        using var first = AnswerJournal.Open(Path);
        first.Append(new("hash", "a.md", "model", "an answer"));
        Assert.Contains("Another run", Assert.Throws<CrossEncoderException>(() => AnswerJournal.Open(Path)).Message);
        Assert.Equal(["hash"], AnswerJournal.Read(Path).Answers.Keys);
    }

    [Fact]
    public void AWriteThatFailsHalfwayIsTakenBack()
    {
        var disk = new SmallDisk();
        using var log = new AppendLog(disk);
        log.Append("{\"type\":1}");
        disk.IsFull = true;
        Assert.Throws<IOException>(() => log.Append("{\"type\":2}"));
        disk.IsFull = false;
        log.Append("{\"type\":3}");
        Assert.Equal("{\"type\":1}\n{\"type\":3}\n", Encoding.UTF8.GetString(disk.ToArray()));
    }

    [Fact]
    public void LinesOfManyThreadsStayWhole()
    {
        using (var log = Open())
            Parallel.For(0, 200, number => log!.Append($"{{\"type\":{number}}}"));
        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"{{\"type\":{number}}}").Order(), File.ReadAllLines(Path).Order());
    }

    private AppendLog? Open() => AppendLog.TryOpen(Path, Begins, OnlyThisLog);

    private List<string> Read()
    {
        var lines = new List<string>();
        AppendLog.Read(Path, Begins, (line, number) => lines.Add($"{number} {line}"));
        return lines;
    }

    private static void OnlyThisLog(string line, int number)
    {
        if (!line.StartsWith(Begins, StringComparison.Ordinal))
            throw new CrossEncoderException($"line {number} is not of this log");
    }

    private sealed class SmallDisk : MemoryStream
    {
        public bool IsFull { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(IsFull ? buffer[..3] : buffer);
            if (IsFull)
                throw new IOException("No space left on device");
        }
    }
}
