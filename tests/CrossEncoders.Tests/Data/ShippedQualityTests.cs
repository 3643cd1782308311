using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Display;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Data;

/// <summary>What notebook 03 makes of the demo corpus is sound, and says so.</summary>
public sealed class ShippedQualityTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string Folder = Path.Combine(Shared.Repository, "data");
    private static readonly Lazy<Task<QaDataset>> Demo = new(async () =>
    {
        var corpus = DocumentFolder.Load(Path.Combine(Folder, "corpus"));
        var chunks = corpus.Chunk(TextTokenizer.Load(Path.Combine(Folder, "models", "multilingual-e5-small-enzh")), new ChunkingOptions());
        using var record = RecordedAnswers.Open(Path.Combine(Folder, "questions", "recorded.jsonl"));
        return await QaDataset.CreateAsync(corpus, chunks, record, new QaDatasetOptions { QuestionsPerChunk = 5 });
    });

    private readonly ScratchFolder _artifacts = new();

    public void Dispose() => _artifacts.Dispose();

    [Fact]
    public async Task TheNotebooksCellsGiveSheetCertificateCardAndSpotCheck()
    {
        var (dataset, seed, artifacts) = (await Demo.Value, 2024, _artifacts.Path);
        var parts = dataset.SplitByDocument(0.9, 0.1, seed);
        IReadOnlyList<InputExample> Examples(QaDataset part) =>
            part.ToExamples(
                new HardNegatives(new Bm25Retriever(part.Passages), 2)
                {
                    Sampling = NegativeSampling.Random,
                    Depth = 20,
                    OnlyFound = true,
                    Random = 0,
                    Seed = seed,
                }
            );
        var (train, validation) = (Examples(parts.Train), Examples(parts.Validation));

        // No question is asked twice, so none has passages that only another of the same words would forbid as negatives.
        Assert.Distinct(dataset.Questions.Select(question => PassageText.Key(question.Text).TrimEnd('?', '？')));

        var sheet = QualitySheet.Of(dataset, new Bm25Retriever(dataset.Passages));
        output.WriteLine(sheet.Groups.ToTable().ToString());
        output.WriteLine(sheet.Kinds.ToTable(30).ToString());
        double Found(string style) => sheet.Groups.Single(group => group.Group == $"style {style}").Found;
        Assert.All(["natural", "keyword", "symptom"], style => Assert.InRange(Found(style), 0.8, 1));
        Assert.InRange(Found("newcomer"), 0.2, 0.5); // by their words alone few are found
        Assert.True(sheet.Groups[0].InLanguage > 0.99);
        Assert.True(sheet.Groups[0].Duplicates < 0.02);

        var certificate = LeakAudit.Of(parts, new() { TestQuestions = TestQuestions.For(Path.Combine(Folder, "corpus")) });
        output.WriteLine(certificate.ToString());
        certificate.Require();
        Assert.Equal([275, 300], certificate.Checks.Where(row => row.Verdict == "note").Select(row => row.Found));
        Assert.True(certificate.Checks.ToTable().Rows.Count > 10);

        var card = DataCard.Of(
            dataset,
            new() { ["train"] = train, ["validation"] = validation },
            new()
            {
                Seed = seed,
                Quality = sheet,
                Certificate = certificate,
            }
        );
        card.Save(Path.Combine(artifacts, "data-card.md"));
        Assert.Contains("no leak found", await File.ReadAllTextAsync(Path.Combine(artifacts, "data-card.md")));
        Assert.Equal(dataset.Questions.Count, card.Sources.Sum(source => source.Questions));

        var check = SpotCheck.Draw(validation, seed: seed);
        check.Save(Path.Combine(artifacts, "spot-check.csv"));
        Assert.Equal(20, check.Pairs.ToTable(20, ("question", pair => pair.Question), ("passage", pair => pair.Passage)).Rows.Count);
        Assert.Equal(10, check.Pairs.Count(pair => pair.Label == 1));
        Assert.Null(check.Read(Path.Combine(artifacts, "spot-check.csv")));
    }

    [Theory]
    [InlineData(2, 0, 0, 2024, "047e5d792e79ee20")]
    [InlineData(3, 2, 1, 7, "00e4b610eda5654e")]
    public async Task TheSameSeedAndQuestionsGiveTheSameExamplesFromVersionToVersion(
        int hard,
        int random,
        int sameDocument,
        int seed,
        string expected
    )
    {
        var demo = await Demo.Value;
        // Questions that no parser or filter has a say in.
        var asked = demo.Chunks.Select(chunk => new GeneratedQuestion(
            $"What of {chunk.Title} {chunk.Section}, {chunk.Text.Trim()[..20]}?",
            "natural",
            chunk.Id,
            "test"
        ));
        var train = new QaDataset(demo.Documents, demo.Chunks, [.. asked]).SplitByDocument(0.9, 0.1, 2024).Train;
        var examples = train.ToExamples(
            new HardNegatives(new Bm25Retriever(train.Passages), hard)
            {
                Random = random,
                FromSameDocument = sameDocument,
                Seed = seed,
            }
        );
        var text = string.Join(
            "\n",
            examples.Select(example => $"{example.Id}|{example.Group}|{example.Label}|{example.Query}|{example.Passage}")
        );
        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]);
    }
}
