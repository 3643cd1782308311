using System.Text.RegularExpressions;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>The order of reading on the pages of a PDF: columns, tables, heads, sentences over the end of a page.</summary>
public sealed partial class PdfLayoutTests
{
    private static readonly string[] Words = "the wind turns a mast slowly while rain falls over many old stone walls near us".Split(' ');

    private static Content Read(PdfFile file) => PdfText.Convert(file.ToBytes(), 1 << 20);

    private static Content Case(string path) =>
        PdfText.Convert(File.ReadAllBytes(Path.Combine(Shared.Repository, "tests/CrossEncoders.Tests/cases", path)), 1 << 20);

    /// <summary>A line of words that is about so many points wide.</summary>
    internal static string Line(string name, int seed, int width = 200)
    {
        var random = new Random(seed);
        var line = name;
        while (line.Length * 5.2 < width - 50)
            line += " " + Words[random.Next(Words.Length)];
        return line;
    }

    private static string Order(string text) => string.Join(' ', Marks().Matches(text).Select(match => match.Value));

    private static string Expected(char column, int lines) => string.Join(' ', Enumerable.Range(0, lines).Select(i => $"{column}{i:00}"));

    [Theory]
    [InlineData("by-line")]
    [InlineData("by-column")]
    public void ColumnsAreReadOneAfterTheOther(string file) =>
        Assert.Equal($"{Expected('L', 40)} {Expected('R', 40)}", Order(Case($"pdf-columns-by-line/{file}.pdf").Text));

    [Theory]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public void SeveralColumnsUnderATitle(int columns, bool byLine)
    {
        var file = new PdfFile()
            .Page()
            .Text(72, 740, "A title over all of the columns, which is as wide as the page is and more", size: 14);
        var width = 480 / columns;
        var order = Enumerable.Range(0, 20 * columns).Select(i => byLine ? (i / columns, i % columns) : (i % 20, i / 20));
        foreach (var (row, column) in order)
            file.Text(60 + column * width, 700 - 14 * row, Line($"{(char)('A' + column)}{row:00}", 31 * row + column, width), size: 10);
        Assert.Equal(string.Join(' ', Enumerable.Range(0, columns).Select(i => Expected((char)('A' + i), 20))), Order(Read(file).Text));
    }

    [Fact]
    public void ColumnsBetweenFullLinesKeepTheirPlace()
    {
        var file = new PdfFile().Page().Text(60, 740, Line("X00", 1, 480));
        for (var i = 0; i < 12; i++)
            file.Text(60, 700 - 14 * i, Line($"L{i:00}", i)).Text(320, 700 - 14 * i, Line($"R{i:00}", 50 + i));
        file.Text(60, 500, Line("X01", 2, 480)).Text(60, 486, Line("X02", 3, 480));
        Assert.Equal($"X00 {Expected('L', 12)} {Expected('R', 12)} X01 X02", Order(Read(file).Text));
    }

