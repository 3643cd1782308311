using System.Text.RegularExpressions;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>Pages on which columns were written in turn by blocks of several lines, and tables that look nearly the same.</summary>
public sealed partial class PdfBlocksTests
{
    private const int Rows = 24;

    private static string Order(PdfFile file) =>
        string.Join(' ', Marks().Matches(PdfText.Convert(file.ToBytes(), 1 << 20).Text).Select(match => match.Value));

    private static string Column(int column, int rows = Rows) =>
        string.Join(' ', Enumerable.Range(0, rows).Select(row => $"{(char)('A' + column)}{row:00}"));

    private static string Columns(int count, int rows = Rows) =>
        string.Join(' ', Enumerable.Range(0, count).Select(column => Column(column, rows)));

    /// <summary>Writes columns in blocks of so many lines, each column in turn.</summary>
    private static PdfFile Blocks(PdfFile file, int columns, Func<int, int, int> size, Func<int, double>? y = null, string end = "")
    {
        var written = new int[columns];
        for (var turn = 0; written.Min() < Rows; turn++)
        for (var column = 0; column < columns; column++)
        for (var left = size(turn, column); left > 0 && written[column] < Rows; left--)
        {
            var row = written[column]++;
            var line = PdfLayoutTests.Line($"{(char)('A' + column)}{row:00}", 31 * row + column, 480 / columns);
            file.Text(60 + column * (500 / columns), y?.Invoke(row) ?? 700 - 14 * row, line + (left == 1 ? end : ""), size: 10);
        }
        return file;
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(2, 5)]
    [InlineData(2, 12)]
    [InlineData(3, 2)]
    [InlineData(3, 4)]
    public void ColumnsInBlocksAreReadOneAfterTheOther(int columns, int lines) =>
        Assert.Equal(Columns(columns), Order(Blocks(new PdfFile().Page(), columns, (_, _) => lines)));

    [Fact]
    public void BlocksNeedNotBeOfOneLength() =>
        Assert.Equal(Columns(2), Order(Blocks(new PdfFile().Page(), 2, (turn, column) => 1 + (turn * 7 + column * 3) % 5)));

    [Fact]
    public void ParagraphsMayStandApart() =>
        Assert.Equal(Columns(2), Order(Blocks(new PdfFile().Page(), 2, (_, _) => 3, row => 720 - 14 * row - 10 * (row / 5))));

    [Fact]
    public void AHeadingOverBothColumnsStaysAboveThem()
    {
        var file = new PdfFile().Page().Text(60, 740, PdfLayoutTests.Line("X00", 1, 500), size: 14);
        Blocks(file, 2, (_, _) => 4);
        file.Text(60, 340, PdfLayoutTests.Line("Y00", 2, 500));
        Assert.Equal($"X00 {Columns(2)} Y00", Order(file));
    }

    [Fact]
    public void TheSecondColumnMayComeFirst()
    {
        var file = new PdfFile().Page();
        for (var block = 0; block < 6; block++)
        for (var column = 1; column >= 0; column--)
        for (var row = 4 * block; row < 4 * block + 4; row++)
            file.Text(60 + column * 250, 700 - 14 * row, PdfLayoutTests.Line($"{(char)('A' + column)}{row:00}", 31 * row + column, 240));
        Assert.Equal(Columns(2), Order(file));
    }

    /// <summary>Cells of three lines: more room below a row, or sentences that end with their cell.</summary>
    [Theory]
    [InlineData(8, "")]
    [InlineData(4, "")]
    [InlineData(0, ".")]
    public void TheCellsOfATableStayTogether(double room, string end)
    {
        var file = Blocks(new PdfFile().Page(), 2, (_, _) => 3, row => 720 - 14 * row - room * (row / 3), end);
        Assert.StartsWith("A00 A01 A02 B00 B01 B02 A03 A04 A05 B03", Order(file));
    }

    [Fact]
    public void TheCellsOfATableNeedNotBeOfOneLength()
    {
        var file = new PdfFile().Page();
        int[][] heights =
        [
            [3, 2],
            [1, 3],
            [2, 3],
            [3, 1],
            [2, 2],
            [3, 2],
        ];
        var (top, expected, written) = (700, new List<string>(), new int[2]);
        foreach (var height in heights)
        {
            for (var column = 0; column < 2; column++)
            for (var i = 0; i < height[column]; i++)
            {
                var name = $"{(char)('A' + column)}{written[column]++:00}";
                expected.Add(name);
                file.Text(60 + column * 250, top - 14 * i, PdfLayoutTests.Line(name, 31 * top + column + i, 240));
            }
            top -= 14 * height.Max();
        }
        Assert.Equal(string.Join(' ', expected), Order(file));
    }

    [Fact]
    public void AFootnoteWrittenLastStaysLast()
    {
        var file = Blocks(new PdfFile().Page(), 2, (_, _) => Rows);
        for (var i = 0; i < 4; i++)
            file.Text(60, 300 - 12 * i, PdfLayoutTests.Line($"N{i:00}", i, 240), size: 9);
        Assert.Equal($"{Columns(2)} N00 N01 N02 N03", Order(file));
    }

    [GeneratedRegex(@"\b[A-Z]\d\d\b")]
    private static partial Regex Marks();
}
