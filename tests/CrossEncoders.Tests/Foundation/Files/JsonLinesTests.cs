using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class JsonLinesTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch["lines.jsonl"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void WhatIsWrittenComesBackAndReadsWellAlone()
    {
        Graded[] all = [new("three 三 é 😀 <&'\"> \t\n", 3), new("", -1, "a note")];
        JsonLines.Write(Path, all);
        Assert.Equal(all, Read());
        var lines = File.ReadAllText(Path).Split('\n');
        Assert.Equal("""{"name":"three 三 é \uD83D\uDE00 <&'\"> \t\n","grade":3}""", lines[0]); // an absent note is left out
        Assert.Equal("", lines[^1]);
        Assert.Equal(3, lines.Length);
        Assert.Equal((byte)'{', File.ReadAllBytes(Path)[0]); // no byte order mark
    }

    [Theory]
    [InlineData("""{"name":"a"}""", "grade")]
    [InlineData("""{"grade":1}""", "name")]
    [InlineData("""{"name":null,"grade":1}""", "name")]
    [InlineData("""{"name":"a","grade":"much"}""", "grade")]
    [InlineData("""{"name":"a","grade":1.5}""", "grade")]
    [InlineData("""{"name":"a","grade":99999999999}""", "grade")]
    [InlineData("""{"name":["a"],"grade":1}""", "name")]
    [InlineData("""{"name":"\ud800","grade":1}""", "$.name")]
    [InlineData("""{"name":"a","grade":1} {"name":"b","grade":2}""", "single JSON value")]
    [InlineData("""{"name":"a","grade":1""", "{")]
    [InlineData("""[{"name":"a","grade":1}]""", "Path")]
    [InlineData("null", "null")]
    [InlineData("name,grade", "invalid")]
    [InlineData("\0", "invalid")]
    public void AMalformedLineIsNamedWithItsNumberAndItsFault(string line, string fault)
    {
        _scratch.With("lines.jsonl", $"{{\"name\":\"good\",\"grade\":1}}\n\n{line}\n");
        var error = Assert.Throws<CrossEncoderException>(Read);
        Assert.StartsWith($"Line 3 of '{Path}' is not a graded thing: ", error.Message);
        Assert.EndsWith($"Found: {line}", error.Message);
        Assert.Contains(fault, error.Message);
    }

    [Theory]
    [InlineData("""{"Name":"a","GRADE":1}""")]
    [InlineData("""  {"grade":"1","later":{"x":[1]},"name":"a"}  """)]
    [InlineData("""{"grade":1,"name":"b","name":"a","note":null}""")]
    public void HarmlessDifferencesAreRead(string line)
    {
        _scratch.With("lines.jsonl", line);
        Assert.Equal([new("a", 1)], Read());
    }

    [Fact]
    public void BlankLinesWindowsLineEndsAndAMarkAreRead()
    {
        const string Line = """{"name":"a","grade":1}""";
        File.WriteAllText(Path, $"{Line}\r\n \r\n\r\n{Line}", new UTF8Encoding(true));
        Assert.Equal(2, Read().Count);
        _scratch.With("lines.jsonl", "");
        Assert.Empty(Read());
    }

    [Fact]
    public void AHugeLineIsReadAndAHugeBadOneQuotedInPart()
    {
        var name = new string('三', 2_000_000);
        JsonLines.Write<Graded>(Path, [new(name, 1)]);
        Assert.Equal(name, Assert.Single(Read()).Name);
        _scratch.With("lines.jsonl", "{\"name\":\"" + name);
        Assert.InRange(Assert.Throws<CrossEncoderException>(Read).Message.Length, 100, 1000);
        _scratch.With("lines.jsonl", new string('[', 100_000));
        Assert.InRange(Assert.Throws<CrossEncoderException>(Read).Message.Length, 100, 1000);
    }

    [Fact]
    public void HalfACharacterIsWrittenSoThatItCanBeRead()
    {
        JsonLines.Write<Graded>(Path, [new("a\ud83d", 1), new("\ude00b", 2)]);
        Assert.Equal([new("a\ufffd", 1), new("\ufffdb", 2)], Read());
    }

    [Fact]
    public void WhatFailsHalfwayLeavesTheOldFile()
    {
        JsonLines.Write<Graded>(Path, [new("old", 1)]);
        IEnumerable<Graded> Broken()
        {
            yield return new("new", 2);
            throw new FormatException("a mistake");
        }
        Assert.Throws<FormatException>(() => JsonLines.Write(Path, Broken()));
        Assert.Equal([new("old", 1)], Read());
        Assert.Single(Directory.GetFiles(_scratch.Path));
    }

    [Fact]
    public void AMissingFileIsNamedWithWhatWasExpected()
    {
        var error = Assert.Throws<CrossEncoderException>(Read);
        Assert.Equal($"There is no file '{Path}'. Expected a graded thing on each line (JSON Lines).", error.Message);
    }

    private List<Graded> Read() => JsonLines.Read<Graded>(Path, "a graded thing");

    private sealed record Graded(string Name, int Grade, string? Note = null);
}
