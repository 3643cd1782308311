using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrossEncoders.Tests.Architecture;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>
/// The exercises of the repository's notebooks: a cell tagged <c>exercise</c>, a cell tagged <c>check</c>, and a text with the folded
/// solution. Cells tagged <c>exercise-setup</c> are what an exercise needs of its notebook.
/// </summary>
public sealed partial class ExerciseTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public static TheoryData<string> Ladder =>
        [.. Directory.EnumerateFiles(Folder, "0*.ipynb").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.GetFullPath(Path.Combine(FolderOrder.SourceOf("NotebookRunner"), "..", "..", "notebooks"));

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [MemberData(nameof(Ladder))]
    [Trait("Speed", "Slow")]
    public async Task ASolutionPassesItsCheckAndTheExerciseAsItStandsDoesNot(string name)
    {
        var exercises = Exercises(name);
        var setup = Notebook.Load(Path.Combine(Folder, name)).Cells.Where(cell => cell.Tags.Contains("exercise-setup"));
        _workspace.Write(
            name,
            [
                Code($"System.IO.Directory.SetCurrentDirectory(\"{Folder}\");"),
                .. setup.Select(cell => Code(LibraryPath().Replace(cell.Source, $"#r \"{LibraryTests.Library}/CrossEncoders.dll\""))),
                .. exercises.SelectMany(each => (JsonObject[])[Code(each.Cell), Code(each.Check), Code(each.Solution), Code(each.Check)]),
            ]
        );

        Assert.True(await _workspace.RunAsync() == 0, _workspace.Log);
        var cells = _workspace.Executed(name);
        foreach (var (i, exercise) in exercises.Index())
        {
            string Shown(int cell) =>
                Cell.Text(_workspace.Outputs(name, cells.Count - 4 * (exercises.Count - i) + cell)[^1]["data"]!["text/plain"]);
            Assert.StartsWith("Not yet: ", Shown(1));
            Assert.True(Shown(3).StartsWith('✔'), $"{exercise.Solution}\n{Shown(3)}");
        }
    }

    [Theory]
    [MemberData(nameof(Ladder))]
    public void EveryStepOfTheLadderTeachesTheSameWay(string name)
    {
        var cells = Notebook.Load(Path.Combine(Folder, name)).Cells;
        var text = string.Join('\n', cells.Where(cell => cell.IsMarkdown).Select(cell => cell.Source));
        foreach (var part in (string[])["**You will learn**", "**What it costs:**", "**Guess first:**", "**What can go wrong", "](images/"])
            Assert.Contains(part, text);
        Assert.Equal(text.Split("<details>").Length, text.Split("</details>").Length);
        Assert.Equal(text.Split("**Guess first:**").Length - 1, text.Split("<summary>Answer</summary>").Length - 1);
        Assert.NotEmpty(Exercises(name));
    }

    [Fact]
    public void EveryAppendixSaysWhatItCostsAndWhatCanGoWrong()
    {
        var appendices = Directory.GetFiles(Path.Combine(Folder, "appendices"), "*.ipynb");
        Assert.NotEmpty(appendices);
        foreach (var path in appendices)
        {
            var text = string.Join('\n', Notebook.Load(path).Cells.Where(cell => cell.IsMarkdown).Select(cell => cell.Source));
            foreach (var part in (string[])["**You will learn**", "**What it costs:**", "**Guess first:**", "**What can go wrong"])
                Assert.True(text.Contains(part, StringComparison.Ordinal), $"{path}: no {part}");
        }
    }

    /// <summary>A notebook's exercises with their checks and solutions.</summary>
    private static List<(string Cell, string Check, string Solution)> Exercises(string name)
    {
        var cells = Notebook.Load(Path.Combine(Folder, name)).Cells;
        var found = new List<(string, string, string)>();
        foreach (var (i, cell) in cells.Index().Where(entry => entry.Item.Tags.Contains("exercise")))
        {
            Assert.Contains("check", cells[i + 1].Tags);
            var solution = Solution().Match(cells[i + 2].Source);
            Assert.True(solution.Success, $"{name}: expected a folded solution after\n{cell.Source}\nfound\n{cells[i + 2].Source}");
            found.Add((cell.Source, cells[i + 1].Source, solution.Groups[1].Value));
        }

        return found;
    }

    [GeneratedRegex(@"#r ""\.\./[^""]*/CrossEncoders\.dll""")]
    private static partial Regex LibraryPath();

    [GeneratedRegex(@"^<details><summary>Solution</summary>\n\n```csharp\n(.*?)\n```\n\n</details>", RegexOptions.Singleline)]
    private static partial Regex Solution();
}
