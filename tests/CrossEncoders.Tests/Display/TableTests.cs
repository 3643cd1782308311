using System.Globalization;
using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

public sealed class TableTests
{
    private enum Kind
    {
        Keyword,
    }

    private sealed record Row(string Name, int Count, double Score, float? Maybe, Kind Kind, bool Good)
    {
        public int[] NotAScalar { get; } = [1];
    }

    private static readonly Row[] Rows =
    [
        new("圆顶", 12345, 0.5, null, Kind.Keyword, true),
        new("dome", 7, 0.25, 1.5f, Kind.Keyword, false),
    ];

    [Fact]
    public void TextColumnsAreAlignedAlsoWithChineseAndNumbersLeanRight()
    {
        string[] expected =
        [
            "Name   Count  Score  Maybe  Kind     Good",
            "----  ------  -----  -----  -------  ----",
            "圆顶  12,345   0.50      –  Keyword  yes",
            "dome       7   0.25    1.5  Keyword  no",
        ];
        Assert.Equal(expected, Rows.ToTable().ToString().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public void HtmlIsEscapedNumbersLeanRightAndLongTextIsKeptInTheTitle()
    {
        var text = "<script>" + new string('x', 300);
        var html = new[] { (text, 1) }.ToTable(("text & more", row => row.Item1), ("n", row => row.Item2)).ToHtml();

        Assert.Contains("text &amp; more</th>", html);
        Assert.DoesNotContain("<script>", html);
        Assert.Contains($"title=\"&lt;script&gt;{new string('x', 300)}\"", html);
        Assert.Contains("xxx…</td>", html);
        Assert.Matches("<td style=\"text-align:right;[^>]*>1</td>", html);
    }

    [Fact]
    public void RowsBeyondTheLimitAreCounted()
    {
        var table = Enumerable.Range(0, 1234).ToTable(3);

        Assert.Equal(["value"], table.Columns);
        Assert.Equal(3, table.Rows.Count);
        Assert.EndsWith("3 of 1,234 rows", table.ToString());
        Assert.Contains("3 of 1,234 rows", table.ToHtml());
        Assert.DoesNotContain("rows", Enumerable.Range(0, 3).ToTable(3).ToString());
    }

    [Theory]
    [InlineData(new[] { 0.5, 0.25 }, "0.50")]
    [InlineData(new[] { 0.5, 1.0 / 3 }, "0.5000")]
    [InlineData(new[] { 2e-5, 0 }, "2.00e-5")]
    [InlineData(new[] { 12345.678, 1 }, "12,345.7")]
    public void AColumnsNumbersShareTheirDecimals(double[] column, string first) =>
        Assert.Equal(first, CellFormat.For(column.Cast<object?>()).Text(column[0]));

    [Fact]
    public void NumbersAreTheSameInEveryCulture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator) = (",", ".");
        var expected = Rows.ToTable().ToString();
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(expected, Rows.ToTable().ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void RecordsBecomeADataFrameAndThatATable()
    {
        var frame = Rows.ToDataFrame();

        Assert.Equal(["Name", "Count", "Score", "Maybe", "Kind", "Good"], frame.Columns.Select(column => column.Name));
        Assert.Equal(typeof(int), frame["Count"].DataType);
        Assert.Equal(0.25, frame["Score"][1]);
        Assert.Null(frame["Maybe"][0]);
        Assert.Equal("Keyword", frame["Kind"][0]);
        Assert.EndsWith("1 of 2 rows", frame.ToTable(1).ToString());
        Assert.Empty(Array.Empty<Row>().ToDataFrame().Rows);
    }

    [Fact]
    public void ARowOfTheWrongLengthIsRefused() =>
        Assert.Contains(
            "2 columns got a row of 1",
            Assert
                .Throws<CrossEncoderException>(() =>
                    new Table(
                        ["a", "b"],
                        [
                            ["x"],
                        ]
                    )
                )
                .Message
        );

    [Fact]
    public void ChineseIsMarkedSoThatItIsShownAndReadAloudAsSuch()
    {
        var html = new Table(
            ["text"],
            [
                ["水泵"],
                ["pump"],
                ["水泵 pump A3 of the old house"],
                [1],
            ]
        ).ToHtml();
        Assert.Equal(1, System.Text.RegularExpressions.Regex.Count(html, "<td [^>]*lang=\"zh\">水泵<"));
        Assert.Equal(1, System.Text.RegularExpressions.Regex.Count(html, "lang="));
        Assert.Contains("tabindex=\"0\" role=\"group\" aria-label=\"Table\"", html); // what scrolls can be reached
    }
}
