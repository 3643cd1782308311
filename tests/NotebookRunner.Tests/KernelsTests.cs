using NotebookRunner.Kernel;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>Cells in other languages and with directives: what works, and what is named before anything runs.</summary>
public sealed class KernelsTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void WhatIsKnownBeforeTheRunIsWhatTheKernelHas()
    {
        using var root = NotebookKernel.Create();
        var kernels = root.ChildKernels.Select(kernel => kernel.KernelInfo).ToList();
        Assert.Equal(
            kernels.SelectMany(info => info.Aliases.Append(info.LocalName)).Distinct().Order(StringComparer.Ordinal),
            CellKernels.Kernels.Order(StringComparer.Ordinal)
        );
        // One of them the kernel only sends to itself.
        var directives = kernels
            .Append(root.KernelInfo)
            .SelectMany(info => info.SupportedDirectives)
            .Select(directive => directive.Name)
            .Where(name => name != "#!nuget-restore");
        Assert.Equal(
            directives
                .Where(name => name.StartsWith("#!") && !CellKernels.Kernels.Contains(name[2..]))
                .Distinct()
                .Order(StringComparer.Ordinal),
            CellKernels.Directives.Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("#!pwsh\nGet-Date", "PowerShell")]
    [InlineData("#!sql\nselect 1", "SQL")]
    [InlineData("1\n#!about", "about")]
    [InlineData("#r \"nuget: Some, 1.0.0\"\n#!pwsh", "PowerShell")]
    public async Task AKernelThatIsMissingIsNamedBeforeTheRun(string source, string language)
    {
        _workspace.Write("1.ipynb", Code("System.IO.File.WriteAllText(\"ran\", \"\");"), Code(source));

        var error = await Assert.ThrowsAsync<RunnerException>(() => _workspace.RunAsync());

        Assert.Contains("1.ipynb, cell 2", error.Message);
        Assert.Contains($"asks for {language} ", error.Message);
        Assert.False(File.Exists(Path.Combine(_workspace.Notebooks, "ran")));
    }

    [Fact]
    public void AKernelOfTheMetadataCountsToo()
    {
        var cell = Code("Get-Date");
        cell["metadata"]!["polyglot_notebook"] = new System.Text.Json.Nodes.JsonObject { ["kernelName"] = "pwsh" };
        Assert.Contains("PowerShell", Assert.Single(Missing(cell)).Message);
    }

    [Fact]
    public void WhatAPackageMayBringAndSkippedCellsAreNotRefused()
    {
        Assert.Empty(
            Missing(Code("#r \"nuget: Some, 1.0.0\""), Code("#!connect some --kernel-name x"), Code("#!some"), Code("#!sql-x\nselect 1"))
        );
        Assert.Empty(Missing(Code("#!pwsh\nGet-Date", "skip-execution"), Text("#!pwsh")));
        Assert.Single(Missing(Code("#!some"), Code("#r \"nuget: Some, 1.0.0\"")));
    }

    [Theory]
    [InlineData("#!mermaid\nflowchart LR\n  a --> b", "which the library draws")]
    [InlineData("#r \"x/CrossEncoders.dll\"\n#!mermaid\n\n%% a note\nsequenceDiagram", "begins with \"sequenceDiagram\"")]
    [InlineData("#r \"x/CrossEncoders.dll\"\n#!mermaid\n%% a note\ngraph TD\n  a --> b", null)]
    [InlineData("#!import ../src/CrossEncoders/bin/notebook.cs\n#!mermaid\ngraph TD\n  a --> b", null)]
    [InlineData("#!mermaid", null)]
    public void ADiagramThatCannotBeDrawnIsNamedBeforeTheRun(string source, string? problem)
    {
        var found = Missing(Code(source));
        if (problem is null)
            Assert.Empty(found);
        else
            Assert.Contains(problem, Assert.Single(found).Message);
    }

    [Fact]
    public async Task AFlowChartIsDrawnByTheLibraryOfTheNotebook()
    {
        var cell = Code("graph TD\n  a[\"<b>\"] --> c");
        cell["metadata"]!["polyglot_notebook"] = new System.Text.Json.Nodes.JsonObject { ["kernelName"] = "mermaid" };
        _workspace.Write(
            "1.ipynb",
            Code($"#r \"{LibraryTests.Library}/CrossEncoders.dll\""),
            Code("#!mermaid\nflowchart LR\n  documents[\"A folder\"] --> chunks"),
            cell,
            Code("#!mermaid\nflowchart LR\n  a --> ", "raises-exception")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        string Shown(int index) => Cell.Text(_workspace.Outputs("1.ipynb", index).Single()["data"]!["text/html"]);
        Assert.Contains("aria-label=\"Flowchart: A folder → chunks.\"", Shown(1));
        Assert.Contains(">&lt;b&gt;</text>", Shown(2));
        Assert.Contains(
            "Line 2 of the flowchart: expected a node",
            string.Concat(_workspace.Outputs("1.ipynb", 3).Select(output => output.ToJsonString()))
        );
        Assert.Contains("<svg data-flowchart=", File.ReadAllText(_workspace.Report));
    }

    [Fact]
    public async Task TimeMarkdownAndListOfMagicWork()
    {
        _workspace.Write(
            "1.ipynb",
            Code("#!time\nawait Task.Delay(20);\nConsole.Write(\"done\");"),
            Code("#!markdown\n**bold**"),
            Code("#!lsmagic")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);

        var timed = _workspace.Outputs("1.ipynb", 0);
        Assert.Equal("done", Cell.Text(timed[0]["text"]));
        Assert.Matches(@"^Wall time: \d{2,}\.\d ms$", Cell.Text(timed[1]["data"]!["text/plain"]));
        Assert.Equal("**bold**", Cell.Text(_workspace.Outputs("1.ipynb", 1).Single()["data"]!["text/markdown"]));
        Assert.Contains("<strong>bold</strong>", File.ReadAllText(_workspace.Report));
        var list = Cell.Text(_workspace.Outputs("1.ipynb", 2).Single()["data"]!["text/plain"]);
        Assert.All(["csharp", "#!time", "#!share", "#!who"], name => Assert.Contains(name, list));
    }

    [Fact]
    public async Task WhatIsDisplayedIsUpdatedInItsPlace()
    {
        _workspace.Write(
            "1.ipynb",
            Code("var a = display(\"one\");\nvar b = display(\"two\");\na.Update(\"three\");\nConsole.WriteLine(\"last\");"),
            Code("b.Update(\"four\");")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);

        var outputs = _workspace.Outputs("1.ipynb", 0);
        Assert.Equal(3, outputs.Length);
        Assert.Equal(["three", "four"], outputs[..2].Select(output => Cell.Text(output["data"]!["text/plain"])));
        Assert.Empty(_workspace.Outputs("1.ipynb", 1));
    }

    private IEnumerable<CellProblem> Missing(params System.Text.Json.Nodes.JsonObject[] cells) =>
        CellKernels.Missing(Notebook.Load(_workspace.Write("1.ipynb", cells))).ToList();
}
