using System.Reflection;
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

    /// <summary>The library: what needs no libtorch, and the models.</summary>
    private static readonly (string Assembly, string Source)[] Library =
    [
        (typeof(TextPair).Assembly.Location, FolderOrder.SourceOf("CrossEncoders.Text")),
        (typeof(CrossEncoder).Assembly.Location, FolderOrder.SourceOf("CrossEncoders")),
    ];

    [Fact]
    public void AFolderUsesOnlyThoseBeforeIt() => Assert.Empty(FolderOrder.Violations(Library, Order));

    [Fact]
    public void TheGraphKnowsNothingOfWhatExportsIt() =>
        Assert.Empty(
            FolderOrder.Violations(typeof(OnnxExport).Assembly.Location, FolderOrder.SourceOf("CrossEncoders.Onnx.Export"), ["Graph", ""])
        );

    /// <summary>Text, tokens, search, metrics and what serves an exported model, whatever they bring along.</summary>
    [Theory]
    [InlineData(typeof(TextPair))]
    [InlineData(typeof(OnnxCrossEncoder))]
    [InlineData(typeof(Elasticsearch.ElasticIndex))]
    [InlineData(typeof(Lucene.LuceneIndex))]
    [InlineData(typeof(Postgres.PostgresIndex))]
    public void WhatNeedsNoLibtorchDoesNotNameIt(Type type)
    {
        var (seen, open) = (new HashSet<string>(), new Queue<Assembly>([type.Assembly]));
        while (open.TryDequeue(out var assembly))
        {
            foreach (var used in assembly.GetReferencedAssemblies().Where(used => seen.Add(used.Name!)))
            {
                Assert.NotEqual("TorchSharp", used.Name);
                if (used.Name!.StartsWith("CrossEncoders", StringComparison.Ordinal))
                    open.Enqueue(Assembly.Load(used));
            }
        }

        Assert.True(type == typeof(TextPair) || seen.Contains("CrossEncoders.Text"));
    }

    [Fact]
    public void TheOrderTheOtherWayRoundWouldFail()
    {
        var reversed = FolderOrder.Violations(Library, [.. Enumerable.Reverse(Order)]);
        Assert.Contains("CrossEncoder () uses CrossEncoderException (Foundation)", reversed);
        Assert.True(reversed.Count > 100, $"{reversed.Count} uses were seen");
    }

    [Fact]
    public void NamespacesAreFolders()
    {
        foreach (var project in (string[])["CrossEncoders.Onnx", "CrossEncoders.Onnx.Export"])
            Assert.Empty(FolderOrder.WrongNamespaces(FolderOrder.SourceOf(project), folder => $"CrossEncoders.Onnx.{folder}".TrimEnd('.')));
        foreach (var (_, source) in Library)
            Assert.Empty(
                FolderOrder.WrongNamespaces(source, folder =>
                    (
                        "CrossEncoders." + folder.Replace('/', '.').Replace("Foundation", "", StringComparison.Ordinal).TrimStart('.')
                    ).TrimEnd('.')
                )
            );
    }
}
