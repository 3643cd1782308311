using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>Cells in F#, on the kernel that the tool has.</summary>
public sealed partial class FSharpTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task ValuesGoBothWaysAndAreShown()
    {
        var metadata = Code("answer + 1");
        metadata["metadata"]!["polyglot_notebook"] = new JsonObject { ["kernelName"] = "fsharp" };
        _workspace.Write(
            "1.ipynb",
            Code("var numbers = new[] { 1, 2, 3 };"),
            Code("#!fsharp\n#!share --from csharp numbers\nlet squares = numbers |> Array.map (fun n -> n * n)\nprintfn \"%A\" squares"),
            Code("#!share --from fsharp squares\nvar answer = squares.Sum();\nConsole.WriteLine(answer);"),
            Code("#!f#\n#!share --from csharp answer\nHTML (sprintf \"<b>%d</b>\" answer)"),
            metadata,
            Code("#!F#\n#!time\neprintfn \"to the error stream\"")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);

        Assert.Equal("[|1; 4; 9|]\n", Cell.Text(_workspace.Outputs("1.ipynb", 1).Single()["text"]));
        Assert.Equal("14\n", Cell.Text(_workspace.Outputs("1.ipynb", 2).Single()["text"]));
        Assert.Equal("<b>14</b>", Html(3));
        Assert.Contains(">15<", Html(4));
        Assert.Equal("stderr", _workspace.Outputs("1.ipynb", 5)[0]["name"]!.ToString());
    }

    [Fact]
    public async Task PlotlyAndTablesAreShownByTheLibrary()
    {
        _workspace.Write(
            "1.ipynb",
            Code($"#r \"{LibraryTests.Library}/CrossEncoders.dll\"\nnew CrossEncoders.CrossEncoderException(\"in use\").Message"),
            Code(
                $"""
                #!fsharp
                #r "{LibraryTests.Library}/CrossEncoders.dll"
                #r "{LibraryTests.Library}/CrossEncoders.Text.dll"
                #r "{LibraryTests.Library}/Microsoft.Data.Analysis.dll"
                #r "{LibraryTests.Library}/Plotly.NET.dll"
                open CrossEncoders.Display
                open Plotly.NET
                let points = [ 1.0, 3.0; 2.0, 1.0 ]
                Chart.Line(points, Name = "from F#")
                """
            ),
            Code("#!fsharp\npoints |> List.map (fun (x, y) -> {| X = x; Y = y |}) |> fun rows -> rows.ToTable 1"),
            Code("#!fsharp\nlet table = new System.Data.DataTable()\ntable.Columns.Add \"Place\"\ntable.Rows.Add 7\ntable"),
            Code("#!share --from fsharp points\npoints.Length")
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);

        Assert.Contains("data-chart=", Html(1));
        Assert.Contains("aria-label=\"Chart. 1 series: from F#; 2 points.\"", Html(1));
        Assert.Contains("1 of 2 rows", Text(Html(2)));
        Assert.Matches("^Place 7", Text(Html(3)));
        Assert.Contains(">2<", Html(4));
    }

    [Theory]
    [InlineData("#!fsharp\nlet a = 1\n\nlet b = a + missing", 4, "FS0039", "let b = a + missing")]
    [InlineData("#!fsharp\n#!time\nlet divide by = 1 / by\n\nprintfn \"%d\" (divide 0)", 5, "System.DivideByZeroException", "printfn")]
    [InlineData("var x = 1;\n#!fsharp\n(failwith \"no luck\": unit)", 3, "System.Exception: no luck", "failwith")]
    public async Task AnErrorNamesItsLine(string source, int line, string error, string statement)
    {
        _workspace.Write("1.ipynb", Code("#!fsharp\nlet first = 1"), Code(source));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains($"cell 2, line {line} failed", _workspace.Log);
        Assert.Contains(error == "FS0039" ? $"input.fsx ({line},13)-({line},20) typecheck error" : error, _workspace.Log);
        Assert.Contains(statement, _workspace.Log);
    }

    [Fact]
    public async Task AWarningIsShownAndTheCellGoesOn()
    {
        _workspace.Write("1.ipynb", Code("#!fsharp\n#!time\nlet got = match Some 1 with Some x -> x\nprintf \"%d\" got"));

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);

        var outputs = _workspace.Outputs("1.ipynb", 0);
        Assert.Contains("input.fsx (3,17)", Cell.Text(outputs.Single(output => output["name"]?.ToString() == "stderr")["text"]));
        Assert.Equal("1", Cell.Text(outputs.Single(output => output["name"]?.ToString() == "stdout")["text"]));
    }

    [Theory]
    [InlineData("#!fsharp\ntype Row = { Name: string }\nlet rows = [ { Name = \"a\" } ]", "#!share --from fsharp rows\nrows")]
    [InlineData("record Row(string Name); var rows = new[] { new Row(\"a\") };", "#!fsharp\n#!share --from csharp rows\nrows.Length")]
    public async Task AValueThatCannotBeSharedIsNamed(string made, string used)
    {
        _workspace.Write("1.ipynb", Code(made), Code(used));

        Assert.Equal(1, await _workspace.RunAsync());

        Assert.Contains("#!share did not bring rows", _workspace.Log);
        Assert.Contains("--mime-type application/json", _workspace.Log);
    }

    [Fact]
    public async Task ACellThatTakesTooLongEndsWithItsKernel()
    {
        _workspace.Write("1.ipynb", Code("#!fsharp\nwhile true do ()"));

        Assert.Equal(1, await _workspace.RunAsync(cellLimit: TimeSpan.FromSeconds(10)));

        Assert.Contains("--cell-timeout-minutes", _workspace.Log);
    }

    [Fact]
    public void TheKernelIsOfTheToolThatJupyterRuns()
    {
        var root = LibraryTests.Root;
        var tool = JsonNode.Parse(File.ReadAllText(Path.Combine(root, ".config", "dotnet-tools.json")))!;
        var packages = File.ReadAllText(Path.Combine(root, "Directory.Packages.props"));
        Assert.Contains(
            $"<DotnetInteractiveTool>{tool["tools"]!["microsoft.dotnet-interactive"]!["version"]}</DotnetInteractiveTool>",
            packages
        );
    }

    private string Html(int cell) =>
        Cell.Text(_workspace.Outputs("1.ipynb", cell).Last(output => output["data"]?["text/html"] is not null)["data"]!["text/html"]);

    private static string Text(string html) => Spaces().Replace(Tags().Replace(html, " "), " ").Trim();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
