using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary><c>--changed</c>: three notebooks that hand files to each other, run again after one thing or another was changed.</summary>
public sealed class ChangedTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public ChangedTests()
    {
        Directory.CreateDirectory(_workspace.Notebooks);
        Directory.CreateDirectory(Path.Combine(_workspace.Folder, "data"));
        File.WriteAllText(Path.Combine(_workspace.Folder, "data", "a.txt"), "abc");
        File.WriteAllText(Path.Combine(_workspace.Notebooks, "library.csx"), "int Twice(int x) => 2 * x;");
        Write("var factor = 1;");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task NothingRunsWhereNothingChanged()
    {
        await RunAsync(changed: true);
        var first = Report();
        Assert.Equal(["1", "2", "3"], Ran());

        await RunAsync(changed: true);
        Assert.Equal([], Ran());
        Assert.Contains("unchanged, not run again", Report());
        Assert.DoesNotContain("unchanged", first);
        Assert.Equal("length 6\n", Cell.Text(_workspace.Outputs("2.ipynb", 1).Single()["text"]));
        Assert.Contains("2.ipynb: unchanged, output of", _workspace.Console);

        await RunAsync(changed: false);
        Assert.Equal(["1", "2", "3"], Ran());
        await RunAsync(changed: true);
        Assert.Equal([], Ran());
    }

    [Theory]
    [InlineData("text", "")]
    [InlineData("parameter", "2 3")]
    [InlineData("cell", "2 3")]
    [InlineData("input", "1 2 3")]
    [InlineData("new input", "1 2 3")]
    [InlineData("library", "1 2 3")]
    [InlineData("lost output", "2")]
    [InlineData("output of another", "3")]
    public async Task WhatDependsOnAChangeRuns(string change, string ran)
    {
        await RunAsync(changed: false);
        Ran();
        var parameters = new Dictionary<string, string>();
        switch (change)
        {
            case "text":
                Write("var factor = 1;", "# Another title");
                break;
            case "parameter":
                parameters["factor"] = "3";
                break;
            case "cell":
                Write("var factor = 5;");
                break;
            case "input":
                File.WriteAllText(Path.Combine(_workspace.Folder, "data", "a.txt"), "abcd");
                break;
            case "new input":
                File.WriteAllText(Path.Combine(_workspace.Folder, "data", "b.txt"), "d");
                break;
            case "library":
                File.WriteAllText(Path.Combine(_workspace.Notebooks, "library.csx"), "int Twice(int x) => 3 * x;");
                break;
            case "lost output":
                File.Delete(Path.Combine(_workspace.Folder, "results", "two.txt"));
                break;
            case "output of another":
                File.WriteAllText(Path.Combine(_workspace.Folder, "results", "three.txt"), "changed by hand");
                break;
        }

        await RunAsync(changed: true, parameters);

        Assert.Equal(ran.Split(' ', StringSplitOptions.RemoveEmptyEntries), Ran());
    }

    [Fact]
    public void WhatAnImportedFileLoadsIsLoadedToo()
    {
        var start = Path.Combine(_workspace.Notebooks, "notebook.cs");
        var library = Path.Combine(_workspace.Folder, "library.dll");
        File.WriteAllText(start, $"#r \"{library}\"\n#!import notebook.cs"); // one that imports itself is followed once
        Assert.Equal(
            [start, library, Path.ChangeExtension(library, ".deps.json"), start],
            RunRecord.Loaded("#!import notebook.cs", _workspace.Notebooks)
        );
        Assert.Equal([Path.Combine(_workspace.Notebooks, "gone.cs")], RunRecord.Loaded("#!import gone.cs", _workspace.Notebooks));
        Assert.Empty(RunRecord.Loaded("#r \"nuget: Npgsql, 10.0.3\"", _workspace.Notebooks));
    }

    [Fact]
    public async Task ANotebookThatFailedRunsAgain()
    {
        _workspace.Write("3.ipynb", Code($"{Mark("3")} throw new Exception(\"always\");"));
        Assert.Equal(1, await _workspace.RunAsync(changed: true));
        Ran();
        Assert.Equal(1, await _workspace.RunAsync(changed: true));
        Assert.Equal(["3"], Ran());
    }

    /// <summary>The first measures the data, the second multiplies, the third reads both.</summary>
    private void Write(string factor, string title = "# Title")
    {
        _workspace.Write(
            "1.ipynb",
            Text(title),
            Code(
                $"""
                #load "library.csx"
                var data = "../data"; var results = "../results";
                {Mark("1")}
                System.IO.Directory.CreateDirectory(results);
                var length = System.IO.Directory.GetFiles(data).Sum(file => System.IO.File.ReadAllText(file).Length);
                System.IO.File.WriteAllText(results + "/one.txt", $"{"{"}Twice(length){"}"}");
                """
            )
        );
        _workspace.Write(
            "2.ipynb",
            Code(factor, "parameters"),
            Code(
                $"""
                var results = "../results";
                {Mark("2")}
                var product = int.Parse(System.IO.File.ReadAllText(results + "/one.txt")) * factor;
                System.IO.File.WriteAllText(results + "/two.txt", product.ToString());
                Console.WriteLine("length " + product);
                """
            )
        );
        _workspace.Write(
            "3.ipynb",
            Code(
                $"""
                var results = "../results";
                {Mark("3")}
                System.IO.File.WriteAllText(results + "/three.txt", System.IO.File.ReadAllText(results + "/two.txt"));
                """
            )
        );
    }

    private static string Mark(string notebook) => $"System.IO.File.AppendAllText(\"../ran\" + \".log\", \"{notebook}\\n\");";

    /// <summary>The notebooks that ran since the last call.</summary>
    private string[] Ran()
    {
        var log = Path.Combine(_workspace.Folder, "ran.log");
        var ran = File.Exists(log) ? File.ReadAllLines(log) : [];
        File.Delete(log);
        return ran;
    }

    private string Report() => File.ReadAllText(_workspace.Report);

    private async Task RunAsync(bool changed, Dictionary<string, string>? parameters = null) =>
        Assert.True(await _workspace.RunAsync(parameters: parameters, changed: changed) == 0, _workspace.Log);
}
