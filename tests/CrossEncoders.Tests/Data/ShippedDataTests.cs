using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Data;

/// <summary>What lies in <c>data/</c> fits together.</summary>
public class ShippedDataTests
{
    private static readonly string Folder = Path.Combine(Shared.Repository, "data");
    private static readonly DocumentCollection Corpus = DocumentFolder.Load(Path.Combine(Folder, "corpus"));
    private static readonly IReadOnlyList<Chunk> Chunks = Corpus.Chunk(
        TextTokenizer.Load(Path.Combine(Folder, "models", "multilingual-e5-small-enzh")),
        new ChunkingOptions()
    );

    [Fact]
    public void TheCorpusIsReadWhole()
    {
        Assert.Empty(Corpus.Skipped);
        Assert.True(Corpus.Count >= 48);
        Assert.True(Corpus.Count(document => document.Language == "zh") >= 6);
        Assert.All(Chunks, chunk => Assert.InRange(chunk.Tokens, 1, 256));
    }

    [Fact]
    public async Task EveryChunkHasFiveRecordedQuestionsThatPassTheFilters()
    {
        using var record = RecordedAnswers.Open(Path.Combine(Folder, "questions", "recorded.jsonl"));
        var dataset = await QaDataset.CreateAsync(Corpus, Chunks, record, new QaDatasetOptions { QuestionsPerChunk = 5 });
        Assert.Empty(dataset.Failed);
        Assert.All(Chunks, chunk => Assert.Equal(5, dataset.Questions.Count(question => question.ChunkId == chunk.Id)));
        Assert.Equal(
            0.8 * dataset.Questions.Count,
            dataset.Questions.Count(question => question.Style == "newcomer"),
            0.02 * dataset.Questions.Count
        );
        Assert.Equal(4, dataset.Questions.Select(question => question.Style).Distinct().Count());
    }

    [Fact]
    public async Task TestQuestionsAreTiedToTheTextAndNotInTheRecord()
    {
        var questions = TestQuestions.Load(Path.Combine(Folder, "questions", "test.jsonl"));
        Assert.True(questions.Count >= 240);
        Assert.True(questions.Count(question => question.Language == "zh") >= 40);
        Assert.All(questions.Resolve(Chunks), question => Assert.NotEmpty(question.Relevant));
        using var record = RecordedAnswers.Open(Path.Combine(Folder, "questions", "recorded.jsonl"));
        var dataset = await QaDataset.CreateAsync(Corpus, Chunks, record, new QaDatasetOptions { QuestionsPerChunk = 4 });
        Assert.Empty(
            questions
                .Select(question => question.Question)
                .Intersect(dataset.Questions.Select(question => question.Text), StringComparer.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void ModelsStayWithinTheirSize()
    {
        var files = new DirectoryInfo(Path.Combine(Folder, "models")).GetFiles("*", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.True(file.Length <= 75L << 20, $"{file.Name} has {file.Length} bytes"));
        Assert.True(files.Sum(file => file.Length) <= 140L << 20);
    }

    [Fact]
    public void TheEmbeddedCrossEncoderPutsTheAnswerFirst()
    {
        using var model = CrossEncoder.FromPretrained(Path.Combine(Folder, "models", "cross-encoder-small-enzh"), new() { Device = "cpu" });
        string[] english =
        [
            "The Drum turns at two degrees a second.",
            "Supper is served at six in the lower hall.",
            "The night log is kept in English.",
        ];
        string[] chinese = ["圆顶每秒转动两度。", "值班日志用英文写。", "晚饭六点开始，地点在楼下餐厅。"];
        Assert.Equal(1, model.Rank("What time do we get supper?", english)[0].CorpusId);
        Assert.Equal(2, model.Rank("晚上几点可以吃饭？", chinese)[0].CorpusId);
    }
}
