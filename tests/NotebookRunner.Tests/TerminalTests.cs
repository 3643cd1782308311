using NotebookRunner.Notebooks;

namespace NotebookRunner.Tests;

public sealed class TerminalTests
{
    [Theory]
    [InlineData("plain\ntext\n", "plain\ntext\n")]
    [InlineData("10 %\r50 %\r100 %\ndone", "100 %\ndone")]
    [InlineData("a long line\rshort", "shortg line")]
    [InlineData("windows\r\nline", "windows\nline")]
    [InlineData("kept\r", "kept")]
    public void CarriageReturnsOverwriteTheirLine(string text, string final) => Assert.Equal(final, Terminal.Final(text));

    [Fact]
    public void ColorsAreRemoved() => Assert.Equal("red", Terminal.Plain("\e[31mred\e[0m"));
}
