using System.Net;
using System.Text.RegularExpressions;
using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

/// <summary>A table's two forms, HTML and text, on data at the edge.</summary>
public sealed class TableFormTests
{
    private const string Markup = "<img src=x onerror=\"alert('1')\"> & 圆顶";

    public static TheoryData<string> Names => [.. Tables.Keys];

    private static readonly Dictionary<string, Table> Tables = new()
    {
        ["nothing"] = new([], []),
        ["no rows"] = new(["a", "b"], []),
        ["one cell"] = Of(
            [
                ["x"],
            ],
            "a"
        ),
        ["Chinese"] = Of(
            [
                ["望远镜圆顶卡住怎么办", 1],
                ["dome", 22],
            ],
            "问题",
            "数量"
        ),
        ["markup"] = Of(
            [
                [Markup, Markup],
            ],
            Markup,
            "b"
        ),
        ["numbers"] = Of(
            [
                [1e-5, 1_000_000, double.NaN],
                [0.0, -1, double.PositiveInfinity],
            ],
            "small",
            "large",
            "none"
        ),
        ["empty texts"] = Of(
            [
                ["", null],
                ["x", ""],
            ],
            "",
            "b"
        ),
        ["marks"] = Of(
            [
                ["e\u0301", "👩‍🚀"],
                ["é", "x"],
            ],
            "combined",
            "joined"
        ),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void TextAndHtmlSayTheSame(string name)
    {
        var table = Tables[name];
        var (html, text) = (Cells(table.ToHtml()), table.ToString().Split(Environment.NewLine));

        Assert.Equal([.. table.Columns, .. table.Rows.SelectMany(row => row.Select((value, c) => Written(table, c, value)))], html);
        var places = table.Columns.Select((_, c) => Column(table, c)).ToArray();
        foreach (var (r, row) in table.Rows.Index())
            Assert.Equal(string.Join("  ", row.Select((value, c) => Padded(Written(table, c, value), places[c]))).TrimEnd(), text[r + 2]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLineOfTheTextFitsTheRuleBelowTheHeads(string name)
    {
        var lines = Tables[name].ToString().Split(Environment.NewLine);
        if (Tables[name].Columns.Count == 0)
            Assert.Equal([""], lines);
        else
            Assert.All(lines, line => Assert.InRange(Html.Width(line), 0, Html.Width(lines[1])));
    }

    [Fact]
    public void MarkupStaysTextEverywhere()
    {
        var html = Tables["markup"].WithCaption(Markup).ToHtml();
        Assert.DoesNotContain("<img", html);
        Assert.Equal(4, Regex.Count(html, "&lt;img src=x onerror=&quot;alert\\(&#39;1&#39;\\)&quot;&gt; &amp; 圆顶"));
    }

    [Fact]
    public void ACaptionStandsAboveInBothFormsAndChangesNothingElse()
    {
        var table = Enumerable.Range(0, 30).ToTable(2);
        var named = table.WithCaption("标题");
        Assert.Equal("标题" + Environment.NewLine + table, named.ToString());
        Assert.Equal(table.ToHtml(), Regex.Replace(named.ToHtml(), "<caption.*?</caption>", ""));
        Assert.Contains(">标题</caption><thead>", named.ToHtml());
        Assert.Equal((30, null, "标题"), (named.TotalRows, table.Caption, named.Caption));
    }

    [Fact]
    public void ATextOfManyLinesIsOneLineAmongColumns()
    {
        var table = Of(
            [
                ["first\r\nsecond\tthird\u2028fourth", "b"],
            ],
            "a",
            "c"
        );
        Assert.EndsWith("first second third fourth  b", table.ToString());
        Assert.Contains("first \nsecond\tthird", WebUtility.HtmlDecode(table.ToHtml())); // a page may show the lines
    }

    /// <summary>Columns count, not characters: 24 Chinese ones fill 48.</summary>
    [Theory]
    [InlineData("x", 48, 47)]
    [InlineData("圆", 24, 23)]
    public void TextIsCutToTheColumnAndTheTitleKeepsItWhole(string letter, int fits, int kept)
    {
        string Repeated(int count) => string.Concat(Enumerable.Repeat(letter, count));
        Assert.EndsWith(
            Environment.NewLine + Repeated(fits),
            Of(
                    [
                        [Repeated(fits)],
                    ],
                    "a"
                )
                .ToString()
        );
        Assert.EndsWith(
            Environment.NewLine + Repeated(kept) + "…",
            Of(
                    [
                        [Repeated(fits + 1)],
                    ],
                    "a"
                )
                .ToString()
        );
        Assert.DoesNotContain(
            "title=",
            Of(
                    [
                        [Repeated(fits + 1)],
                    ],
                    "a"
                )
                .ToHtml()
        );
        Assert.Contains(
            $"title=\"{Repeated(200)}\"",
            Of(
                    [
                        [Repeated(200)],
                    ],
                    "a"
                )
                .ToHtml()
        );
    }

    [Theory]
    [InlineData(0, 5, "0 of 5 rows")]
    [InlineData(1, 1_000_000, "1 of 1,000,000 rows")]
    [InlineData(2, 2, null)]
    [InlineData(2, 1, null)] // fewer in all than are shown is no news
    public void WhatIsNotShownIsCounted(int shown, long all, string? said)
    {
        var table = new Table(["n"], [.. Enumerable.Range(0, shown).Select(i => (IReadOnlyList<object?>)[i])], totalRows: all);
        foreach (var form in (string[])[table.ToString(), table.ToHtml()])
            if (said is null)
                Assert.DoesNotContain(" rows", form);
            else
                Assert.Contains(said, form);
    }

    private static Table Of(object?[][] rows, params string[] columns) => new(columns, rows);

    private static string[] Cells(string html) =>
        [.. Regex.Matches(html, "<t[hd] [^>]*>(.*?)</t[hd]>").Select(cell => WebUtility.HtmlDecode(cell.Groups[1].Value))];

    private static string Written(Table table, int column, object? value) =>
        CellFormat.For(table.Rows.Select(row => row[column])).Text(value);

    private static (int Width, bool Right) Column(Table table, int column) =>
        (
            table.Rows.Select(row => Html.Width(Written(table, column, row[column]))).Append(Html.Width(table.Columns[column])).Max(),
            CellFormat.For(table.Rows.Select(row => row[column])).IsNumber
        );

    private static string Padded(string text, (int Width, bool Right) column)
    {
        var padding = new string(' ', column.Width - Html.Width(text));
        return column.Right ? padding + text : text + padding;
    }
}
