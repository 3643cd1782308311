using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>What a run refuses before it starts anything.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task AMissingFolder() => Assert.Contains("nowhere", await RefusalAsync(Path.Combine(_workspace.Folder, "nowhere")));

    [Fact]
    public async Task AFolderWithoutNotebooks() => Assert.Contains("no notebook", await RefusalAsync(_workspace.Folder));

    [Theory]
    [InlineData("{ \"cells\": [", "not valid JSON")]
    [InlineData("{ \"nbformat\": 4 }", "not a notebook")]
    [InlineData("{ \"nbformat\": 3, \"cells\": [] }", "nbformat 4")]
    [InlineData("{ \"nbformat\": 4, \"cells\": [], \"metadata\": [] }", "not a notebook")]
    [InlineData(
        "{ \"nbformat\": 4, \"cells\": [{ \"cell_type\": \"code\", \"source\": \"1\", \"metadata\": 1 }], \"metadata\": {} }",
        "not a notebook"
    )]
    [InlineData("{ \"nbformat\": 4, \"cells\": [], \"metadata\": { \"kernelspec\": { \"name\": \"python3\" } } }", "python3")]
    public async Task ABrokenOrForeignNotebook(string json, string message)
    {
        var path = _workspace.Write("1.ipynb");
        File.WriteAllText(path, json);

        Assert.Contains(message, await RefusalAsync(_workspace.Notebooks));
    }

    [Fact]
    public async Task AnUndeclaredParameterNamesTheDeclaredOnes()
    {
        _workspace.Write("1.ipynb", Code("var epochs = 1;", "parameters"));

        var message = await RefusalAsync(_workspace.Notebooks, new() { ["epoch"] = "2" });

        Assert.Contains("\"epoch\"", message);
        Assert.Contains("Declared are: epochs (int).", message);
    }

    [Fact]
    public async Task AConstantIsNoParameter()
    {
        _workspace.Write("1.ipynb", Code("const int epochs = 1;", "parameters"));

        Assert.Contains("\"epochs\"", await RefusalAsync(_workspace.Notebooks, new() { ["epochs"] = "2" }));
    }

    [Fact]
    public async Task AValueOfTheWrongType()
    {
        _workspace.Write("1.ipynb", Code("var title = \"none\";", "parameters"), Code("1"), Code("var epochs = 1;", "parameters"));

        var message = await RefusalAsync(_workspace.Notebooks, new() { ["epochs"] = "many" });

        Assert.Contains("\"many\"", message);
        Assert.Contains("Declared are: epochs (int), title (string).", message);
    }

    [Fact]
    public async Task AnOutputFolderThatCannotBeOne()
    {
        _workspace.Write("1.ipynb", Code("1"));
        File.WriteAllText(Path.Combine(_workspace.Folder, "artifacts"), "a file");

        Assert.Contains("artifacts", await RefusalAsync(_workspace.Notebooks));
    }

    [Fact]
    public void ARelativePathIsRelativeToTheCaller()
    {
        Directory.CreateDirectory(Path.Combine(_workspace.Folder, "docs"));
        Directory.CreateDirectory(Path.Combine(_workspace.Folder, "cpu"));
        var model = Directory.CreateDirectory(Path.Combine(_workspace.Folder, "model")).FullName;
        File.WriteAllText(Path.Combine(model, "config.json"), "{}");
        var path = _workspace.Write(
            "1.ipynb",
            Code(
                """
                var documents = "./corpus";
                var file = "";
                var device = "auto";
                var model = "../model";
                """,
                "parameters"
            )
        );

        string Given(string name, string value)
        {
            var notebook = Notebook.Load(path);
            Parameters.Inject(notebook, new Dictionary<string, string> { [name] = value }, _workspace.Folder);
            return notebook.Cells[1].Source.Split(" = ")[1].TrimEnd(';').Trim('"');
        }

        Assert.Equal(Path.Combine(_workspace.Folder, "docs"), Given("documents", "docs/"));
        Assert.Equal(Path.Combine(_workspace.Folder, "absent"), Given("documents", "absent"));
        Assert.Equal("absent", Given("file", "absent"));
        Assert.Equal(Path.Combine(_workspace.Folder, "docs"), Given("file", "docs"));
        Assert.Equal("cpu", Given("device", "cpu")); // a word, though there is a folder of that name
        Assert.Equal("org/name", Given("model", "org/name"));
        Assert.Equal(model, Given("model", "model"));
        Assert.Throws<RunnerException>(() => Parameters.Parse("documents"));
    }

    [Fact]
    public async Task ATypeThatCannotBeGivenHere()
    {
        _workspace.Write("1.ipynb", Code("int[] sizes = [1];", "parameters"));

        Assert.Contains("of type int[]", await RefusalAsync(_workspace.Notebooks, new() { ["sizes"] = "3" }));
    }

    [Fact]
    public async Task AReportThatWouldBeAFolder()
    {
        _workspace.Write("1.ipynb", Code("1"));
        Directory.CreateDirectory(_workspace.Report);

        Assert.Contains("is a folder", await RefusalAsync(_workspace.Notebooks));
    }

    private async Task<string> RefusalAsync(string input, Dictionary<string, string>? parameters = null)
    {
        var error = await Assert.ThrowsAsync<RunnerException>(() => _workspace.RunAsync(input, parameters));
        Assert.False(File.Exists(_workspace.Report));
        return error.Message;
    }
}
