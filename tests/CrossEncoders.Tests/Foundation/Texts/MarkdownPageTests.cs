using System.Globalization;
using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

/// <summary>A page in which nothing foreign is markup.</summary>
public sealed class MarkdownPageTests
{
    private static string Title(string title) => new MarkdownPage(title).ToString();

    private static string Cell(object? value)
    {
        var page = new MarkdownPage("t");
        page.Table(null, new[] { new { Value = value } });
        return page.ToString().Split('\n')[^2][2..^2];
    }

    [Theory]
    [InlineData("<b>", "&lt;b&gt;")]
    [InlineData("a & b", "a &amp; b")]
    [InlineData("&lt;", "&amp;lt;")]
    [InlineData("a|b", @"a\|b")]
    [InlineData(@"a\b", @"a\\b")]
    [InlineData("*a* _b_ ~c~", @"\*a\* \_b\_ \~c\~")]
    [InlineData("[x](y)", @"\[x\](y)")]
    [InlineData("`code`", @"\`code\`")]
    [InlineData("# $x$", @"\# \$x\$")]
    [InlineData("one\r\ntwo\tthree\0", "one  two three ")]
    [InlineData("圆顶 “ok” é 😀", "圆顶 “ok” é 😀")]
    public void WhatWouldBeMarkupIsEscaped(string text, string escaped)
    {
        Assert.Equal($"# {escaped}\n", Title(text));
        Assert.Equal(escaped, Cell(text));
    }

    [Fact]
    public void CellsHaveTheirKindsWritten()
    {
        Assert.Equal("–", Cell(null));
        Assert.Equal("0.1235", Cell(0.12345678));
        Assert.Equal("0.5", Cell(0.5f));
        Assert.Equal("1000000", Cell(1_000_000));
        Assert.Equal("True", Cell(true));
        Assert.Equal("", Cell(""));
    }

    [Fact]
    public void NumbersAreTheSameInEveryCountry()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "−";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("0.5", Cell(0.5));
            Assert.Equal("-1234.25", Cell(-1234.25));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void LongCellsEndInAnEllipsisAndNeverInHalfACharacter()
    {
        Assert.Equal(new string('a', 200), Cell(new string('a', 200)));
        Assert.Equal(new string('a', 200) + "…", Cell(new string('a', 201)));
        Assert.Equal(new string('a', 199) + "…", Cell(new string('a', 199) + "😀"));
    }

    [Fact]
    public void ATableHasAColumnForEachProperty()
    {
        var page = new MarkdownPage("Report");
        page.Table("Of *it*", new[] { new { Name = "one", Score = 0.25 }, new { Name = "two", Score = 1.0 } });
        Assert.Equal("# Report\n\n## Of \\*it\\*\n\n| name | score |\n| --- | --- |\n| one | 0.25 |\n| two | 1 |\n", page.ToString());
    }

    [Fact]
    public void ATableMayHaveColumnsThatOnlyARunKnows()
    {
        var page = new MarkdownPage("t");
        page.Table(
            ["a_b", ""],
            [
                ["x|y", 0.5],
                [null, 3],
            ]
        );
        Assert.Equal("# t\n\n| a\\_b |  |\n| --- | --- |\n| x\\|y | 0.5 |\n| – | 3 |\n", page.ToString());
    }

    [Fact]
    public void ParagraphsAndItemsAreOneLineEach()
    {
        var page = new MarkdownPage("t");
        page.Paragraph("*a*\nb");
        page.List(["[x](y)", "- z"]);
        Assert.Equal("# t\n\n\\*a\\* b\n\n- \\[x\\](y)\n- - z\n", page.ToString());
    }

    [Fact]
    public void WithoutRowsThereIsNoTableAndNoHeading()
    {
        var page = new MarkdownPage("Report");
        page.Table("Nothing", Array.Empty<Document>());
        Assert.Equal("# Report\n", page.ToString());
    }

    private sealed record Document(string Name);

    [Theory]
    [InlineData("plain", "```")]
    [InlineData("a `b` c", "```")]
    [InlineData("```\ncode\n```", "````")]
    [InlineData("`````", "``````")]
    [InlineData("`` ` ``", "```")]
    public void ABlockCannotCloseItsFence(string text, string fence)
    {
        var page = new MarkdownPage("t");
        page.Block("Text", text);
        Assert.Equal($"# t\n\n## Text\n\n{fence}text\n{text}\n{fence}\n", page.ToString());
    }

    [Fact]
    public void ABlockHasTheSameLineEndsEverywhere()
    {
        var page = new MarkdownPage("t");
        page.Block("Text", "\r\n one\r\ntwo\rthree \n");
        Assert.Contains("```text\none\ntwo\nthree\n```\n", page.ToString());
    }
}
