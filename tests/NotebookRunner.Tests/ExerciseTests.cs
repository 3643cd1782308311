using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrossEncoders.Tests.Architecture;
using NotebookRunner.Notebooks;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>
/// What every notebook of the repository has, and its exercises: a cell tagged <c>exercise</c>, a cell tagged <c>check</c>, and a text with
/// the folded solution. Cells tagged <c>exercise-setup</c> are what an exercise needs of its notebook.
/// </summary>
public sealed partial class ExerciseTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public static TheoryData<string> All => [.. Names(""), .. Names("appendices")];

    private static string Folder => Path.GetFullPath(Path.Combine(FolderOrder.SourceOf("NotebookRunner"), "..", "..", "notebooks"));

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Speed", "Slow")]
    public async Task ASolutionPassesItsCheckAndTheExerciseAsItStandsDoesNot(string name)
    {
        var exercises = Exercises(name);
        var path = Path.Combine(Folder, name);
        var setup = Notebook.Load(path).Cells.Where(cell => cell.Tags.Contains("exercise-setup"));
        name = Path.GetFileName(name);
        _workspace.Write(
            name,
            [
                Code($"System.IO.Directory.SetCurrentDirectory(\"{Path.GetDirectoryName(path)}\");"),
                Code($"#r \"{LibraryTests.Library}/CrossEncoders.dll\""),
                Code("using CrossEncoders.Display;"),
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
    [MemberData(nameof(All))]
    public void EveryNotebookTeachesTheSameWay(string name)
    {
        var cells = Notebook.Load(Path.Combine(Folder, name)).Cells;
        var text = string.Join('\n', cells.Where(cell => cell.IsMarkdown).Select(cell => cell.Source));
        string[] parts =
        [
            "**You will learn**",
            "**What it costs:**",
            "CPU cores",
            "GPU",
            "**Guess first:**",
            "Break it and see",
            "What can go wrong",
        ];
        foreach (var part in parts)
            Assert.Contains(part, text);
        Assert.Equal(text.Split("<details>").Length, text.Split("</details>").Length);
        Assert.Equal(text.Split("**Guess first:**").Length - 1, text.Split("<summary>Answer</summary>").Length - 1);
        Assert.NotEmpty(Exercises(name));
        Assert.True(
            text.Contains("](images/")
                || cells.Any(cell => cell.Source.Contains("FlowChart.Parse(\"\"\"") || cell.Source.StartsWith("#!mermaid")),
            $"{name}: no picture"
        );
    }

    [Theory]
    [InlineData("## Two hours", 120)]
    [InlineData("## Half a day", 240)]
    public void ThePlanOfAWorkshopAddsUp(string heading, int minutes)
    {
        var rows = File.ReadLines(Path.Combine(Folder, "WORKSHOP.md"))
            .SkipWhile(line => line != heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Select(line => line.Split('|'))
            .Where(parts => parts.Length > 2);
        Assert.Equal(minutes, rows.Sum(parts => int.TryParse(parts[1], out var each) ? each : 0));
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

    private static IEnumerable<string> Names(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Folder, folder), "*.ipynb")
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"#!import \.\./\S*/CrossEncoders/bin/\S*")]
    private static partial Regex LibraryPath();

    [GeneratedRegex(
        @"^<details><summary>Solution</summary>\n\n(?:[^`<\n]+\n\n)?```csharp\n(.*?)\n```\n\n</details>",
        RegexOptions.Singleline
    )]
    private static partial Regex Solution();
}
