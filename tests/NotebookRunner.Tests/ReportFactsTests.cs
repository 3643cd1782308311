using System.Text.RegularExpressions;
using NotebookRunner.Reports;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>What a report says about its run, and two of them compared.</summary>
public sealed class ReportFactsTests : IDisposable
{
    private const string Figures = """
        [{"name":"mrr of a","value":0.5,"lower":0.4,"upper":0.6,"higherIsBetter":true},
         {"name":"loss <b>","value":0.00001,"higherIsBetter":false}]
        """;

    private const string NoVerdicts = """
        <script type="application/json" id="report-facts">
        {"parameters":{},"data":{},"packages":{},"figures":[],"verdicts":null}</script>
        """;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task TheHeadSaysWhatTheReportWasMadeFrom()
    {
        Write();

        Assert.Equal(0, await _workspace.RunAsync(parameters: new() { ["epochs"] = "3" }));

        var facts = ReportFacts.Read(_workspace.Report);
        Assert.Equal(["data", "epochs", "seed"], facts.Parameters.Keys);
        Assert.Equal(["../data", "3", "7"], facts.Parameters.Values);
        Assert.Equal("7", facts.Seeds.Single().Value);
        Assert.Equal(64, facts.Data["../data"].Length);
        Assert.DoesNotContain("../results", facts.Data.Keys); // The run wrote it.
        Assert.Contains(".NET", facts.Machine);
        Assert.Null(facts.Commit); // The workspace is in no repository.
        Assert.Equal(["mrr of a: 0.5 [0.4, 0.6]", "loss <b>: 1e-5"], facts.Figures.Select(figure => $"{figure.Name}: {figure}"));

        var head = File.ReadAllText(_workspace.Report).Split("<nav")[0];
        foreach (var text in new[] { "epochs = 3", "seed = 7", facts.Data["../data"][..12], "0.5 [0.4, 0.6]", "loss &lt;b&gt;" })
            Assert.Contains(text, head);
        Assert.DoesNotContain("loss <b>", head);
    }

    [Fact]
    public async Task AFigureThatIsAlsoAHeadlineStandsInTheHead()
    {
        _workspace.Write(
            "1.ipynb",
            Shown("""[{"name":"a","value":1},{"name":"b","value":2}]"""),
            Shown("""[{"name":"a","value":1,"headline":true,"verdict":"helps"}]"""),
            Shown("""[{"name":"a","value":3}]""")
        );

        Assert.Equal(0, await _workspace.RunAsync());

        Assert.Equal(
            ["a True helps", "b False "],
            ReportFacts.Read(_workspace.Report).Figures.Select(figure => $"{figure.Name} {figure.Headline} {figure.Verdict}")
        );
    }

    [Fact]
    public async Task TwoRunsOfTheSameAreTheSameEverywhere()
    {
        Write();
        Assert.Equal(0, await _workspace.RunAsync());
        var first = ReportFacts.Read(_workspace.Report);
        Assert.Equal(0, await _workspace.RunAsync());

        var lines = ReportComparison.Lines(first, ReportFacts.Read(_workspace.Report)).ToArray();

        Assert.Equal(
            ["Parameters: same", "Data: same", "Packages: same", "Machine: same", "Verdicts: same", "Figures: same, digit for digit"],
            lines[2..8]
        );
        Assert.Equal(2, lines[8..].Length);
        Assert.All(lines[8..], line => Assert.EndsWith("  same", line));
    }

    [Fact]
    public void VerdictsAreComparedSentenceBySentence()
    {
        var old = Facts(new Figure("a", 1, 0, 2, true, "helps")) with { Verdicts = ["It helps.", "It is fast."] };
        var now = Facts(new Figure("a", 0.5, -1, 2, true, "too few questions")) with { Verdicts = ["It is fast.", "Nobody knows."] };

        var lines = ReportComparison.Lines(old, now).ToArray();

        var at = Array.IndexOf(lines, "Verdicts: changed");
        Assert.Equal(
            ["  only in the old report: It helps.", "  only in the new report: Nobody knows.", "Figures:"],
            lines[(at + 1)..(at + 4)]
        );
        Assert.Equal("  a: 1 [0, 2] → 0.5 [-1, 2]  same; helps → too few questions", lines[^1]);
        Assert.Contains("Verdicts: same", ReportComparison.Lines(old, old));
        Assert.Contains("Verdicts: none", ReportComparison.Lines(Facts(), Facts()));
    }

    [Theory]
    [InlineData(0.00099999999, "0.001")]
    [InlineData(-0.0005545, "-0.0006")]
    [InlineData(0.00001234, "1.234e-5")]
    [InlineData(0, "0")]
    public void AFigureIsShownAsOneReadsIt(double value, string shown) => Assert.Equal(shown, $"{new Figure("a", value)}");

