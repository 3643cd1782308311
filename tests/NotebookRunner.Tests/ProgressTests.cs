using NotebookRunner.Execution;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Tests;

/// <summary>The lines on the console.</summary>
public sealed class ProgressTests
{
    [Theory]
    [InlineData("one\ntwo\n", "two")]
    [InlineData("10 %\r50 %", "50 %")]
    [InlineData("  \n\t\n", null)]
    [InlineData("", null)]
    [InlineData("\e[31mred\e[0m\n\n", "red")]
    public void TheLatestLineIsTheLastWithTextInIt(string text, string? latest) => Assert.Equal(latest, Progress.LastLine(text));

    [Fact]
    public void ALongLineIsCutBetweenCharacters()
    {
        var line = Progress.LastLine(new string('x', 99) + "🚀🚀")!;
        Assert.Equal(new string('x', 99) + "…", line);
    }

    [Fact]
    public void AConsoleThatTakesNothingMoreDoesNotEndTheRun()
    {
        var progress = new Progress(new Closed(), new Closed());
        progress.Begin("1.ipynb");
        progress.Line("");
        progress.Problem("failed");
        using var cell = progress.Cell(1, 2, "first");
        cell.Note(new(CellEventKind.Stream, "text"));
        cell.Done("");
    }

    [Fact]
    public void ALongFirstLineKeepsTheSecondsInTheirColumn()
    {
        var output = new StringWriter();
        var progress = new Progress(output, TextWriter.Null);
        foreach (var first in new[] { "short", new string('y', 200) })
        {
            using var cell = progress.Cell(1, 10, first);
            cell.Done(first == "short" ? "" : "  FAILED");
        }
        var lines = output.ToString().Split('\n');
        Assert.Equal(lines[0].IndexOf(" s", 70, StringComparison.Ordinal), lines[1].IndexOf(" s", 70, StringComparison.Ordinal));
        Assert.Contains("… ", lines[1]);
        Assert.EndsWith("FAILED", lines[1].TrimEnd());
    }

    private sealed class Closed : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("the terminal is closed");
    }
}
