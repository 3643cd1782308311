using System.Reflection;
using CrossEncoders.Display;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CrossEncoders.Tests;

/// <summary>What is told to a reader in Verso, by an assembly that has its names and the same way to know the running cell.</summary>
public sealed class RunningCellTests
{
    private const string Verso = """
        using System; using System.Threading; using System.Threading.Tasks;
        namespace Verso.Abstractions
        {
            public static class DisplayContext
            {
                static readonly AsyncLocal<Func<object, string, Task>> current = new();
                internal static Func<object, string, Task> Current => current.Value;
                public static void Set(Func<object, string, Task> handler) => current.Value = handler;
            }

            public static class DisplayExtensions
            {
                public static void Display(this object value, string mimeType = null) => DisplayContext.Current(value, mimeType).Wait();
            }
        }
        """;

    private static readonly Lazy<Assembly> Host = new(Compiled);
    private readonly Clock _clock = new();

    [Fact]
    public async Task InVersoNotesAndProgressAreDisplayed()
    {
        var shown = new List<string>();
        await InCellAsync(shown, async () =>
        {
            new CrossEncoderOptions().Report("a note");
            await Task.Run(() => RunningCell.Note("another"));
            Assert.IsType<SparseProgress>(Progress.ForHere());
        });
        Assert.Equal(["a note|text/plain", "another|text/plain"], shown);
    }

    [Fact]
    public async Task BetweenCellsOfVersoTheConsoleIsUsed()
    {
        await InCellAsync([], () => Task.CompletedTask);
        Assert.Null(RunningCell.Display);
        Assert.IsNotType<SparseProgress>(Progress.ForHere());
    }

    [Fact]
    public void LongWorkSaysFewLinesAndShortWorkNone()
    {
        var lines = new List<string>();
        var progress = new SparseProgress(lines.Add, _clock);
        for (var done = 0; done <= 100; done++)
        {
            progress.Report(new WorkProgress("training", done, 100));
            _clock.Advance(1_000);
        }
        progress.Report(new WorkProgress("scoring", 0, 2));
        _clock.Advance(4_000);
        progress.Report(new WorkProgress("scoring", 2, 2));

        Assert.Equal(
            ["training: 5 %", "training: 10 %", "training: 20 %", "training: 40 %", "training: 80 %", "training: 100 %"],
            lines.Select(line => line.Split(',')[0])
        );
    }

    [Fact]
    public void TheEndOfLongWorkIsSaidHoweverItReports()
    {
        var lines = new List<string>();
        var progress = new SparseProgress(lines.Add, _clock);
        progress.Report(new WorkProgress("scoring", 0, 2));
        _clock.Advance(7_000);
        progress.Report(new WorkProgress("scoring", 2, 2));
        progress.Report(new WorkProgress("scoring", 2, 2));
        Assert.Equal("scoring: 100 %, 2 of 2 · 0:07", Assert.Single(lines));
    }

    private static async Task InCellAsync(List<string> shown, Func<Task> cell)
    {
        Func<object, string, Task> handler = (value, mimeType) =>
        {
            shown.Add($"{value}|{mimeType}");
            return Task.CompletedTask;
        };
        Host.Value.GetType("Verso.Abstractions.DisplayContext")!.GetMethod("Set")!.Invoke(null, [handler]);
        await cell();
    }

    private static Assembly Compiled()
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        using var bytes = new MemoryStream();
        var result = CSharpCompilation
            .Create(
                "Verso.Abstractions",
                [CSharpSyntaxTree.ParseText(Verso, cancellationToken: TestContext.Current.CancellationToken)],
                references,
                new(OutputKind.DynamicallyLinkedLibrary)
            )
            .Emit(bytes, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(bytes.ToArray());
    }
}
