using System.Text;
using System.Text.Json;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>The journal of answers: one writer, nothing lost, nothing of another's touched.</summary>
public sealed class AnswerJournalTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string JournalFile => _folder["journal.jsonl"];

    public void Dispose() => _folder.Dispose();

    private static RecordedAnswer Answer(int number) => new($"key{number}", "a.md", "m", $"{{\"questions\":[\"Why {number}？\"]}}");

    private void Write(params int[] numbers)
    {
        using var journal = AnswerJournal.Open(JournalFile);
        foreach (var number in numbers)
            journal.Append(Answer(number));
    }

    [Fact]
    public void WhatWasWrittenIsReadAgainByTheNextRun()
    {
        Write(1, 2);
        var full = Answer(3) with { Prompt = "p", InputTokens = 7, OutputTokens = 2 };
        using (var journal = AnswerJournal.Open(JournalFile))
        {
            Assert.Equal(["key1", "key2"], journal.Answers.Keys.Order());
            journal.Append(full);
            Assert.Null(journal.Find("key3", "p")); // what was there at the start
        }
        Assert.Equal(full, AnswerJournal.Read(JournalFile).Find("key3", "p"));
        Assert.Null(AnswerJournal.Read(JournalFile).Find("key3", "another prompt"));
        Assert.Equal(Answer(1), AnswerJournal.Read(JournalFile).Find("key1", "any prompt"));
        Assert.Equal(3, RecordedAnswers.Open(JournalFile).Count);
    }

    [Fact]
    public void OfTwoAnswersToAKeyTheLastHolds()
    {
        Write(1);
        using (var journal = AnswerJournal.Open(JournalFile))
            journal.Append(Answer(1) with { Answer = "later" });
        Assert.Equal("later", AnswerJournal.Read(JournalFile).Answers["key1"].Answer);
    }

    [Fact]
    public void AnAnswerToOtherInstructionsTakesNonesPlace()
    {
        var (two, three) = (Answer(1) with { Prompt = "two" }, Answer(1) with { Prompt = "three", Answer = "later" });
        using (var journal = AnswerJournal.Open(JournalFile))
        {
            journal.Append(two);
            journal.Append(three);
        }
        var read = AnswerJournal.Read(JournalFile);
        Assert.Equal((two, three), (read.Find("key1", "two"), read.Find("key1", "three")));
        Assert.Null(read.Find("key1", "four"));
        Assert.Null(read.Find("key1", null));
        Assert.Equal(three, Assert.Single(read.Answers).Value);
    }

    [Fact]
    public void ASecondWriterIsRefusedAndReadersAreNot()
    {
        using (var first = AnswerJournal.Open(JournalFile))
        {
            first.Append(Answer(1));
            var error = Assert.Throws<CrossEncoderException>(() => AnswerJournal.Open(JournalFile));
            Assert.Contains("Another run is writing", error.Message);
            Assert.Contains(JournalFile, error.Message);
            Assert.Single(AnswerJournal.Read(JournalFile).Answers);
            first.Append(Answer(2));
        }
        Write(3);
        Assert.Equal(3, AnswerJournal.Read(JournalFile).Answers.Count);
        Assert.Equal(["journal.jsonl"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("{\"theme\":\"dark\"}")]
    [InlineData("{\"theme\":\"dark\"}\n")]
    [InlineData("{\n  \"theme\": \"dark\"\n}")]
    [InlineData("[1, 2")]
    [InlineData("dear diary")]
    [InlineData("{\"passage\":1}")]
    [InlineData("{\"passage\":\"p\",\"document\":\"d\"}")]
    [InlineData("{\"passage\":null,\"document\":\"d\",\"model\":\"m\",\"answer\":\"a\"}")]
    [InlineData("\0\u0001\u0002")]
    public void AFileThatIsNotAJournalIsRefusedAndStaysAsItIs(string text)
    {
        _folder.With("journal.jsonl", text);
        var before = File.ReadAllBytes(JournalFile);
        Assert.Contains(JournalFile, Assert.Throws<CrossEncoderException>(() => AnswerJournal.Open(JournalFile)).Message);
        Assert.Throws<CrossEncoderException>(() => AnswerJournal.Read(JournalFile));
        Assert.Throws<CrossEncoderException>(() => RecordedAnswers.Open(JournalFile));
        Assert.Equal(before, File.ReadAllBytes(JournalFile));
        Assert.Equal(["journal.jsonl"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void ALastLineWithoutItsEndIsKeptWhenItParses()
    {
        Write(1, 2);
        File.WriteAllText(JournalFile, File.ReadAllText(JournalFile).TrimEnd('\n'));
        Write(3);
        Assert.Equal(
            ["key1", "key2", "key3"],
            File.ReadLines(JournalFile).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("passage").GetString())
        );
    }

    [Fact]
    public void AJournalTornAtAnyByteKeepsEveryWholeLine()
    {
        Write(1, 2);
        var bytes = File.ReadAllBytes(JournalFile);
        var first = Array.IndexOf(bytes, (byte)'\n') + 1;
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(JournalFile, bytes[..length]);
            var whole =
                length < first - 1 ? 0
                : length < bytes.Length - 1 ? 1
                : 2;
            Assert.Equal(whole, AnswerJournal.Read(JournalFile).Answers.Count);
            Assert.Equal(length, new FileInfo(JournalFile).Length);
            Write(3);
            Assert.Equal(whole + 1, AnswerJournal.Read(JournalFile).Answers.Count);
        }
    }

    [Fact]
    public void OtherEditorsWindowsLineEndsAndMarksAreRead()
    {
        var line = JsonSerializer.Serialize(
            new
            {
                passage = "p",
                document = "d",
                model = "m",
                answer = "a",
                note = "of a later version",
            }
        );
        File.WriteAllText(JournalFile, $"{line}\r\n\r\n{line}\r\n", new UTF8Encoding(true));
        Assert.Equal("a", AnswerJournal.Read(JournalFile).Answers["p"].Answer);
    }

    [Fact]
    public void FoldersAndEmptyNamesAreNamed()
    {
        Assert.Contains("empty", Assert.Throws<CrossEncoderException>(() => AnswerJournal.Open(" ")).Message);
        Assert.Contains(_folder.Path, Assert.Throws<CrossEncoderException>(() => AnswerJournal.Open(_folder.Path)).Message);
        Assert.Contains(_folder.Path, Assert.Throws<CrossEncoderException>(() => AnswerJournal.Read(_folder.Path)).Message);
        Assert.Empty(AnswerJournal.Read(_folder["none.jsonl"]).Answers);
        Write();
        Assert.Empty(AnswerJournal.Read(JournalFile).Answers);
        using (AnswerJournal.Open(_folder["new/folder/journal.jsonl"]))
            Assert.True(File.Exists(_folder["new/folder/journal.jsonl"]));
    }

    /// <summary>Ten thousand broken journals: read, or refused with a message of ours, and never emptied.</summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public void MutatedJournalsAreReadOrRefused()
    {
        Write(1, 2, 3);
        var good = File.ReadAllBytes(JournalFile);
        var memory = GC.GetTotalAllocatedBytes();
        int read = 0,
            refused = 0;
        for (var seed = 0; seed < 10_000; seed++)
        {
            var bytes = Damage.Of(good, new Random(seed), Pieces);
            File.WriteAllBytes(JournalFile, bytes);
            try
            {
                using var journal = HangGuard.Run(() => AnswerJournal.Open(JournalFile));
                if (seed % 20 == 0) // an answer is waited for until it is on the disk
                    journal.Append(Answer(4));
                read++;
            }
            catch (CrossEncoderException error)
            {
                refused++;
                Assert.True(error.Message.Length < 1000, $"seed {seed}: {error.Message.Length} characters");
                Assert.Equal(bytes, File.ReadAllBytes(JournalFile));
                continue;
            }
            Assert.Equal(seed % 20 == 0, AnswerJournal.Read(JournalFile).Answers.ContainsKey("key4"));
        }
        Assert.InRange(read, 100, 9_900);
        Assert.InRange(refused, 100, 9_900);
        Assert.InRange((GC.GetTotalAllocatedBytes() - memory) / 10_000, 0, 1 << 20);
    }

    private static readonly string[] Pieces = [.. Damage.Json, "\"passage\":", "{\"passage\":\"p\"}\n", new('7', 2000)];
}
