using CrossEncoders.Onnx;

namespace CrossEncoders.Tests.Architecture;

/// <summary>Each folder of the library uses only those below it; the list is the one that CONTRIBUTING.md draws.</summary>
public sealed class FolderOrderTests
{
    private static readonly List<string> Order =
    [
        "Foundation",
        "Foundation/Files",
        "Foundation/Texts",
        "Runtime",
        "Hub",
        "Weights",
        "Tokenization",
        "Modeling",
        "",
        "Documents",
        "Chunking",
        "LanguageModels",
        "Retrieval",
        "Questions",
        "Examples",
        "Audit",
        "Evaluation",
        "Attribution",
        "Scoring",
        "Training/Losses",
        // What a training is told and what it tells, for the alarms to look at; the training itself asks them.
        "Training/Schedules.cs",
        "Training/TrainingArguments.cs",
        "Training/TrainingStep.cs",
        "Training/EvaluationPoint.cs",
        "Training/Alarms",
        "Training",
        "Display",
        "Integration/DataRetrieval",
        "Integration",
    ];

    private static readonly string Source = FolderOrder.SourceOf("CrossEncoders");

    [Fact]
    public void AFolderUsesOnlyThoseBeforeIt() =>
        Assert.Empty(FolderOrder.Violations(typeof(CrossEncoder).Assembly.Location, Source, Order));

    [Fact]
    public void TheGraphKnowsNothingOfWhatServesIt() =>
        Assert.Empty(
            FolderOrder.Violations(typeof(OnnxCrossEncoder).Assembly.Location, FolderOrder.SourceOf("CrossEncoders.Onnx"), ["Graph", ""])
        );

    [Fact]
    public void TheOrderTheOtherWayRoundWouldFail()
    {
        var reversed = FolderOrder.Violations(typeof(CrossEncoder).Assembly.Location, Source, [.. Enumerable.Reverse(Order)]);
        Assert.Contains("CrossEncoder () uses CrossEncoderException (Foundation)", reversed);
        Assert.True(reversed.Count > 100, $"{reversed.Count} uses were seen");
    }

    [Fact]
    public void NamespacesAreFolders()
    {
        Assert.Empty(
            FolderOrder.WrongNamespaces(FolderOrder.SourceOf("CrossEncoders.Onnx"), folder => $"CrossEncoders.Onnx.{folder}".TrimEnd('.'))
        );
        Assert.Empty(
            FolderOrder.WrongNamespaces(Source, folder =>
                ("CrossEncoders." + folder.Replace('/', '.').Replace("Foundation", "", StringComparison.Ordinal).TrimStart('.')).TrimEnd(
                    '.'
                )
            )
        );
    }
}
