using System.Text.Json;
using CrossEncoders.Audit;
using CrossEncoders.Examples;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Audit;

/// <summary>Documents → chunks → questions → examples: the same seed and record give the same bytes.</summary>
public sealed class WholeStageTests : IDisposable
{
    private static readonly TextTokenizer Tokenizer = TextTokenizer.Load(
        Path.Combine(Shared.Repository, "data", "models", "multilingual-e5-small-enzh")
    );

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<QaDataset> RunAsync(string documents, string record, string output, int concurrency)
    {
        using var client = RecordedAnswers.Open(record);
        var options = new QaDatasetOptions { MaxConcurrency = concurrency, Journal = Path.Combine(_folder.Path, output, "journal.jsonl") };
        var dataset = await QaDataset.CreateAsync(documents, client, Tokenizer, options);
        dataset.SaveQuestions(Path.Combine(_folder.Path, output, "questions.jsonl"));
        var parts = dataset.SplitByDocument(0.8, 0.1, seed: 2024);
        foreach (var (name, part) in new[] { ("train", parts.Train), ("validation", parts.Validation), ("test", parts.Test) })
            part.ToExamples(new HardNegatives(new Bm25Retriever(part.Passages)) { Seed = 2024 })
                .Save(Path.Combine(_folder.Path, output, $"{name}.jsonl"));
        return dataset;
    }

    private void AssertSame(string one, string two)
    {
        foreach (var name in (string[])["questions", "train", "validation", "test"])
        {
            var bytes = File.ReadAllBytes(Path.Combine(_folder.Path, one, $"{name}.jsonl"));
            Assert.True(bytes.Length > 1000);
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(_folder.Path, two, $"{name}.jsonl")));
        }
    }

    [Fact]
    public async Task TheDemoCorpusGivesTheSameBytes()
    {
        var corpus = Path.Combine(Shared.Repository, "data", "corpus");
        await RunAsync(corpus, Path.Combine(Shared.Repository, "data", "questions", "recorded.jsonl"), "one", concurrency: 1);
        await RunAsync(corpus, Path.Combine(Shared.Repository, "data", "questions", "recorded.jsonl"), "two", concurrency: 8);
        AssertSame("one", "two");
        // A run's journal is a record.
        await RunAsync(corpus, Path.Combine(_folder.Path, "two", "journal.jsonl"), "three", concurrency: 4);
        AssertSame("one", "three");
    }

    [Fact]
    public async Task SoDoPassagesOfXQuADInTwoLanguages()
    {
        var documents = Path.Combine(_folder.Path, "xquad");
        foreach (var language in (string[])["en", "zh"])
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Path($"data/xquad/xquad.{language}.json")));
            Directory.CreateDirectory(Path.Combine(documents, language));
            var contexts = json
                .RootElement.GetProperty("data")
                .EnumerateArray()
                .SelectMany(article => article.GetProperty("paragraphs").EnumerateArray())
                .Select(paragraph => paragraph.GetProperty("context").GetString()!)
                .ToList();
            Assert.Equal(240, contexts.Count);
            for (var i = 0; i < contexts.Count; i++)
                File.WriteAllText(Path.Combine(documents, language, $"{i:000}.txt"), contexts[i]);
        }
        var record = Path.Combine(_folder.Path, "record.jsonl");
        var made = await QaDataset.CreateAsync(documents, new ExtractiveQuestions(), Tokenizer, new() { Journal = record });
        Assert.Equal(480, made.Documents.Count);
        Assert.True(made.Questions.Count > 1000);
        await RunAsync(documents, record, "one", concurrency: 1);
        var again = await RunAsync(documents, record, "two", concurrency: 8);
        AssertSame("one", "two");
        Assert.Equal(made.Questions, again.Questions);
        Assert.Equal(made.Failed, again.Failed);
    }
}
