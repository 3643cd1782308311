using System.Security.Cryptography;
using System.Text;
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
        var print = html[html.IndexOf("@media print", StringComparison.Ordinal)..html.IndexOf("</style>", StringComparison.Ordinal)];
        Assert.Matches(@"details:not\(\[data-chart-table\]\)::details-content \{ content-visibility: visible; \}", print);
        Assert.Contains("<a href=\"https://example.org\">away</a>", html);
    }

    [Fact]
    public async Task OnlyTheScriptsThatOutputsHaveMayRun()
    {
        const string Shown = $"{Chart}<script>~show('<!--')</script><b onclick='no()'>x</b>";
        _workspace.Write("1.ipynb", Code($"HTML(\"\"\"\"{Shown}\"\"\"\".Replace(\"~\", \"\\r\\n\"))"));

        Assert.Equal(0, await _workspace.RunAsync());

        var html = File.ReadAllText(_workspace.Report);
        var policy = Regex.Match(html, "script-src ([^;]*);").Groups[1].Value.Split(' ');
        string Hash(string script) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'";
        var nonce = Regex.Match(html, "<script data-plotly-bundle nonce=\"([^\"]+)\"").Groups[1].Value;
        string[] allowed = [Hash("Plotly.newPlot('ID')"), Hash("\nshow('<\\!--')"), $"'nonce-{nonce}'"];
        Assert.Equal(allowed.Order(StringComparer.Ordinal), policy);
        Assert.True(Convert.FromBase64String(nonce).Length >= 16);
    }

    [Fact]
    public async Task WithoutScriptsNoneMayRun()
    {
        _workspace.Write("1.ipynb", Code("1"));
        Assert.Equal(0, await _workspace.RunAsync());
        Assert.Contains("script-src 'none';", File.ReadAllText(_workspace.Report));
    }

    [Theory]
    [InlineData("# 重排序\n\n这是一份中文报告，说明重排序模型是否有帮助：BM25 与 RRF。", "zh", "笔记本报告")]
    [InlineData("# Re-ranking\n\nAn English text that quotes 中文.", "en", "Notebook report")]
    public async Task ThePageIsInTheLanguageOfItsTexts(string text, string language, string title)
    {
        _workspace.Write("1.ipynb", Text(text), Code("1"));
        _workspace.Write("2.ipynb", Text(language == "zh" ? "Only English words." : "只有中文。"), Code("1"));
        _workspace.Write("3.ipynb", Text(text));

        Assert.Equal(0, await _workspace.RunAsync());

        var html = File.ReadAllText(_workspace.Report);
        Assert.Contains($"<html lang=\"{language}\">", html);
        Assert.Contains($"<h1>{title}</h1>", html);
        Assert.Single(Regex.Matches(html, $"<div class=\"text\" lang=\"{(language == "zh" ? "en" : "zh")}\">"));
    }

    [Fact]
    public async Task WhatScrollsCanBeReachedAndPicturesSayWhatTheyAre()
    {
        _workspace.Write(
            "1.ipynb",
            Code("for (var i = 0; i < 20; i++) Console.WriteLine(i);"),
            Code("Console.WriteLine(1);"),
            Code("HTML(\"<b>x</b>\")"),
            Code("#!markdown\n![dot](data:image/png;base64,AAAA)")
        );

        Assert.Equal(0, await _workspace.RunAsync());

        var html = File.ReadAllText(_workspace.Report);
        Assert.Contains("<pre class=\"output stdout\" tabindex=\"0\">0\n", html);
        Assert.Contains("<pre class=\"output stdout\">1</pre>", html);
        Assert.Contains("<div class=\"output html\" tabindex=\"0\"><b>x</b></div>", html);
    }
}
