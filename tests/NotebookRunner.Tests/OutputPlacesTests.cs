using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>No result takes the place of a notebook or of another file of the user's.</summary>
public sealed class OutputPlacesTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public OutputPlacesTests()
    {
        _workspace.Write("1.ipynb", Code("1"));
        _workspace.Write("2.ipynb", Code("2"));
    }

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("notebooks")]
    [InlineData("notebooks/")]
    [InlineData("./artifacts/../notebooks")]
    [InlineData("Notebooks")]
    [InlineData("NOTEBOOKS")]
    public void AnOutputFolderThatIsTheNotebooksOwn(string output) => Assert.Contains("Name another --output", Refusal(output: output));

    [Fact]
    public void AnOutputFolderThatIsALinkToTheNotebooks()
    {
        Link("linked", _workspace.Notebooks);
        Assert.Contains("would overwrite", Refusal(output: "linked"));
    }

    [Fact]
    public void AnOutputFolderBelowALink()
    {
        Link("all", _workspace.Folder);
        Assert.Contains("would overwrite", Refusal(output: "all/notebooks"));
    }

    [Fact]
    public void NotebooksReachedThroughALink()
    {
        Link("linked", _workspace.Notebooks);
        Assert.Contains("would overwrite", Refusal(input: "linked", output: "notebooks"));
    }

    [Fact]
    public void ANotebookThatIsALinkIntoTheOutputFolder()
    {
        var real = Path.Combine(Directory.CreateDirectory(Path.Combine(_workspace.Folder, "elsewhere")).FullName, "1.ipynb");
        File.Move(Path.Combine(_workspace.Notebooks, "1.ipynb"), real);
        File.CreateSymbolicLink(Path.Combine(_workspace.Notebooks, "1.ipynb"), real);
        Assert.Contains("would overwrite", Refusal(output: "elsewhere"));
    }

    [Theory]
    [InlineData("notebooks/1.ipynb")]
    [InlineData("notebooks/2.IPYNB")]
    [InlineData("artifacts/notebooks/1.ipynb")]
    [InlineData("other/report.ipynb")]
    public void AReportNamedLikeANotebook(string report) => Assert.Contains("HTML page", Refusal(report: report));

    [Fact]
    public void AReportInThePlaceOfANotebookOfAnotherName()
    {
        var other = Path.Combine(_workspace.Notebooks, "notebook.json");
        File.Move(Path.Combine(_workspace.Notebooks, "1.ipynb"), other);
        Assert.Contains("HTML page", Refusal(input: "notebooks/notebook.json", report: "notebooks/notebook.json"));
    }

    [Fact]
    public void AReportInThePlaceOfAnotherFile()
    {
        var readme = Path.Combine(_workspace.Folder, "README.md");
        File.WriteAllText(readme, "# Mine");
        Assert.Contains("not overwritten", Refusal(report: "README.md"));
        Assert.Equal("# Mine", File.ReadAllText(readme));
    }

    [Fact]
    public async Task AnEarlierReportIsReplacedAndAnotherPageIsNot()
    {
        Assert.Equal(0, await _workspace.RunAsync());
        var report = Path.GetRelativePath(_workspace.Folder, _workspace.Report);
        Prepare(report: report);
        File.WriteAllText(_workspace.Report, "");
        Prepare(report: report);
        File.WriteAllText(_workspace.Report, "<!DOCTYPE html>\n<title>My own page</title>");
        Assert.Contains("is not an earlier report", Refusal(report: report));
    }

    [Theory]
    [InlineData("new/", "artifacts")]
    [InlineData("same", "same")]
    [InlineData("new", "new/executed")]
    [InlineData("/", "artifacts")]
    public void AReportThatIsAFolderIsFoundBeforeTheRun(string report, string output) =>
        Assert.Contains("The report is to be a file", Refusal(output: output, report: report));

    [Fact]
    public void AFolderOrALinkInThePlaceOfAnExecutedNotebook()
    {
        Directory.CreateDirectory(Path.Combine(_workspace.Folder, "taken", "1.ipynb"));
        Assert.Contains("is not overwritten", Refusal(output: "taken"));
        Directory.CreateDirectory(Path.Combine(_workspace.Folder, "links"));
        Link("links/1.ipynb", Path.Combine(_workspace.Notebooks, "1.ipynb"));
        Assert.Contains("would overwrite", Refusal(output: "links"));
    }

    [Fact]
    public async Task AStrippedNotebookIsItsAuthors()
    {
        Assert.Equal(0, await _workspace.RunAsync());
        var executed = Path.Combine(_workspace.Folder, "artifacts", "notebooks");
        Prepare();
        Assert.Equal(0, NotebookChecks.Strip([executed], TextWriter.Null));
        Assert.Contains("is not overwritten", Refusal());
    }

    [Theory]
    [InlineData("""{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[]}""")]
    [InlineData("""{"nbformat":4,"metadata":{"kernelspec":{"name":"python3"}},"cells":[]}""")]
    [InlineData("my notes")]
    [InlineData("")]
    public void ANotebookThatNoRunWroteStays(string text)
    {
        var mine = Path.Combine(Directory.CreateDirectory(Path.Combine(_workspace.Folder, "mine")).FullName, "2.ipynb");
        File.WriteAllText(mine, text);
        Assert.Contains("is not overwritten. Name another --output", Refusal(output: "mine"));
        Assert.Equal(text, File.ReadAllText(mine));
    }

    [Fact]
    public async Task WhatAFailedRunWroteIsReplaced()
    {
        _workspace.Write("1.ipynb", Code("throw new System.Exception();"));
        Assert.Equal(1, await _workspace.RunAsync());
        Prepare();
    }

    [Theory]
    [InlineData("/proc", null, "--output")]
    [InlineData(null, "/proc/index.html", "--report")]
    public void AFolderThatTakesNoFilesIsFoundBeforeTheRun(string? output, string? report, string option)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It needs a folder in which nobody, not even root, can create a file.");
        Assert.EndsWith($"Name another {option}.", Refusal(output: output, report: report));
    }

    [Fact]
    public void OtherFoldersAreFineAndCreated()
    {
        Link("away", Directory.CreateDirectory(Path.Combine(_workspace.Folder, "real")).FullName);
        Prepare(output: "away/executed", report: "notebooks/report.html");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_workspace.Folder, "real", "executed")));
    }

    [Fact]
    public void LinksThatLeadToEachOtherAreRefusedAndNotFollowedForEver()
    {
        Link("a", Path.Combine(_workspace.Folder, "b"));
        Link("b", Path.Combine(_workspace.Folder, "a"));
        Assert.Contains("Cannot create the folder", Refusal(output: "a/executed"));
    }

    [Fact]
    public async Task EveryFileOfOthersIsFoundAgainAfterARun()
    {
        foreach (var folder in (string[])["notebooks", "artifacts", "artifacts/notebooks", "report", "report/images"])
        foreach (var name in (string[])["1.ipynb.bak", "1.ipynb~", "index.html.tmp", "index.htm", "data.csv", "3.ipynb.txt", "4.md"])
            File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Path.Combine(_workspace.Folder, folder)).FullName, name),
                $"of somebody: {folder}/{name}"
            );
        var before = Files();
        for (var run = 0; run < 2; run++)
            Assert.Equal(0, await _workspace.RunAsync());
        var after = Files();
        Assert.Equal(
            ["artifacts/notebooks/1.ipynb", "artifacts/notebooks/2.ipynb", "report/index.html"],
            after.Keys.Except(before.Keys).Order(StringComparer.Ordinal)
        );
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
    }

    private Dictionary<string, string> Files() =>
        Directory
            .EnumerateFiles(_workspace.Folder, "*", SearchOption.AllDirectories)
            .ToDictionary(
                file => Path.GetRelativePath(_workspace.Folder, file).Replace('\\', '/'),
                file => Convert.ToHexString(File.ReadAllBytes(file))
            );

    [Fact]
    public async Task ARunIsRefusedBeforeAnythingRunsAndTheNotebooksStay()
    {
        var before = File.ReadAllBytes(Path.Combine(_workspace.Notebooks, "1.ipynb"));
        var options = Options(output: "notebooks");

        await Assert.ThrowsAsync<RunnerException>(() => NotebookRun.RunAsync(options, new(TextWriter.Null, TextWriter.Null), default));

        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_workspace.Notebooks, "1.ipynb")));
        Assert.False(File.Exists(_workspace.Report));
    }

    private void Link(string name, string target) => Directory.CreateSymbolicLink(Path.Combine(_workspace.Folder, name), target);

    private RunOptions Options(string? input = null, string? output = null, string? report = null) =>
        new(
            Path.GetFullPath(input ?? "notebooks", _workspace.Folder),
            new Dictionary<string, string>(),
            Path.GetFullPath(output ?? "artifacts/notebooks", _workspace.Folder),
            Path.GetFullPath(report ?? "report/index.html", _workspace.Folder),
            null,
            _workspace.Folder
        );

    private void Prepare(string? input = null, string? output = null, string? report = null)
    {
        var options = Options(input, output, report);
        var files = File.Exists(options.Input) ? [options.Input] : Directory.GetFiles(options.Input, "*.ipynb");
        OutputPlaces.Prepare(options, [.. files.Select(Notebook.Load)]);
    }

    private string Refusal(string? input = null, string? output = null, string? report = null) =>
        Assert.Throws<RunnerException>(() => Prepare(input, output, report)).Message;
}
