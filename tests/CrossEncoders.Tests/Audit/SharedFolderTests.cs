using CrossEncoders.Examples;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Audit;

/// <summary>A data set that is made in a folder full of other people's files leaves every byte of them.</summary>
public sealed class SharedFolderTests : IDisposable
{
    private static readonly string[] Results = ["journal.jsonl", "questions.jsonl", "train.jsonl", "test.csv"];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, string> Files() =>
        Directory
            .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(_folder.Path, file), file => Convert.ToHexString(File.ReadAllBytes(file)));

    [Fact]
    public async Task EveryFileOfOthersIsFoundAgain()
    {
        Directory.CreateDirectory(_folder["questions"]);
        for (var i = 0; i < 4; i++)
            _folder.With($"part-{i}.md", $"# Part {i}\n\nThe pump number {i} runs for {i + 20} minutes before the dome opens at night.\n");
        foreach (var result in Results) // names that a careless writer might use beside its own
        foreach (
            var name in (string[])[$"{result}.bak", $"{result}.tmp", $".{result}.swp", $"{result}.lock2", $"old-{result}", $"{result}~"]
        )
            _folder.With(name, $"of somebody: {name}");
        _folder.With("questions/recorded.jsonl", "of somebody");
        var before = Files();
        for (var run = 0; run < 2; run++) // the second goes on with the journal and replaces what the first wrote
        {
            var dataset = await QaDataset.CreateAsync(
                _folder.Path,
                new ExtractiveQuestions(),
                TextTokenizer.Load(Path.Combine(Shared.Repository, "data", "models", "multilingual-e5-small-enzh")),
                new()
                {
                    Journal = _folder[Results[0]],
                    Documents = new() { Include = ["*.md"] },
                }
            );
            dataset.SaveQuestions(_folder[Results[1]]);
            var parts = dataset.SplitByDocument(0.5, 0.25, seed: 1);
            parts.Train.ToExamples(new HardNegatives(new Bm25Retriever(parts.Train.Passages))).Save(_folder[Results[2]]);
            parts.Test.ToExamples(new HardNegatives(new Bm25Retriever(parts.Test.Passages))).Save(_folder[Results[3]]);
        }
        var after = Files();
        Assert.Equal(Results.Order(), after.Keys.Except(before.Keys).Order());
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
    }
}
