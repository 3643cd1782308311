using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>What a run refuses before it starts anything.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_missing_folder() =>
        Assert.Contains("nowhere", await RefusalAsync(Path.Combine(_workspace.Folder, "nowhere")));

    [Fact]
    public async Task A_folder_without_notebooks() =>
        Assert.Contains("no notebook", await RefusalAsync(_workspace.Folder));

    [Theory]
    [InlineData("{ \"cells\": [", "not valid JSON")]
    [InlineData("{ \"nbformat\": 4 }", "not a notebook")]
    [InlineData("{ \"nbformat\": 3, \"cells\": [] }", "nbformat 4")]
    [InlineData("{ \"nbformat\": 4, \"cells\": [], \"metadata\": { \"kernelspec\": { \"name\": \"python3\" } } }", "python3")]
    public async Task A_broken_or_foreign_notebook(string json, string message)
    {
        var path = _workspace.Write("1.ipynb");
        File.WriteAllText(path, json);

        Assert.Contains(message, await RefusalAsync(_workspace.Notebooks));
    }

    [Fact]
    public async Task An_undeclared_parameter_names_the_declared_ones()
    {
        _workspace.Write("1.ipynb", Code("var epochs = 1;", "parameters"));

        var message = await RefusalAsync(_workspace.Notebooks, new() { ["epoch"] = "2" });

        Assert.Contains("\"epoch\"", message);
        Assert.Contains("epochs", message);
    }

    [Fact]
    public async Task A_value_of_the_wrong_type()
    {
        _workspace.Write("1.ipynb", Code("var epochs = 1;", "parameters"));

        Assert.Contains("int", await RefusalAsync(_workspace.Notebooks, new() { ["epochs"] = "many" }));
    }

    [Fact]
    public async Task An_output_folder_that_cannot_be_one()
    {
        _workspace.Write("1.ipynb", Code("1"));
        File.WriteAllText(Path.Combine(_workspace.Folder, "artifacts"), "a file");

        Assert.Contains("artifacts", await RefusalAsync(_workspace.Notebooks));
    }

    [Fact]
    public void A_relative_path_is_relative_to_the_caller()
    {
        Directory.CreateDirectory(Path.Combine(_workspace.Folder, "docs"));

        Assert.Equal(("documents", Path.Combine(_workspace.Folder, "docs")), Parameters.Parse("documents=docs", _workspace.Folder));
        Assert.Equal(("documents", "absent"), Parameters.Parse("documents=absent", _workspace.Folder));
        Assert.Throws<RunnerException>(() => Parameters.Parse("documents", _workspace.Folder));
    }

    private async Task<string> RefusalAsync(string input, Dictionary<string, string>? parameters = null)
    {
        var error = await Assert.ThrowsAsync<RunnerException>(() => _workspace.RunAsync(input, parameters));
        Assert.False(File.Exists(_workspace.Report));
        return error.Message;
    }
}
