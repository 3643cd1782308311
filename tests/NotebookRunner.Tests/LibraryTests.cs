using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>The library as notebooks use it: by <c>#r</c> of its dll, in a kernel with assemblies of its own.</summary>
public sealed class LibraryTests : IDisposable
{
    private readonly Workspace _workspace = new();

    /// <summary>The library's build output of the same configuration as this test's.</summary>
    internal static string Library
    {
        get
        {
            var bin = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(Root, "src", "CrossEncoders", "bin", bin.Parent!.Name, bin.Name);
        }
    }

    /// <summary>The folder of the repository.</summary>
    internal static string Root => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".."));

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task PlotlyDrawsBesideTheOlderFSharpCoreOfTheKernel()
    {
        _workspace.Write(
            "1.ipynb",
            Code(
                $"""
                #r "{Library}/CrossEncoders.dll"
                #r "{Library}/FSharp.Core.dll"
                #r "{Library}/Plotly.NET.dll"
                #r "{Library}/Plotly.NET.CSharp.dll"
                var first = new CrossEncoders.CrossEncoderException("the library is loaded");
                """
            ),
            Code(
                """
                var chart = Plotly.NET.CSharp.Chart.Line<double, double, string>(new[] { 1.0, 2 }, new[] { 3.0, 4 });
                Console.WriteLine(Plotly.NET.GenericChart.toChartHTML(chart).Contains("Plotly.newPlot"));
                """
            )
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        Assert.Equal("True\n", Cell.Text(_workspace.Outputs("1.ipynb", 1)[0]["text"]));
    }

    [Fact]
    public async Task TheLibrarysOwnViewsAreShownAsTheyWish()
    {
        _workspace.Write(
            "1.ipynb",
            Code($"#r \"{Library}/CrossEncoders.dll\""),
            Code(
                """
                using CrossEncoders.Display;
                new[] { new { Text = "a", Number = 1 } }.ToTable()
                """
            ),
            Code("display(new[] { new { Text = \"a\", Number = 1 } }.ToTable());")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        foreach (var cell in new[] { 1, 2 })
        {
            var data = _workspace.Outputs("1.ipynb", cell).Single()["data"]!;
            Assert.Matches("<th[^>]*>Number</th>", Cell.Text(data["text/html"]));
            Assert.DoesNotContain("TotalRows", Cell.Text(data["text/html"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ADataFrameShownInAnyWayIsEscaped()
    {
        _workspace.Write(
            "1.ipynb",
            Code($"#r \"{Library}/CrossEncoders.dll\"\n#r \"{Library}/Microsoft.Data.Analysis.dll\""),
            Code(
                """"
                using Microsoft.Data.Analysis;
                using CrossEncoders.Display;
                var frame = new[] { new { Text = "<script>alert(1)</script>", Number = 1 } }.ToDataFrame();
                frame
                """"
            ),
            Code("frame.ToTable()"),
            Code("frame.Head(1).Display();"),
            Code("display(frame.Tail(1));"),
            Code("new { A = new { B = new { C = new { D = new { E = frame.ToTable() } } } } }"),
            Code("frame.Rows"),
            Code("new[] { 1 }.ToTable()"),
            Code("Charts.ChunkLengths([(5, \"en\")])")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        var shown = Enumerable
            .Range(1, 6)
            .Select(cell => Cell.Text(_workspace.Outputs("1.ipynb", cell).Single()["data"]!["text/html"]))
            .ToArray();
        Assert.All(shown, html => Assert.DoesNotContain("<script>alert", html));
        Assert.All(shown[..4], html => Assert.Matches("<td style=[^>]*>&lt;script&gt;alert", html));
        // What the library shows of its own keeps its form.
        var own = Enumerable.Range(7, 2).Select(cell => _workspace.Outputs("1.ipynb", cell).Single()["data"]!).ToArray();
        Assert.StartsWith("<div style=\"overflow-x:auto", Cell.Text(own[0]["text/html"]));
        Assert.Contains("data-chart=", Cell.Text(own[1]["text/html"]));
        Assert.StartsWith("Chunk lengths: 1 chunks", Cell.Text(own[1]["text/plain"]));
    }

    [Fact]
    public async Task AVerdictStandsInTheHeadAndAChartMayRunItsScript()
    {
        _workspace.Write(
            "1.ipynb",
            Code($"#r \"{Library}/CrossEncoders.dll\""),
            Code(
                """
                using CrossEncoders.Display;
                using CrossEncoders.Evaluation;
                var interval = new BootstrapInterval(0.25, 0.125, 0.5, 0, 0.95, 100);
                var verdict = new RankingVerdict("a", "<b>", "MRR@10", "all", RankingOutcome.Helps, interval, 100, []);
                verdict
                """
            ),
            Code("new[] { verdict }.ToTable().WithHeadline(\"questions\", 100)"),
            Code("Charts.ChunkLengths([(5, \"en\")])")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        var html = File.ReadAllText(_workspace.Report);
        Assert.Contains("<p class=\"verdict\">It helps: &lt;b&gt; against a, MRR@10 +0.250 [+0.125, +0.500] over 100 questions.</p>", html);
        Assert.Contains("<tr><td>MRR@10, &lt;b&gt; against a</td><td>0.25 [0.125, 0.5]</td><td>helps</td></tr>", html);
        Assert.Contains("<tr><td>questions</td><td>100</td><td></td></tr>", html);
        Assert.DoesNotContain("<details class=\"figures\">", html); // nothing else is left to fold
        Assert.Matches("<script data-plotly-bundle nonce=\"[^\"]+\">", html);
        Assert.Contains("data:image/svg+xml;base64,", html);
    }

    [Theory]
    [InlineData("the library first", "#r \"LIB/CrossEncoders.dll\"\n#r \"nuget: Plotly.NET.Interactive, 6.0.0\"")]
    [InlineData("the package first", "#r \"nuget: Plotly.NET.Interactive, 6.0.0\"\n#r \"LIB/CrossEncoders.dll\"")]
    [InlineData("the library in use", "#r \"LIB/CrossEncoders.dll\"", "USE", "#r \"nuget: Plotly.NET.Interactive, 6.0.0\"")]
    [InlineData("the package in use", "#r \"nuget: Plotly.NET.Interactive, 6.0.0\"", "DRAW", "#r \"LIB/CrossEncoders.dll\"")]
    [InlineData(
        "the package in the cell that draws",
        "#r \"LIB/CrossEncoders.dll\"",
        "USE",
        "#r \"nuget: Plotly.NET.Interactive, 6.0.0\"\nDRAW"
    )]
    public async Task ABareChartOfPlotlyDrawsWithoutANetworkInAnyOrder(string order, params string[] cells)
    {
        const string Draw = """
            #r "nuget: Plotly.NET.CSharp, 0.14.0"
            var plot = Plotly.NET.CSharp.Chart.Line<double, double, string>(new[] { 1.0, 2 }, new[] { 3.0, 4 }, Name: "raw");
            plot
            """;
        const string Use = "new CrossEncoders.CrossEncoderException(\"the library is loaded\").Message";
        _workspace.Write(
            "1.ipynb",
            [
                .. cells
                    .Append("USE")
                    .Append("DRAW")
                    .Select(cell => Code(cell.Replace("LIB", Library).Replace("USE", Use).Replace("DRAW", Draw))),
            ]
        );

        Assert.True(await _workspace.RunAsync() == 0, $"{order}: {_workspace.Log}");
        var data = _workspace.Outputs("1.ipynb", cells.Length + 1).Last(output => output["output_type"]!.ToString() == "execute_result");
        var html = Cell.Text(data["data"]!["text/html"]);
        Assert.Contains("data-chart=", html);
        Assert.Contains("aria-label=\"Chart. 1 series: raw; 2 points.\"", html);
        Assert.DoesNotContain("https://", html.Split("<figure")[1]);
    }

    [Fact]
    public async Task ANoteStandsBelowTheCellThatCausedIt()
    {
        _workspace.Write(
            "1.ipynb",
            Code($"#r \"{Library}/CrossEncoders.dll\"\nvar options = new CrossEncoders.CrossEncoderOptions();"),
            Code("options.Report(\"pairs were truncated\");")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        Assert.Equal("pairs were truncated\n", Cell.Text(_workspace.Outputs("1.ipynb", 1).Single()["text"]));
    }

    [Fact]
    public async Task TheChatClientAbstractionsLoad()
    {
        _workspace.Write(
            "1.ipynb",
            Code(
                $"""
                #r "{Library}/CrossEncoders.dll"
                #r "{Library}/Microsoft.Extensions.AI.dll"
                #r "{Library}/Microsoft.Extensions.AI.Abstractions.dll"
                Console.WriteLine(new Microsoft.Extensions.AI.ChatMessage(Microsoft.Extensions.AI.ChatRole.User, "hello").Text);
                """
            )
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        Assert.Equal("hello\n", Cell.Text(_workspace.Outputs("1.ipynb", 0)[0]["text"]));
    }
}