    [Fact]
    public void ChineseColumnsAreReadOneAfterTheOther()
    {
        var file = new PdfFile().Page();
        for (var i = 0; i < 10; i++)
            file.Text(60, 700 - 14 * i, $"左{(char)('一' + i)}望远镜圆顶在风速超过每秒二十米时", size: 10)
                .Text(320, 700 - 14 * i, $"右{(char)('一' + i)}低温库里的液氮罐由值班人每天检查", size: 10);
        var text = Read(file).Text;
        Assert.True(text.LastIndexOf('左') < text.IndexOf('右'), text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheRowsOfATableStayTogether(bool ruled)
    {
        var file = new PdfFile().Page();
        for (var i = 0; i < 12; i++)
        {
            file.Text(60, 700 - 18 * i, ruled ? Line($"L{i:00}", i) : $"L{i:00} pump {i}");
            file.Text(320, 700 - 18 * i, Line($"R{i:00}", 9 + i));
            if (ruled)
                file.Raw($"60 {695 - 18 * i} m 560 {695 - 18 * i} l S\n");
        }
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 12).Select(i => $"L{i:00} R{i:00}")), Order(Read(file).Text));
    }

    [Fact]
    public void CellsOfSeveralLinesStayTogether()
    {
        var file = new PdfFile().Page();
        for (var row = 0; row < 5; row++)
        {
            for (var i = 0; i < 3; i++)
                file.Text(60, 700 - 50 * row - 14 * i, Line($"L{3 * row + i:00}", row + 7 * i));
            for (var i = 0; i < 3; i++)
                file.Text(320, 700 - 50 * row - 14 * i, Line($"R{3 * row + i:00}", row + 5 * i));
        }
        Assert.StartsWith("L00 L01 L02 R00 R01 R02 L03", Order(Read(file).Text));
    }

    [Fact]
    public void HeadsAndNumbersAreLeftOutAndSentencesJoined()
    {
        var content = Case("pdf-running-heads/headers.pdf");
        Assert.Equal(
            "Page 1 text is about part 1 of the station.\nIt goes on for a while and ends in the middle of a "
                + "Page 2 text is about part 2 of the station.\nIt goes on for a while and ends in the middle of a "
                + "Page 3 text is about part 3 of the station.\nIt ends here.",
            content.Text
        );
        Assert.Equal("6 lines of running heads and page numbers left out.", Assert.Single(content.Notes));
    }

    /// <summary>Pages whose text differs, with what a function writes on each.</summary>
    private static string Book(int pages, Action<PdfFile, int> margins)
    {
        var file = new PdfFile();
        for (var page = 0; page < pages; page++)
        {
            margins(file.Page(), page);
            for (var i = 0; i < 10; i++)
                file.Text(72, 700 - 14 * i, $"{Line($"L{page}{i}", 13 * page + i, 400)}{(i == 9 ? "." : "")}");
        }
        return Read(file).Text;
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("- {0} -")]
    [InlineData("Page {0}")]
    [InlineData("{0} / 8")]
    [InlineData("Page {0} of 8")]
    [InlineData("第{0}页")]
    [InlineData("第 {0} 页 共 8 页")]
    [InlineData("| {0}")]
    public void PageNumbersOfManyKindsAreLeftOut(string format)
    {
        var text = Book(8, (file, page) => file.Text(300, 30, string.Format(null, format, page + 1)));
        Assert.Equal(Expected('L', 80), Order(text));
        Assert.DoesNotContain("age", text);
        Assert.DoesNotContain("页", text);
        Assert.DoesNotMatch(@"(?m)(^| )[-|]? ?\d( |$)", text);
    }

    [Fact]
    public void RomanNumbersAreLeftOut()
    {
        string[] roman = ["i", "ii", "iii", "iv", "v", "vi"];
        Assert.DoesNotMatch(@"\b[ivx]+\b", Book(6, (file, page) => file.Text(300, 30, roman[page])));
    }

    [Fact]
    public void HeadsOfOddAndEvenPagesAreLeftOut()
    {
        var text = Book(6, (file, page) =>
            _ = page % 2 == 0 ? file.Text(72, 760, $"Night handbook {page + 1}") : file.Text(400, 760, $"{page + 1} Keepers of the dome")
        );
        Assert.DoesNotContain("handbook", text);
        Assert.DoesNotContain("Keepers", text);
    }

    [Fact]
    public void HeadsThatNameTheChapterAreLeftOut()
    {
        string[] chapters = ["Wind", "Wind", "Wind", "Rain", "Rain", "Snow and ice", "Snow and ice", "Fog"];
        var text = Book(8, (file, page) => file.Text(72, 760, $"Chapter: {chapters[page]}").Text(500, 760, $"{page + 1}"));
        Assert.DoesNotContain("Chapter", text);
    }

    [Fact]
    public void HeadsOfSeveralLinesAndFeetAreLeftOut()
    {
        var text = Book(5, (file, page) =>
            file.Text(72, 770, "Northern Station", size: 8)
                .Text(72, 760, "Revision 7, confidential", size: 8)
                .Text(72, 40, $"Printed 2031-02-{page + 10}", size: 8)
                .Text(300, 28, $"{page + 1}", size: 8)
        );
        Assert.Equal(Expected('L', 50), Order(text));
        Assert.DoesNotContain("Station", text);
        Assert.DoesNotContain("Revision", text);
        Assert.DoesNotContain("Printed", text);
    }

    [Fact]
    public void TextThatComesAgainInTheMiddleStays()
    {
        var text = Book(4, (file, page) => file.Text(72, 400, "Close the valve before you leave.").Text(72, 300, Line($"M{page}0", page)));
        Assert.Equal(4, Regex.Count(text, "Close the valve"));
    }

    [Fact]
    public void HeadingsAtTheTopOfPagesStay()
    {
        string[] chapters = ["Wind", "Rain", "Snow", "Fog", "Frost"];
        var text = Book(5, (file, page) => file.Text(72, 740, chapters[page], size: 16));
        Assert.All(chapters, chapter => Assert.Contains(chapter, text));
    }

    [Theory]
    [InlineData("Step {0}")]
    [InlineData("第{0}章")]
    public void NumberedHeadingsAtTheTopOfPagesStay(string heading)
    {
        var text = Book(5, (file, page) => file.Text(72, 740, string.Format(null, heading, page + 1), size: 18));
        Assert.All(Enumerable.Range(1, 5), number => Assert.Contains(string.Format(null, heading, number), text));
    }

    [Theory]
    [InlineData("The keeper closes the dome as soon as the", "Wind rises above the limit.", "as soon as the Wind rises")]
    [InlineData("The keeper closes the dome as soon as the instru-", "ments say so.", "as the instruments say so.")]
    [InlineData("望远镜圆顶在风速超过每秒二十", "米时关闭，值班人记下时间。", "每秒二十米时关闭")]
    [InlineData("The keeper closes the dome before the rain.", "Then he goes home.", "before the rain.\n\nThen he")]
    [InlineData("The keeper needs these in the cold months", "- a lamp", "cold months\n\n- a lamp")]
    public void SentencesGoOnOverTheEndOfAPage(string last, string next, string expected)
    {
        var file = new PdfFile().Page().Text(72, 700, last).Page().Text(72, 700, next);
        Assert.Contains(expected, Read(file).Text);
    }

    [Fact]
    public void AHeadingOnTheNextPageDoesNotGoOn()
    {
        var file = new PdfFile().Page().Text(72, 700, "The list of things that the keeper needs").Page();
        Assert.Contains("keeper needs\n\nWinter", Read(file.Text(72, 700, "Winter", size: 18)).Text);
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("xiv", 14)]
    [InlineData("— IX —", 9)]
    [InlineData("S. 3", null)]
    [InlineData("Page three", null)]
    [InlineData("3 pumps", null)]
    [InlineData("2031-02-11", null)]
    public void ANumberAloneIsAPagesNumber(string line, int? number) => Assert.Equal(number, PdfHeads.PageNumber(line));

    [GeneratedRegex(@"\b[A-Z]\d\d\b")]
    private static partial Regex Marks();
}
