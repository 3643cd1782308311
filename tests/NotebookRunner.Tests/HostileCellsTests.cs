using NotebookRunner.Execution;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>Whatever a cell shows, the run goes to its end and its report, in bounded memory.</summary>
public sealed class HostileCellsTests : IDisposable
{
    private const string Show = """
        using Microsoft.DotNet.Interactive;
        using Microsoft.DotNet.Interactive.Formatting;
        void Show(string mime, string text) => KernelInvocationContext.Current.Publish(
            new Microsoft.DotNet.Interactive.Events.DisplayedValueProduced(
                text, KernelInvocationContext.Current.Command, new[] { new FormattedValue(mime, text) }));
        """;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task ValuesThatNoNotebookCanHoldAreShownAsFarAsTheyGo()
    {
        _workspace.Write(
            "1.ipynb",
            Text("[x](a%00b) <javascript:alert(1)>"),
            Code(Show),
            Code("Show(\"application/json\", \"{ none\");"),
            Code("foreach (var n in new[] { 58, 1000 }) Show(\"application/json\", new string('[', n) + new string(']', n));"),
            Code("Console.Write(\"half \\ud800\"); Show(\"text/html\", \"\\udc00\"); Show(\"text/markdown\", new string('>', 5000));"),
            Code("throw new Exception(\"half \\ud800\");")
        );

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains("1.ipynb, cell 5", _workspace.Log);
        Assert.StartsWith("[No JSON", Cell.Text(_workspace.Outputs("1.ipynb", 2)[0]["data"]!["text/plain"]));
        Assert.NotNull(_workspace.Outputs("1.ipynb", 3)[0]["data"]!["application/json"]);
        Assert.StartsWith("[No JSON", Cell.Text(_workspace.Outputs("1.ipynb", 3)[1]["data"]!["text/plain"]));
        var html = File.ReadAllText(_workspace.Report);
        Assert.Contains("half \uFFFD", html);
        Assert.Contains("This output could not be rendered", html);
        Assert.DoesNotContain("href=\"javascript", html);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"Kind\":\"Stream\",\"Text\":\"half of")]
    public async Task AKernelThatDiesWhileItSendsHasClosedItsPipe(string sent) =>
        await Assert.ThrowsAsync<EndOfStreamException>(() =>
            KernelClient.ReadAsync(new StringReader(sent), TestContext.Current.CancellationToken)
        );

    [Fact]
    public async Task AScriptIsEscapedHoweverDeepItLiesInAValue()
    {
        _workspace.Write(
            "1.ipynb",
            Code("record Node(string Text, object Inner);\nobject value = \"<script>alert(1)</script>\";"),
            Code(
                """
                for (var i = 0; i < 12; i++)
                {
                    value = i % 2 == 0 ? new Node("<script>alert(2)</script>", value) : new[] { value };
                    display(value);
                }
                """
            )
        );

        Assert.Equal(0, await _workspace.RunAsync());

        var shown = _workspace.Outputs("1.ipynb", 1).Select(output => Cell.Text(output["data"]!["text/html"])).ToArray();
        Assert.Equal(12, shown.Length);
        Assert.All(shown, html => Assert.DoesNotContain("<script>", html));
    }

    [Fact]
    public async Task OutputWithoutEndIsCutAndDoesNotStayInMemory()
    {
        _workspace.Write(
            "1.ipynb",
            Code("for (var i = 0; i < 40_000; i++) Console.WriteLine(new string('x', 999));"),
            Code("Console.WriteLine(new string('y', 20_000_000));"),
            Code("HTML(new string('z', 20_000_000))"),
            Code("GC.GetTotalMemory(true) >> 20")
        );
        var before = GC.GetTotalMemory(true);

        Assert.Equal(0, await _workspace.RunAsync());

        Assert.Contains("39,000,000 more characters", Cell.Text(_workspace.Outputs("1.ipynb", 0)[1]["text"]));
        Assert.Equal(1_000_000, Cell.Text(_workspace.Outputs("1.ipynb", 1)[0]["text"]).Length);
        Assert.Contains("20,000,000 characters of text/html", Cell.Text(_workspace.Outputs("1.ipynb", 2)[0]["data"]!["text/plain"]));
        var kernel = int.Parse(
            System.Text.RegularExpressions.Regex.Match(Cell.Text(_workspace.Outputs("1.ipynb", 3)[0]["data"]!["text/html"]), @"\d+").Value
        );
        Assert.True(kernel < 150, $"the kernel keeps {kernel} MiB");
        Assert.True(GC.GetTotalMemory(true) - before < 50 << 20);
    }

    [Fact]
    public async Task AnExecutedNotebookThatCannotBeWrittenDoesNotCostTheReport()
    {
        var taken = Path.Combine(_workspace.Output, "1.ipynb", "taken"); // what lies there before is found before the run
        _workspace.Write("1.ipynb", Code($"System.IO.Directory.CreateDirectory(@\"{taken}\"); Console.WriteLine(\"computed\");"));
        _workspace.Write("2.ipynb", Code("2"));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains("Cannot write", _workspace.Log);
        var html = File.ReadAllText(_workspace.Report);
        Assert.Contains("Cannot write", html);
        Assert.Contains("computed", html);
        Assert.Empty(Directory.GetFiles(_workspace.Output));
    }

    [Fact]
    public async Task AKeyThatACellPrintsReachesNeitherNotebookNorReportNorConsole()
    {
        const string Key = "sk-live-0123456789";
        _workspace.Write(
            "1.ipynb",
            Code("var apiKey = \"\";", "parameters"),
            Code("Console.WriteLine(apiKey);"),
            Code("throw new Exception(apiKey);")
        );

        Assert.Equal(1, await _workspace.RunAsync(parameters: new() { ["apiKey"] = Key }));

        foreach (
            var text in new[]
            {
                _workspace.Log,
                File.ReadAllText(_workspace.Report),
                File.ReadAllText(Path.Combine(_workspace.Output, "1.ipynb")),
            }
        )
        {
            Assert.DoesNotContain(Key, text);
            Assert.Contains("•••", text);
        }
    }
}