    [Fact]
    public void ADifferenceInTheLastDigitIsShown()
    {
        var lines = ReportComparison.Lines(Facts(new Figure("a", 0.1)), Facts(new Figure("a", Math.BitIncrement(0.1)))).ToArray();

        Assert.Contains("Figures:", lines);
        Assert.Equal("  a: 0.1 → 0.10000000000000002  changed", lines[^1]);
    }

    [Theory]
    [InlineData(0.5, 0.5, true, "same")]
    [InlineData(0.5, 0.56, true, "same")] // within what the intervals explain: √2 · 0.05
    [InlineData(0.5, 0.58, true, "better")]
    [InlineData(0.5, 0.42, true, "worse")]
    [InlineData(0.5, 0.58, false, "worse")]
    [InlineData(0.5, 0.42, null, "changed")]
    public void ADifferenceCountsBeyondTheIntervals(double old, double now, bool? higher, string word) =>
        Assert.Equal(
            word,
            ReportComparison.Word(new("x", old, old - 0.05, old + 0.05, higher), new("x", now, now - 0.05, now + 0.05, higher))
        );

    [Fact]
    public void WithoutIntervalsEveryDifferenceCounts() =>
        Assert.Equal("better", ReportComparison.Word(new("x", 0.5, null, null, false), new("x", 0.4999, null, null, false)));

    [Fact]
    public void WhatWentInDifferentlyIsListed()
    {
        var old = Facts(new Figure("a", 1, null, null, true), new Figure("gone", 1, null, null, true));
        var now = Facts(new Figure("a", 2, null, null, true), new Figure("new", 3, 2, 4, true));
        old.Parameters["epochs"] = "1";
        (now.Parameters["epochs"], now.Parameters["rate"]) = ("3", "0.1");

        var lines = ReportComparison.Lines(old, now).ToArray();

        Assert.Contains("Parameters: changed", lines);
        Assert.Contains("  epochs: 1 → 3", lines);
        Assert.Contains("  rate: none → 0.1", lines);
        Assert.Contains("  a: 1 → 2  better", lines);
        Assert.Contains("  gone: 1  only in the old report", lines);
        Assert.Contains("  new: 3 [2, 4]  only in the new report", lines);
    }

    [Theory]
    [InlineData("<!DOCTYPE html>", "has no block of facts")]
    [InlineData("<script type=\"application/json\" id=\"report-facts\">{ none</script>", "cannot be read")]
    [InlineData("<script type=\"application/json\" id=\"report-facts\">{}</script>", "has no block of facts")]
    [InlineData(NoVerdicts, "has no block of facts")]
    public void AnotherPageIsNoReport(string page, string message)
    {
        var path = Path.Combine(_workspace.Folder, "page.html");
        File.WriteAllText(path, page);
        Assert.Contains(message, Assert.Throws<RunnerException>(() => ReportFacts.Read(path)).Message);
        Assert.Throws<RunnerException>(() => ReportFacts.Read(path + ".absent"));
    }

    [Theory]
    [InlineData("{ none")]
    [InlineData("[null, {}, 3]")]
    [InlineData("{\"name\":\"x\"}")]
    public async Task FiguresThatAreNoneAreLeftOut(string json)
    {
        _workspace.Write("1.ipynb", Shown(json));
        Assert.Equal(0, await _workspace.RunAsync());
        Assert.Empty(ReportFacts.Read(_workspace.Report).Figures);
        Assert.Single(Regex.Matches(File.ReadAllText(_workspace.Report), "id=\"report-facts\""));
    }

    private static System.Text.Json.Nodes.JsonObject Shown(string json) =>
        Code($"HTML(\"\"\"\"<div data-figures=\"{System.Net.WebUtility.HtmlEncode(json.ReplaceLineEndings(""))}\">table</div>\"\"\"\")");

    private void Write()
    {
        Directory.CreateDirectory(Path.Combine(_workspace.Folder, "data"));
        File.WriteAllText(Path.Combine(_workspace.Folder, "data", "a.txt"), "abc");
        _workspace.Write(
            "1.ipynb",
            Code("var data = \"../data\"; int epochs = 1;", "parameters"),
            Code("System.IO.Directory.CreateDirectory(\"../results\"); System.IO.File.WriteAllText(\"../results/x.txt\", \"same\");"),
            Shown(Figures.Trim())
        );
        _workspace.Write(
            "2.ipynb",
            Code("var seed = 7;", "parameters"),
            Shown(Figures.Trim()),
            Code("HTML(\"<p data-verdict>It helps.</p>\")")
        );
    }
}
