using System.Text.Json.Nodes;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>Cells that may fail, that are skipped, or that assign parameters; runs that go on after a failure.</summary>
public sealed class TagTests : IDisposable
{
    private const string Stored = """[{"output_type": "stream", "name": "stdout", "text": "stored"}]""";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("throw new InvalidOperationException(\"on purpose\");", "System.InvalidOperationException")]
    [InlineData("int broken = \"text\";", "CompilationError")]
    public async Task AnErrorThatMayBeStaysAsOutputAndTheRunSucceeds(string source, string name)
    {
        _workspace.Write("1.ipynb", Code("var x = 1;"), Code(source, "raises-exception"), Code("Console.Write(x + 1);"));
        _workspace.Write("2.ipynb", Code("1", "raises-exception"));

        Assert.Equal(0, await _workspace.RunAsync());

        Assert.Equal(name, (string?)_workspace.Outputs("1.ipynb", 1).Single()["ename"]);
        Assert.Equal("2", Cell.Text(_workspace.Outputs("1.ipynb", 2).Single()["text"]));
        Assert.Contains("failed, as its tag allows", _workspace.Console);
        Assert.Empty(_workspace.Log);
        var html = File.ReadAllText(_workspace.Report);
        Assert.Contains("2 of 2 notebooks complete", html);
        Assert.Contains("class=\"output error\"", html);
    }

    [Fact]
    public async Task ACellThatMayFailMayNotTakeTheKernelAlong()
    {
        _workspace.Write("1.ipynb", Code("Environment.FailFast(\"gone\");", "raises-exception"), Code("1"));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains("The kernel process ended", _workspace.Log);
    }

    [Fact]
    public async Task ASkippedCellIsNotRunAndKeepsItsOutput()
    {
        var skipped = Code("throw new Exception(\"ran\");", "skip-execution");
        skipped["outputs"] = JsonNode.Parse(Stored);
        skipped["execution_count"] = 7;
        _workspace.Write("1.ipynb", Code("1"), skipped, Code("2"));

        Assert.Equal(0, await _workspace.RunAsync());

        Assert.Equal("stored", Cell.Text(_workspace.Outputs("1.ipynb", 1).Single()["text"]));
        Assert.Equal([1, 7, 2], _workspace.Executed("1.ipynb").Select(cell => (int?)cell!["execution_count"]));
        Assert.Contains("not run, output kept", File.ReadAllText(_workspace.Report));
    }

    [Fact]
    public async Task ARunThatGoesOnNamesAllThatFailed()
    {
        _workspace.Write("1.ipynb", Code("throw new Exception(\"first\");"), Code("Console.Write(\"after\");"), Code("undefined"));
        _workspace.Write("2.ipynb", Code("Environment.FailFast(\"gone\");"), Code("1"));
        _workspace.Write("3.ipynb", Code("Console.Write(\"last\");"));

        Assert.Equal(1, await _workspace.RunAsync(goOn: true));

        Assert.Equal("after", Cell.Text(_workspace.Outputs("1.ipynb", 1).Single()["text"]));
        Assert.Empty(_workspace.Outputs("2.ipynb", 1));
        Assert.Equal("last", Cell.Text(_workspace.Outputs("3.ipynb", 0).Single()["text"]));
        foreach (var failure in new[] { "1.ipynb, cell 1", "1.ipynb, cell 3", "2.ipynb, cell 1" })
            Assert.Contains(failure, _workspace.Log);
        Assert.Contains("1 of 3 notebooks complete", File.ReadAllText(_workspace.Report));
    }

    [Fact]
    public async Task EachCellOfParametersIsFollowedByItsValues()
    {
        _workspace.Write(
            "1.ipynb",
            Code("var a = 1;", "parameters"),
            Code("var twice = 2 * a;"),
            Code("var b = \"x\";", "parameters"),
            Code("Console.Write($\"{a} {twice} {b}\");")
        );

        Assert.Equal(0, await _workspace.RunAsync(parameters: new() { ["a"] = "5", ["b"] = "y" }));

        Assert.Equal("5 10 y", Cell.Text(_workspace.Outputs("1.ipynb", 5).Single()["text"]));
        var ids = _workspace.Executed("1.ipynb").Select(cell => (string?)cell!["id"]).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }
}
