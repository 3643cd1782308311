using System.Text.RegularExpressions;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

public sealed class ReportTests : IDisposable
{
    private const string Chart =
        "<script data-plotly-bundle type='text/javascript'>window.Plotly = { newPlot: id => id };</script>"
        + "<div id='ID'></div><script>Plotly.newPlot('ID')</script>";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task OnePageHoldsAllNotebooksAndPlotlyOnce()
    {
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_workspace.Notebooks).FullName, "dot.png"), [1, 2, 3]);
        _workspace.Write(
            "1.ipynb",
            Text("# One\n\nSee [the second](2.ipynb), [below](#a-chart), ![a dot](dot.png)."),
            Text("## A chart\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
            Code($"display(HTML(\"\"\"\"{Chart.Replace("ID", "first")}\"\"\"\"));")
        );
        _workspace.Write(
            "2.ipynb",
            Text("# Two & more"),
            Code($"display(HTML(\"\"\"\"{Chart.Replace("ID", "second")}\"\"\"\"));\nConsole.WriteLine(\"1 < 2\");")
        );

        Assert.Equal(0, await _workspace.RunAsync());

        var html = File.ReadAllText(_workspace.Report);
        Assert.Single(Regex.Matches(html, "<script data-plotly-bundle"));
        Assert.Contains("<script data-plotly-bundle", html[..html.IndexOf("</head>", StringComparison.Ordinal)]);
        Assert.Contains("<div id='first'></div>", html);
        Assert.Contains("<div id='second'></div>", html);
        Assert.Contains("href=\"#notebook-2\">the second</a>", html);
        Assert.Contains("<h2 id=\"notebook-1-a-chart\">", html);
        Assert.Contains("href=\"#notebook-1-a-chart\">below</a>", html);
        Assert.Contains("src=\"data:image/png;base64,AQID\"", html);
        Assert.Contains("<td>1</td>", html);
        Assert.Contains("1 &lt; 2", html);
        Assert.Contains("Two &amp; more</a>", html);
        Assert.Contains("2 of 2 notebooks complete", html);
    }

    [Fact]
    public async Task ThePageAsksForNothingAndTextCannotBringScripts()
    {
        _workspace.Write(
            "1.ipynb",
            Text("<script>alert(1)</script>\n\n![far](https://example.org/x.png) [run](javascript:alert(1)) [away](https://example.org)")
        );

        Assert.Equal(0, await _workspace.RunAsync());

        var html = File.ReadAllText(_workspace.Report);
        Assert.Contains("Content-Security-Policy\" content=\"default-src 'none'", html);
        Assert.DoesNotContain("<script>alert", html);
        Assert.DoesNotContain("javascript:", html);
        Assert.DoesNotMatch("(src|srcset)=\"(https?:)?//", html);
        Assert.DoesNotMatch("<link [^>]*href=\"https?:", html);
        Assert.Contains("<a href=\"https://example.org\">away</a>", html);
    }
}
