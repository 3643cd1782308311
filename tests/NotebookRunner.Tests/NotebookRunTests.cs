using System.Text.Json.Nodes;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>Whole runs on the real kernel, in its own process.</summary>
public sealed class NotebookRunTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task CellsShareAKernelAndLeaveTheirOutputs()
    {
        _workspace.Write(
            "01-first.ipynb",
            Text("# First"),
            Code(
                """
                var x = 20;
                await Task.Delay(1);
                Console.Write("one "); Console.WriteLine("line");
                Console.Error.WriteLine("warned");
                """
            ),
            Code("  "),
            Code("x + 1"),
            Code("display(HTML(\"<i>shown</i>\")); \"plain\".Display();")
        );

        Assert.Equal(0, await _workspace.RunAsync());

        var cells = _workspace.Executed("01-first.ipynb");
        Assert.Equal([null, 1, null, 2, 3], cells.Select(cell => (int?)cell!["execution_count"]));
        Assert.Equal(["cell-0", "cell-1", "cell-2", "cell-3", "cell-4"], cells.Select(cell => (string?)cell!["id"]));

        var streams = _workspace.Outputs("01-first.ipynb", 1);
        Assert.Equal(["stdout", "stderr"], streams.Select(output => (string?)output["name"]));
        Assert.Equal("one line\n", Cell.Text(streams[0]["text"]));

        var result = Assert.Single(_workspace.Outputs("01-first.ipynb", 3));
        Assert.Equal("execute_result", (string?)result["output_type"]);
        Assert.Equal(2, (int?)result["execution_count"]);
        Assert.Contains("21", Cell.Text(result["data"]!["text/html"]));

        var shown = _workspace.Outputs("01-first.ipynb", 4);
        Assert.Equal("<i>shown</i>", Cell.Text(shown[0]["data"]!["text/html"]));
        Assert.Equal("plain", Cell.Text(shown[1]["data"]!["text/plain"]));
    }

    [Fact]
    public async Task ProgressNamesNotebookCellLineAndSeconds()
    {
        _workspace.Write("b.ipynb", Code("\n// second\n1"));
        _workspace.Write("a.ipynb", Code("// first\n1"), Code("2"));

        Assert.Equal(0, await _workspace.RunAsync());

        Assert.Matches(
            @"^a\.ipynb\s+\[1/2\] // first +\d+\.\d s\s+\[2/2\] 2 +\d+\.\d s\s+b\.ipynb\s+\[1/1\] // second +\d+\.\d s",
            _workspace.Console
        );
    }

    [Fact]
    public async Task AnUpdateReplacesWhatWasDisplayedEvenFromALaterCell()
    {
        _workspace.Write(
            "a.ipynb",
            Code(
                """
                using Microsoft.DotNet.Interactive;
                using Microsoft.DotNet.Interactive.Formatting;
                var shown = KernelInvocationContext.Current.Display("step 0", "text/html");
                shown.Update("step 1");
                """
            ),
            Code("shown.Update(\"step 2\");")
        );

        Assert.Equal(0, await _workspace.RunAsync());

        var output = Assert.Single(_workspace.Outputs("a.ipynb", 0));
        Assert.Equal("display_data", (string?)output["output_type"]);
        Assert.Contains("step 2", Cell.Text(output["data"]!["text/html"]));
        Assert.Empty(_workspace.Outputs("a.ipynb", 1));
    }

    [Fact]
    public async Task AFailingCellStopsTheRunAndKeepsWhatWasComputed()
    {
        _workspace.Write(
            "1.ipynb",
            Code("Console.WriteLine(\"computed\");"),
            Code("int Divide(int by) => 1 / by;\n\nDivide(0);"),
            Code("Console.WriteLine(\"never\");")
        );
        _workspace.Write("2.ipynb", Code("1"));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains("1.ipynb, cell 2, line 3 failed", _workspace.Log);
        Assert.Contains("Divide(0);", _workspace.Log);
        Assert.Contains("System.DivideByZeroException", _workspace.Log);
        Assert.Equal("computed\n", Cell.Text(_workspace.Outputs("1.ipynb", 0)[0]["text"]));
        var error = Assert.Single(_workspace.Outputs("1.ipynb", 1));
        Assert.Equal("error", (string?)error["output_type"]);
        Assert.Equal("System.DivideByZeroException", (string?)error["ename"]);
        Assert.Empty(_workspace.Outputs("1.ipynb", 2));
        Assert.False(File.Exists(Path.Combine(_workspace.Output, "2.ipynb")));
        Assert.Contains("0 of 2 notebooks complete", File.ReadAllText(_workspace.Report));
    }

    [Theory]
    [InlineData("var a = 1;\nvar b = a + undefined;", 2)]
    [InlineData("#!time\n\nvar a = 1;\nvar b = a + undefined;", 4)]
    [InlineData("undefined.ToString();\n#!time\n#!csharp\nvar b = 1;", 1)]
    [InlineData("var a = 1;\n#!csharp\nvar a = 1;\n#!time\nvar b = a + undefined;", 5)]
    public async Task ACompileErrorNamesItsLine(string source, int line)
    {
        _workspace.Write("1.ipynb", Code(source));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains($"cell 1, line {line} failed", _workspace.Log);
        Assert.Matches($@"\({line},\d+\): error CS0103", _workspace.Log);
    }

    [Fact]
    public async Task ParametersAreInjectedWhereTheyAreDeclared()
    {
        _workspace.Write(
            "1.ipynb",
            Code("var title = \"none\";\nfloat rate = 0.1f; int epochs = 1; bool fast = false;", "parameters"),
            Code("Console.WriteLine($\"{title} {rate} {epochs} {fast}\");")
        );
        _workspace.Write("2.ipynb", Code("Console.WriteLine(\"has none\");"));

        Assert.Equal(
            0,
            await _workspace.RunAsync(
                parameters: new()
                {
                    ["title"] = "C:\\my \"docs\"",
                    ["rate"] = "0.5",
                    ["epochs"] = "3",
                    ["fast"] = "true",
                }
            )
        );

        Assert.Equal("C:\\my \"docs\" 0.5 3 True\n", Cell.Text(_workspace.Outputs("1.ipynb", 2)[0]["text"]));
        var injected = _workspace.Executed("1.ipynb")[1]!;
        Assert.Equal("injected-parameters", (string?)injected["metadata"]!["tags"]![0]);
        Assert.NotNull(injected["id"]);
        Assert.Single(_workspace.Executed("2.ipynb"));
    }

    [Fact]
    public async Task ARequestForInputFailsWithAdvice()
    {
        _workspace.Write("1.ipynb", Code("await Microsoft.DotNet.Interactive.Kernel.GetInputAsync(\"Your name?\")"));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains("Your name?", _workspace.Log);
        Assert.Contains("-p name=value", _workspace.Log);
    }

    [Fact]
    public async Task ACellThatTakesTooLongEndsWithItsKernel()
    {
        _workspace.Write("1.ipynb", Code("Console.WriteLine(Environment.ProcessId);"), Code("while (true) ;"));

        Assert.Equal(1, await _workspace.RunAsync(cellLimit: TimeSpan.FromSeconds(10)));

        Assert.Contains("--cell-timeout-minutes", _workspace.Log);
        AssertEnded(int.Parse(Cell.Text(_workspace.Outputs("1.ipynb", 0)[0]["text"])));
    }

    [Fact]
    public async Task AnInterruptedRunEndsItsKernelAndWritesWhatThereIs()
    {
        _workspace.Write(
            "1.ipynb",
            Code("Console.WriteLine(Environment.ProcessId);\nSystem.IO.File.WriteAllText(\"started\", \"\");"),
            Code("while (true) ;")
        );
        using var interrupt = new CancellationTokenSource();

        var run = _workspace.RunAsync(cancellation: interrupt.Token);
        while (!File.Exists(Path.Combine(_workspace.Notebooks, "started")))
            await Task.Delay(50, TestContext.Current.CancellationToken);
        await interrupt.CancelAsync();

        Assert.Equal(130, await run);
        Assert.Contains("interrupted", File.ReadAllText(_workspace.Report));
        var printed = _workspace.Outputs("1.ipynb", 0).FirstOrDefault();
        if (printed is not null) // The interrupt may come between the file and the print's arrival.
            AssertEnded(int.Parse(Cell.Text(printed["text"])));
    }

    [Fact]
    public async Task AKernelThatDiesIsAnErrorWithItsLastWords()
    {
        _workspace.Write("1.ipynb", Code("Environment.FailFast(\"out of luck\");"));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains("The kernel process ended", _workspace.Log);
        Assert.Contains("out of luck", (string?)_workspace.Outputs("1.ipynb", 0)[0]["evalue"]);
    }

    [Fact]
    public async Task NativeAndStrayPrintsDoNotDisturbTheRun()
    {
        _workspace.Write(
            "1.ipynb",
            Code(
                """
                var stdout = Console.OpenStandardOutput();
                var line = System.Text.Encoding.UTF8.GetBytes("{\"Kind\":\"Done\"}\n");
                stdout.Write(line, 0, line.Length);
                1
                """
            )
        );

        Assert.Equal(0, await _workspace.RunAsync());
        Assert.Single(_workspace.Outputs("1.ipynb", 0));
    }

    [Fact]
    public async Task OutputsOfAnEarlierRunDoNotSurvive()
    {
        var stale = Code("var quiet = 1;");
        stale["outputs"] = JsonNode.Parse("""[{"output_type": "stream", "name": "stdout", "text": "stale"}]""");
        _workspace.Write("1.ipynb", stale);

        Assert.Equal(0, await _workspace.RunAsync());

        Assert.Empty(_workspace.Outputs("1.ipynb", 0));
    }

    private static void AssertEnded(int process) =>
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(process));
}
