using System.Text.Json.Nodes;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary><c>check</c> and <c>strip</c>.</summary>
public sealed class NotebookChecksTests : IDisposable
{
    private const string Printed = """[{"output_type": "stream", "name": "stdout", "text": "TEXT"}]""";

    private readonly Workspace _workspace = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _log = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("var data = \"/home/me/data.csv\";")]
    [InlineData("var data = \"C:\\\\data\\\\x.csv\";")]
    [InlineData("var data = @\"C:\\data\\x.csv\";")]
    [InlineData("var data = \"D:/data/x.csv\";")]
    [InlineData("#r \"/tmp/x.dll\"")]
    [InlineData("var data = \"file:///x.csv\";")]
    public void AnAbsolutePathIsNamedWithItsLine(string line)
    {
        _workspace.Write("1.ipynb", Text("text"), Code($"// first\n{line}"));
        Assert.Equal(1, Check());
        Assert.Contains("1.ipynb, cell 2, line 2: ", _log.ToString());
        Assert.Contains("path of one machine", _log.ToString());
    }

    [Theory]
    [InlineData("var key = \"sk-proj-0123456789abcdefghij\";")]
    [InlineData("var key = \"hf_0123456789abcdefghijABCDEF\";")]
    [InlineData("var address = \"https://me:hunter2@example.org\";")]
    [InlineData("// -----BEGIN RSA PRIVATE KEY-----")]
    public void ASecretIsFoundAndNotRepeated(string line)
    {
        _workspace.Write("1.ipynb", Code(line));
        Assert.Equal(1, Check());
        Assert.Contains("cell 1: seems to hold a key", _log.ToString());
        Assert.DoesNotContain("0123456789", _log.ToString());
        Assert.DoesNotContain("hunter2", _log.ToString());
    }

    [Theory]
    [InlineData("[x](absent.md)", "\"absent.md\" leads to a file that is not there")]
    [InlineData("![x](absent.png)", "the image \"absent.png\"")]
    [InlineData("[x](#nowhere)", "names a heading that the notebook does not have")]
    [InlineData("[x](2.ipynb#nowhere)", "names a heading that the other notebook does not have")]
    [InlineData("[x](/docs/x.md)", "is an absolute path")]
    [InlineData("![x](attachment:a.png)", "names an attachment")]
    public void ADeadLinkIsNamed(string text, string problem)
    {
        _workspace.Write("2.ipynb", Text("# Second"));
        _workspace.Write("1.ipynb", Text($"# First\n\n{text}"));
        Assert.Equal(1, Check());
        Assert.Contains("1.ipynb, cell 1, line 3: ", _log.ToString());
        Assert.Contains(problem, _log.ToString());
    }

    [Fact]
    public void ACleanNotebookHasNoProblem()
    {
        _workspace.Write("2.ipynb", Text("## The *second* part"));
        File.WriteAllText(Path.Combine(_workspace.Notebooks, "a b.md"), "");
        _workspace.Write(
            "1.ipynb",
            Text(
                "# First one\n\n[a](2.ipynb#the-second-part) [b](#First-one) [c](a%20b.md) [d](https://example.org/x) "
                    + "<https://example.org> [e](../notebooks)"
            ),
            Text(new string('>', 5000)),
            Code(
                "var a = \"https://example.org/home/x\"; var b = $\"Q:\\n{1}\"; var c = \"../data/tmp/x\"; "
                    + "var d = \"/v1/chat\"; var e = 1 / 2 / 3;"
            )
        );
        Assert.Equal(0, Check());
        Assert.Equal("2 notebooks, 0 problems\n", _output.ToString().ReplaceLineEndings("\n"));
        Assert.Empty(_log.ToString());
    }

    [Fact]
    public void AMissingKernelIsAProblem()
    {
        _workspace.Write("1.ipynb", Code("#!pwsh\nGet-Date"));
        Assert.Equal(1, Check());
        Assert.Contains("cell 1, line 1: \"#!pwsh\" asks for PowerShell", _log.ToString());
    }

    [Fact]
    public void StripTakesOutWhatARunLeavesAndOnlyThat()
    {
        var ran = Ran(Code("1"), "ran");
        var kept = Ran(Code("2", "skip-execution"), "kept");
        var injected = Code("x = 1;", "injected-parameters");
        var path = _workspace.Write("1.ipynb", Text("text"), ran, kept, injected);
        Assert.Equal(1, Check());

        Assert.Equal(0, NotebookChecks.Strip([_workspace.Notebooks], _output));

        var cells = (JsonArray)JsonNode.Parse(File.ReadAllText(path))!["cells"]!;
        Assert.Equal(["text", "1", "2"], cells.Select(cell => Cell.Text(cell!["source"])));
        Assert.Empty((JsonArray)cells[1]!["outputs"]!);
        Assert.Null(cells[1]!["execution_count"]);
        Assert.Contains("kept", cells[2]!["outputs"]!.ToJsonString());
        Assert.Contains("\"kept\": \"as it is\"", File.ReadAllText(path));
        Assert.Equal(0, Check());

        var written = File.GetLastWriteTimeUtc(path);
        Assert.Equal(0, NotebookChecks.Strip([path], _output));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public void TheNotebooksOfTheRepositoryPass()
    {
        var folder = Path.Combine(CrossEncoders.Tests.Architecture.FolderOrder.SourceOf("NotebookRunner"), "..", "..", "notebooks");
        string[] folders = [Path.GetFullPath(folder), Path.GetFullPath(Path.Combine(folder, "appendices"))];
        Assert.True(NotebookChecks.Check(folders, _output, _log) == 0, _log.ToString());
    }

    private static JsonObject Ran(JsonObject cell, string text)
    {
        cell["outputs"] = JsonNode.Parse(Printed.Replace("TEXT", text));
        cell["execution_count"] = 1;
        return cell;
    }

    private int Check() => NotebookChecks.Check([_workspace.Notebooks], _output, _log);
}
