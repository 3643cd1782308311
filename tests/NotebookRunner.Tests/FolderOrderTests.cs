using CrossEncoders.Tests.Architecture;

namespace NotebookRunner.Tests;

/// <summary>Each folder of the runner uses only those below it.</summary>
public sealed class FolderOrderTests
{
    private static readonly string Source = FolderOrder.SourceOf("NotebookRunner");

    [Fact]
    public void AFolderUsesOnlyThoseBeforeIt() =>
        Assert.Empty(
            FolderOrder.Violations(
                typeof(RunnerException).Assembly.Location,
                Source,
                ["RunnerException.cs", "Notebooks", "Kernel", "Execution", "Reports", ""]
            )
        );

    [Fact]
    public void NamespacesAreFolders() =>
        Assert.Empty(FolderOrder.WrongNamespaces(Source, folder => $"NotebookRunner.{folder.Replace('/', '.')}".TrimEnd('.')));
}
