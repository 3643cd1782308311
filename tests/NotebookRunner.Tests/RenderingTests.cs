using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrossEncoders.Tests;
using NotebookRunner.Execution;
using NotebookRunner.Notebooks;
using NotebookRunner.Reports;

namespace NotebookRunner.Tests;

/// <summary>Texts and outputs as HTML of the report.</summary>
public sealed class RenderingTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("<JAVASCRIPT:alert(1)>")]
    [InlineData("<data:text/html,x>")]
    [InlineData("<vbscript:x>")]
    [InlineData("[run](javascript:alert(1))")]
    [InlineData("[run]( JaVaScRiPt:alert(1))")]
    [InlineData("[run](java\tscript:alert(1))")]
    [InlineData("[run][r]\n\n[r]: javascript:alert(1)")]
    [InlineData("![run](javascript:alert(1))")]
    public void NoLinkLeadsIntoAScript(string text)
    {
        foreach (var html in new[] { MarkdownPages.Render(text), Render(text) })
            Assert.DoesNotMatch("(?i)(href|src)=\"\\s*(javascript|data|vbscript)", html);
    }

    [Theory]
    [InlineData("<https://example.org>", "href=\"https://example.org\"")]
    [InlineData("<me@example.org>", "href=\"mailto:me@example.org\"")]
    [InlineData("https://example.org", "href=\"https://example.org\"")]
    [InlineData("[a](https://example.org)", "href=\"https://example.org\"")]
    public void OrdinaryLinksStay(string text, string html) => Assert.Contains(html, Render(text));

    [Theory]
    [InlineData("[x](a%00b)")]
    [InlineData("![x](a%00b.png)")]
    [InlineData("[x](%)")]
    [InlineData("[x](%ff%fe)")]
    [InlineData("[x](../../../../../../../../..)")]
    [InlineData("![x](.)")]
    [InlineData("![x](attachment:none.png)")]
    [InlineData("[x](#%00)")]
    [InlineData("[x]()")]
    public void ALinkToAFileThatCannotBeIsStillALink(string text) => Assert.Contains("<a href=", Render(text));

    [Fact]
    public void LinksToFilesAreSeenFromTheReport()
    {
        Assert.Contains("href=\"../notebooks/data/a%20b.csv#x\"", Render("[x](data/a%20b.csv#x)"));
        Assert.Contains("href=\"#notebook-2\"", Render("[x](2.ipynb)"));
    }

    [Theory]
    [InlineData("# What does it cost?\n\n[x](#What-does-it-cost?)")]
    [InlineData("# 训练：损失\n\n[x](#训练：损失)")]
    [InlineData("# a_b\n\n[x](#A%5Fb)")]
    public void ALinkLeadsToAHeadingWhateverSignsItHas(string text)
    {
        var html = Uri.UnescapeDataString(Render(text));
        var id = Regex.Match(html, "<h1 id=\"([^\"]+)\"").Groups[1].Value;
        Assert.Contains($"<a href=\"#{id}\">x</a>", html);
    }

    [Fact]
    public void FootnotesOfTwoTextsHaveIdsOfTheirOwn()
    {
        _workspace.Write("1.ipynb", Workspace.Text("One[^1]\n\n[^1]: first"), Workspace.Text("Two[^1]\n\n[^1]: second"));
        var html = Page("1.ipynb");
        var ids = Regex.Matches(html, " id=\"([^\"]*fn[^\"]*)\"").Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(4, ids.Distinct().Count());
        Assert.Equal(4, ids.Count);
        Assert.All(ids, id => Assert.Contains($"href=\"#{id}\"", html));
    }

    [Fact]
    public void AChineseReportSaysInChineseWhatBecameOfItsCells()
    {
        var path = _workspace.Write(
            "1.ipynb",
            Workspace.Text("# 报告\n\n这是一份中文报告。"),
            Workspace.Text(new string('>', 5000)),
            Workspace.Code("1"),
            Workspace.Code("2", "skip-execution")
        );
        var failure = new CellFailure(1, 1, "1", "error");
        var result = new NotebookResult(Notebook.Load(path), TimeSpan.Zero, new Dictionary<Cell, double>(), [failure]);
        Report.Save(_workspace.Report, [result with { TakenFrom = DateTime.UnixEpoch }], Workspace.Facts(), Secrets.Among([]));
        var html = File.ReadAllText(_workspace.Report);
        foreach (var words in (string[])["失败", "未运行<", "未运行，保留原输出", "输出来自 1970-01-01 00:00", "此文本无法显示："])
            Assert.Contains(words, html);
        foreach (var words in (string[])[">failed<", "not run", "output of", "could not be"])
            Assert.DoesNotContain(words, html);
    }

    [Fact]
    public void TextNestedAThousandTimesIsShownAsItWasWritten()
    {
        _workspace.Write("1.ipynb", Workspace.Text(new string('>', 5000) + " deep"), Workspace.Text("# After"));
        var html = Page("1.ipynb");
        Assert.Contains("This text could not be rendered", html);
        Assert.Contains("deep</pre>", html);
        Assert.Contains("After</h1>", html);
    }

    [Theory]
    [InlineData("text/html", "<b>bold</b>", "<div class=\"output html\" tabindex=\"0\"><b>bold</b></div>")]
    [InlineData("text/plain", "1 < 2", "1 &lt; 2")]
    [InlineData("text/markdown", "**bold**", "<strong>bold</strong>")]
    [InlineData("image/png", "AQID", "src=\"data:image/png;base64,AQID\"")]
    [InlineData("image/png", "\"><script>", "base64,&quot;&gt;&lt;script&gt;\"")]
    [InlineData("application/unknown", "x", "")]
    public void AnOutputIsShownByItsRichestForm(string mime, string content, string html)
    {
        var shown = OutputHtml.Of(Value((mime, content)), new SharedScripts());
        Assert.Contains(html, shown);
        Assert.Equal(html.Length == 0, shown.Length == 0);
    }

    [Fact]
    public void MarkdownThatIsTooDeepOrTooLongIsShownAsText()
    {
        Assert.Contains("could not be rendered", OutputHtml.Of(Value(("text/markdown", new string('>', 5000))), new SharedScripts()));
        Assert.StartsWith("<pre", OutputHtml.Of(Value(("text/markdown", new string('*', 600_000))), new SharedScripts()));
    }

    [Fact]
    public void AnErrorShowsItsMessageAndItsStackWithoutColors()
    {
        var error = new JsonObject
        {
            ["output_type"] = "error",
            ["ename"] = "E",
            ["evalue"] = "<went wrong>",
            ["traceback"] = new JsonArray("\e[31mat line 1\e[0m"),
        };
        Assert.Contains("E: &lt;went wrong&gt;\nat line 1", OutputHtml.Of(error, new SharedScripts()));
    }

    [Fact]
    public void BundlesAreTakenOutOnceAndTheRestStays()
    {
        var scripts = new SharedScripts();
        const string Bundle = "<script data-plotly-bundle>1</script>";
        Assert.Equal("ab<script>2</script>c", scripts.Take($"a{Bundle}b{Bundle}<script>2</script>c"));
        Assert.Equal("<script data-plotly-bundle>open</script>", scripts.Take("<script data-plotly-bundle>open"));
        Assert.Matches("^<script data-plotly-bundle nonce=\"[^\"]+\">1</script>$", scripts.Html);
    }

    [Fact]
    public void ManyScriptsThatAreNoBundleTakeLinearTime() =>
        Growth.IsLinear(500_000, count => new SharedScripts().Take(string.Concat(Enumerable.Repeat("<script ", count))));

    [Fact]
    public void ALineOverwrittenAMillionTimesTakesLinearTime() => Growth.IsLinear(1_000_000, times =>
        {
            var line = new string('x', times / 10);
            Assert.Equal("y" + line[1..], Terminal.Final(line + string.Concat(Enumerable.Repeat("\ry", times))));
        });

    private static JsonObject Value(params (string Mime, string Content)[] data) =>
        new()
        {
            ["output_type"] = "display_data",
            ["data"] = new JsonObject(data.Select(part => KeyValuePair.Create(part.Mime, (JsonNode?)part.Content))),
        };

    private string Render(string text)
    {
        var notebook = Notebook.Load(_workspace.Write("1.ipynb", Workspace.Text(text)));
        var sections = new Dictionary<string, string> { ["2.ipynb"] = "notebook-2" };
        return new MarkdownPages(Path.Combine(_workspace.Folder, "report"), sections).Render(notebook.Cells[0], notebook, "notebook-1", []);
    }

    private string Page(string name)
    {
        var notebook = Notebook.Load(Path.Combine(_workspace.Notebooks, name));
        Report.Save(
            _workspace.Report,
            [new(notebook, TimeSpan.Zero, new Dictionary<Cell, double>(), [])],
            Workspace.Facts(),
            Secrets.Among([])
        );
        return File.ReadAllText(_workspace.Report);
    }
}
