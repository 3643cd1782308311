using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>How lines are written with empty ones between blocks.</summary>
public sealed class MarkdownLinesTests
{
    /// <summary>Each word is a line, with a newline around it for each '+' in front.</summary>
    [Theory]
    [InlineData("+a +b", "a\nb\n")]
    [InlineData("++a ++b", "a\n\nb\n\n")]
    [InlineData("+a ++b", "a\n\nb\n\n")]
    [InlineData("++a +b", "a\n\nb\n")]
    [InlineData("++a", "a\n\n")] // none before the first
    public void TheWiderGapCounts(string lines, string text)
    {
        var page = new MarkdownLines();
        foreach (var line in lines.Split(' '))
            page.Line(line.TrimStart('+'), line.Count(c => c == '+'));
        Assert.Equal(text, page.ToString());
    }

    [Fact]
    public void BreaksDoNotAddUp()
    {
        var page = new MarkdownLines();
        page.Break(2);
        page.Line("a", 1);
        page.Break(1);
        page.Break(2);
        page.Break(2);
        page.Break(1);
        Assert.Equal("a\n\n", page.ToString());
    }

    [Fact]
    public void TheFirstRowIsTheHeader()
    {
        var page = new MarkdownLines();
        page.Row(["a", "b"], isHeader: true);
        page.Row(["c", ""], isHeader: false);
        Assert.Equal("| a | b |\n|---|---|\n| c |  |\n", page.ToString());
    }

    [Fact]
    public void ACellIsOneLineAndCannotEndItself()
    {
        var page = new MarkdownLines();
        page.Row([" a\n b\t", "c|d"], isHeader: false);
        Assert.Equal("| a b | c\\|d |\n", page.ToString());
    }

    [Fact]
    public void ABlockInAnItemStaysOnTheLineOfItsMarkerAndAnEmptyItemIsNone()
    {
        var page = new MarkdownLines();
        page.Inline(" before \r\n it ");
        var item = page.StartItem("- ");
        page.Break(2);
        page.Inline("a");
        page.Break(2);
        page.EndItem(item);
        page.EndItem(page.StartItem("- "));
        Assert.Equal("before it\n- a\n\n", page.ToString());
    }

    [Fact]
    public void ALineOfItsOwnTakesThePlaceOfAMarker()
    {
        var page = new MarkdownLines();
        foreach (var marker in (string[])["- ", "1000. "])
        {
            var item = page.StartItem(marker);
            page.Line("# a", 2);
            page.EndItem(item);
        }
        Assert.Equal("# a\n\n# a\n\n", page.ToString());
    }
}
