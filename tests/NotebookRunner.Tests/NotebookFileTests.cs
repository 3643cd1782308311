using CrossEncoders.Tests;
using NotebookRunner.Execution;
using NotebookRunner.Notebooks;
using NotebookRunner.Reports;
using static NotebookRunner.Tests.Workspace;

namespace NotebookRunner.Tests;

/// <summary>Notebook files as they may be found: of other hosts, damaged, or made to do damage.</summary>
public sealed class NotebookFileTests : IDisposable
{
    private const int Seeds = 10_000;
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData(".net-csharp", "C#")]
    [InlineData("csharp", null)]
    [InlineData("csharp", "C#")]
    [InlineData("verso", "C#")]
    [InlineData("verso", "csharp")]
    [InlineData(".NET-CSharp", null)]
    public void ACSharpKernelOfAnyNameIsTaken(string name, string? language) => Load(Kernel(name, language));

    [Theory]
    [InlineData(".net-fsharp", "F#", "F#")]
    [InlineData("python3", "python", "python3")]
    [InlineData("ir", null, "ir")]
    [InlineData(".net-powershell", "pwsh", "pwsh")]
    public void AnotherLanguageIsRefusedByName(string name, string? language, string named) =>
        Assert.Contains(named, Refusal(Kernel(name, language)));

    [Fact]
    public void ANotebookWithoutAKernelIsTaken() => Load("""{ "nbformat": 4, "cells": [] }""");

    [Theory]
    [InlineData("""{ "nbformat": 4, "cells": [], "cells": [] }""", "cells")]
    [InlineData("""{ "nbformat": 4, "cells": [{ "cell_type": "code", "source": "1", "source": "2" }] }""", "source")]
    public void AKeyThatComesTwiceIsNamed(string json, string key) => Assert.Contains(key, Refusal(json));

    [Fact]
    public void HalfASurrogateInTheFileBecomesTheReplacementCharacter()
    {
        var notebook = Load("""{ "nbformat": 4, "cells": [{ "cell_type": "code", "source": "a\ud83db \ud83d\ude80 \\ud800 \udc00" }] }""");
        Assert.Equal("a\uFFFDb 🚀 \\ud800 \uFFFD", notebook.Cells[0].Source);
        notebook.Save(Path.Combine(_workspace.Folder, "out.ipynb"), Secrets.Among([]));
    }

    [Theory]
    [InlineData(150, true)]
    [InlineData(1000, false)]
    [InlineData(100_000, false)]
    public void NestingIsReadAsFarAsItCanBeWritten(int levels, bool fits)
    {
        var json = $$"""{ "nbformat": 4, "cells": [], "metadata": { "x": {{new string('[', levels)}}{{new string(']', levels)}} } }""";
        if (fits)
            Load(json).Save(Path.Combine(_workspace.Folder, "out.ipynb"), Secrets.Among([]));
        else
            Assert.Contains("depth", Refusal(json));
    }

    [Fact]
    public void WhatTheRunnerDoesNotKnowSurvives()
    {
        var path = _workspace.Write("1.ipynb", Code("1"));
        Notebook.Load(path).Save(path + ".copy", Secrets.Among([]));
        Assert.Contains("\"kept\": \"as it is\"", File.ReadAllText(path + ".copy"));
    }

    [Fact]
    public void ADamagedNotebookIsRefusedOrRunsToItsReport()
    {
        var original = File.ReadAllBytes(_workspace.Write("1.ipynb", [.. Sample()]));
        var (refused, read) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var path = Path.Combine(_workspace.Notebooks, "1.ipynb");
            File.WriteAllBytes(path, Damage.Of(original, new Random(seed), Damage.Json));
            try
            {
                var report = seed % 10 == 0;
                HangGuard.Run(() => Through(Notebook.Load(path), report), 256 << 20);
                read++;
            }
            catch (RunnerException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
        }
        Assert.True(refused > Seeds / 10 && read > Seeds / 10, $"{refused} refused, {read} read");
    }

    private static IEnumerable<System.Text.Json.Nodes.JsonObject> Sample() =>
        [
            Text("# Title\n\nSee [two](2.ipynb) and ![dot](dot.png), <https://example.org>.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
            Code("var title = \"none\"; int epochs = 1;", "parameters"),
            Code("Console.WriteLine(title);\n// 中文 🚀"),
            Text("## Second\n- [ ] task\n- `code`"),
        ];

    /// <summary>All that a run does with a notebook but running it.</summary>
    private void Through(Notebook notebook, bool report)
    {
        var values = new Dictionary<string, string> { ["title"] = "\"x\"" };
        Parameters.Inject(notebook, Parameters.Declared(notebook).ContainsKey("title") ? values : [], _workspace.Folder);
        notebook.ClearOutputs();
        var outputs = new CellOutputs();
        var count = 0;
        foreach (var cell in notebook.Cells.Where(cell => cell.IsExecutable))
        {
            outputs.Begin(cell, ++count);
            _ = (cell.Kernel, cell.FirstLine);
            outputs.Add(new(CellEventKind.Stream, "text\n", "stdout"));
            outputs.End();
        }
        _ = NotebookChecks.Problems(notebook, Secrets.Among([])).ToList();
        _ = NotebookJson.Write(new System.Text.Json.Nodes.JsonArray([.. notebook.CellArray.Select(cell => cell!.DeepClone())]));
        if (!report)
            return;
        notebook.Save(Path.Combine(_workspace.Folder, "out.ipynb"), Secrets.Among([]));
        NotebookResult[] results = [new(notebook, TimeSpan.Zero, new Dictionary<Cell, double>(), [])];
        Report.Save(_workspace.Report, results, RunFacts.Of([notebook], results, values, []), Secrets.Among([]));
    }

    private static string Kernel(string name, string? language)
    {
        var named = language is null ? "" : $", \"language\": \"{language}\"";
        return $$"""{ "nbformat": 4, "cells": [], "metadata": { "kernelspec": { "name": "{{name}}"{{named}} } } }""";
    }

    private Notebook Load(string json)
    {
        var path = _workspace.Write("1.ipynb");
        File.WriteAllText(path, json);
        return Notebook.Load(path);
    }

    private string Refusal(string json) => Assert.Throws<RunnerException>(() => Load(json)).Message;
}
