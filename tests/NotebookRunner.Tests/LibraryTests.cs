using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>The library as notebooks use it: by <c>#r</c> of its dll, in a kernel with assemblies of its own.</summary>
public sealed class LibraryTests : IDisposable
{
    private readonly Workspace _workspace = new();

    /// <summary>The library's build output of the same configuration as this test's.</summary>
    private static string Library
    {
        get
        {
            var bin = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            var repository = bin.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
            return Path.Combine(repository, "src", "CrossEncoders", "bin", bin.Parent.Name, bin.Name);
        }
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task PlotlyDrawsBesideTheOlderFSharpCoreOfTheKernel()
    {
        _workspace.Write(
            "1.ipynb",
            Code(
                $"""
                #r "{Library}/CrossEncoders.dll"
                #r "{Library}/FSharp.Core.dll"
                #r "{Library}/Plotly.NET.dll"
                #r "{Library}/Plotly.NET.CSharp.dll"
                var first = new CrossEncoders.CrossEncoderException("the library is loaded");
                """
            ),
            Code(
                """
                var chart = Plotly.NET.CSharp.Chart.Line<double, double, string>(new[] { 1.0, 2 }, new[] { 3.0, 4 });
                Console.WriteLine(Plotly.NET.GenericChart.toChartHTML(chart).Contains("Plotly.newPlot"));
                """
            )
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        Assert.Equal("True\n", Cell.Text(_workspace.Outputs("1.ipynb", 1)[0]["text"]));
    }

    [Fact]
    public async Task TheChatClientAbstractionsLoad()
    {
        _workspace.Write(
            "1.ipynb",
            Code(
                $"""
                #r "{Library}/CrossEncoders.dll"
                #r "{Library}/Microsoft.Extensions.AI.dll"
                #r "{Library}/Microsoft.Extensions.AI.Abstractions.dll"
                Console.WriteLine(new Microsoft.Extensions.AI.ChatMessage(Microsoft.Extensions.AI.ChatRole.User, "hello").Text);
                """
            )
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        Assert.Equal("hello\n", Cell.Text(_workspace.Outputs("1.ipynb", 0)[0]["text"]));
    }
}
