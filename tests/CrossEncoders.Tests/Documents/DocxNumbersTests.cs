using CrossEncoders.Documents;
using static CrossEncoders.Tests.Documents.WordFile;

namespace CrossEncoders.Tests.Documents;

/// <summary>Numbers of list items as Word shows them.</summary>
public sealed class DocxNumbersTests
{
    private static string[] Lines(string numbering, params (int List, int Depth)[] items) =>
        DocxText
            .Convert(
                new WordFile(string.Concat(items.Select(item => P("x", Item(item.List, item.Depth))))) { Numbering = numbering }.ToBytes(),
                1 << 20
            )
            .Text.Split('\n')
            .Select(line => line.Trim().Replace(" x", ""))
            .ToArray();

    [Fact]
    public void LevelsNestAndStartOverUnderTheNextItem()
    {
        var list = List(0, ("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "%3)")) + Num(1, 0);
        Assert.Equal(
            ["1.", "1.1", "a)", "b)", "1.2", "a)", "2.", "2.1"],
            Lines(list, (1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 0), (1, 1))
        );
    }

    [Fact]
    public void ALevelThatIsSkippedCountsAsItsFirst() =>
        Assert.Equal(["1.1", "1.2"], Lines(List(0, ("decimal", "%1"), ("decimal", "%1.%2")) + Num(1, 0), (1, 1), (1, 1)));

    [Fact]
    public void ListsOfTheSameKindCountOnUnlessTheySayOtherwise()
    {
        var start = "<w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"5\"/></w:lvlOverride>";
        var lists = List(0, ("decimal", "%1.")) + List(1, ("decimal", "%1.")) + Num(1, 0) + Num(2, 0) + Num(3, 0, start) + Num(4, 1);
        Assert.Equal(["1.", "2.", "3.", "5.", "6.", "1.", "7."], Lines(lists, (1, 0), (1, 0), (2, 0), (3, 0), (3, 0), (4, 0), (1, 0)));
    }

    [Theory]
    [InlineData("<w:lvlRestart w:val=\"0\"/>", "1 a 2 b")]
    [InlineData("", "1 a 2 a")]
    [InlineData("<w:lvlRestart w:val=\"1\"/>", "1 a 2 a")]
    public void ALevelMayGoOnUnderTheNextItem(string restart, string expected)
    {
        var list =
            "<w:abstractNum w:abstractNumId=\"0\">"
            + $"{Level(0, "decimal", "%1")}{Level(1, "lowerLetter", "%2", more: restart)}</w:abstractNum>";
        Assert.Equal(expected.Split(' '), Lines(list + Num(1, 0), (1, 0), (1, 1), (1, 0), (1, 1)));
    }

    [Fact]
    public void LegalNumbersAreDecimalOnEveryLevel()
    {
        var list =
            "<w:abstractNum w:abstractNumId=\"0\">"
            + $"{Level(0, "upperRoman", "%1.")}{Level(1, "decimal", "%1.%2", 1, "<w:isLgl/>")}</w:abstractNum>";
        Assert.Equal(["I.", "1.1", "II.", "2.1"], Lines(list + Num(1, 0), (1, 0), (1, 1), (1, 0), (1, 1)));
    }

    [Fact]
    public void AListMayStartAnywhere() =>
        Assert.Equal(
            ["Step 7:", "Step 8:"],
            Lines($"<w:abstractNum w:abstractNumId=\"0\">{Level(0, "decimal", "Step %1:", 7)}</w:abstractNum>{Num(1, 0)}", (1, 0), (1, 0))
        );

    [Theory]
    [InlineData("bullet", "•", "- x")]
    [InlineData("none", "", "x")]
    [InlineData("decimal", "100%", "100% x")]
    public void BulletsHaveNoNumber(string format, string text, string expected)
    {
        var file = new WordFile(P("x", Item(1))) { Numbering = List(0, (format, text)) + Num(1, 0) };
        Assert.Equal(expected, DocxText.Convert(file.ToBytes(), 1 << 20).Text);
    }

    [Fact]
    public void AnItemOfAnUnknownListIsABullet() => Assert.Equal(["-"], Lines(List(0, ("decimal", "%1.")), (9, 0)));

    [Fact]
    public void ListsOfStylesAreLists()
    {
        var file = new WordFile(
            P("Wind", "<w:pStyle w:val=\"H1\"/>") + P("Gusts", "<w:pStyle w:val=\"H2\"/>") + P("Own", "<w:pStyle w:val=\"L\"/>")
        )
        {
            Numbering =
                $"<w:abstractNum w:abstractNumId=\"0\">{Level(0, "decimal", "%1", 1, "<w:pStyle w:val=\"H1\"/>")}"
                + $"{Level(1, "decimal", "%1.%2", 1, "<w:pStyle w:val=\"H2\"/>")}</w:abstractNum>"
                + List(1, ("lowerRoman", "(%1)"))
                + Num(1, 0)
                + Num(2, 1),
            Styles =
                "<w:style w:styleId=\"H1\"><w:name w:val=\"heading 1\"/>"
                + "<w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>"
                + "<w:style w:styleId=\"H2\"><w:name w:val=\"heading 2\"/>"
                + "<w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>"
                + "<w:style w:styleId=\"B\"><w:pPr><w:numPr><w:numId w:val=\"2\"/></w:numPr></w:pPr></w:style>"
                + "<w:style w:styleId=\"L\"><w:basedOn w:val=\"B\"/></w:style>",
        };
        Assert.Equal("# 1 Wind\n\n## 1.1 Gusts\n\n(i) Own", DocxText.Convert(file.ToBytes(), 1 << 20).Text);
    }

    [Fact]
    public void AParagraphMayLeaveTheListOfItsStyle()
    {
        var file = new WordFile(P("Free", "<w:pStyle w:val=\"L\"/><w:numPr><w:numId w:val=\"0\"/></w:numPr>"))
        {
            Numbering = List(0, ("decimal", "%1.")) + Num(1, 0),
            Styles = "<w:style w:styleId=\"L\"><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>",
        };
        Assert.Equal("Free", DocxText.Convert(file.ToBytes(), 1 << 20).Text);
    }

    [Theory]
    [InlineData("decimal", 12, "12")]
    [InlineData("decimalZero", 3, "03")]
    [InlineData("lowerLetter", 26, "z")]
    [InlineData("lowerLetter", 28, "bb")]
    [InlineData("upperLetter", 2, "B")]
    [InlineData("lowerRoman", 1994, "mcmxciv")]
    [InlineData("upperRoman", 4, "IV")]
    [InlineData("upperRoman", 0, "0")]
    [InlineData("lowerLetter", -1, "-1")]
    [InlineData("chineseCounting", 7, "七")]
    [InlineData("chineseCountingThousand", 10, "十")]
    [InlineData("chineseCounting", 42, "四十二")]
    [InlineData("japaneseCounting", 120, "120")]
    [InlineData("decimalEnclosedCircle", 3, "③")]
    [InlineData("decimalEnclosedCircle", 21, "21")]
    [InlineData("ordinal", 3, "3")]
    [InlineData("none", 3, "")]
    public void NumbersHaveTheFormatsOfWord(string format, int number, string expected) =>
        Assert.Equal(expected, ListNumber.Of(number, format));
}
