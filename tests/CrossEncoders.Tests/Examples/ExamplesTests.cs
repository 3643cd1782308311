using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Examples;

public sealed class ExamplesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static QaDataset Dataset()
    {
        var (documents, chunks) = Make.Corpus();
        return new QaDataset(
            documents,
            chunks,
            [.. chunks.Select(chunk => new GeneratedQuestion($"When does {chunk.Id} stop: {chunk.Text[..20]}?", "natural", chunk.Id, "m"))]
        );
    }

    private static IReadOnlyList<InputExample> Examples(QaDataset dataset, HardNegatives negatives) =>
        dataset.ToExamples(negatives, null, TestContext.Current.CancellationToken);

    [Fact]
    public void EachQuestionHasItsPassageAndItsNegatives()
    {
        var dataset = Dataset();
        var negatives = new HardNegatives(new OverlapRetriever(dataset.Passages), 2) { Random = 1, FromSameDocument = 1 };
        var examples = Examples(dataset, negatives);

        Assert.Equal(dataset.Questions.Count * 5, examples.Count);
        foreach (var group in examples.GroupBy(example => example.Group))
        {
            var question = dataset.Questions.Single(question => question.Id == group.Key);
            var positive = dataset.Chunks.Single(chunk => chunk.Id == question.ChunkId);
            Assert.Equal([1f, 0, 0, 0, 0], group.Select(example => example.Label));
            Assert.Equal(positive.Passage, group.First().Passage);
            Assert.All(group, example => Assert.Equal(question.Text, example.Query));
            Assert.Equal(5, group.Select(example => example.Passage).Distinct().Count());
            Assert.Contains(group.Skip(1), example =>
                dataset.Chunks.Single(chunk => chunk.Passage == example.Passage).DocumentId == positive.DocumentId
            );
        }
        Assert.Equal(examples.Count, examples.Select(example => example.Id).Distinct().Count());
    }

    [Fact]
    public void TheSameSeedGivesTheSameExamples()
    {
        var dataset = Dataset();
        var negatives = new HardNegatives(new OverlapRetriever(dataset.Passages)) { Random = 3 };
        string[] Passages(HardNegatives options) => [.. Examples(dataset, options).Select(example => example.Passage)];
        Assert.Equal(Passages(negatives), Passages(negatives));
        Assert.NotEqual(Passages(negatives), Passages(negatives with { Seed = 5 }));
    }

    [Fact]
    public void NearlyTheSameTextIsNoNegative()
    {
        const string Text = "The pump stops above three bar when it is warm and the valve is shut by hand";
        Chunk[] chunks =
        [
            Make.Chunk(Text),
            Make.Chunk(Text + " again", document: "b.md"),
            Make.Chunk("Something else entirely about domes", document: "c.md"),
        ];
        var documents = chunks.Select(chunk => new Document(chunk.DocumentId, "T", chunk.Text, "en")).ToList();
        var dataset = new QaDataset(documents, chunks, [new GeneratedQuestion("When does the pump stop?", "natural", "a.md#0", "m")]);
        var examples = Examples(dataset, new HardNegatives(new OverlapRetriever(dataset.Passages), 2));
        Assert.Equal([Text, chunks[2].Passage], examples.Select(example => example.Passage));
    }

    [Fact]
    public void OverlappingChunksAreNoNegatives()
    {
        Chunk[] chunks =
        [
            new("a.md#0", "a.md", "T", "", 0, 30, "one two", "en", "one two", 2),
            new("a.md#1", "a.md", "T", "", 20, 30, "three four", "en", "three four", 2),
            new("a.md#2", "a.md", "T", "", 50, 30, "five six", "en", "five six", 2),
        ];
        var dataset = new QaDataset(
            [new Document("a.md", "T", new string('x', 80), "en")],
            chunks,
            [new GeneratedQuestion("What is one?", "natural", "a.md#0", "m")]
        );
        Assert.Equal(
            ["one two", "five six"],
            Examples(dataset, new HardNegatives(new OverlapRetriever(dataset.Passages))).Select(example => example.Passage)
        );
    }

    [Fact]
    public void TheGuardDropsWhatScoresLikeAnAnswer()
    {
        var dataset = Dataset();
        var negatives = new HardNegatives(new OverlapRetriever(dataset.Passages), 3) { Random = 2 };
        var suspect = Examples(dataset, negatives).First(example => example.Label == 0).Passage;
        // Neither among the hard ones nor by chance; the questions it is far from the top for may draw it.
        var guarded = Examples(dataset, negatives with { Guard = new Suspicious(suspect) });
        Assert.DoesNotContain(guarded.Take(6), example => example.Label == 0 && example.Passage == suspect);
        Assert.Equal(6, guarded.Count(example => example.Group == guarded[0].Group));
    }

    [Fact]
    public void ARetrieverOfSomethingElseIsAnError()
    {
        var stranger = new OverlapRetriever([new Passage("x", "other")]);
        Assert.Contains("overlap", Assert.Throws<CrossEncoderException>(() => Examples(Dataset(), new HardNegatives(stranger))).Message);
    }

    [Fact]
    public void NoDocumentIsOnTwoSides()
    {
        var dataset = Dataset();
        var (train, validation, test) = dataset.SplitByDocument(0.6, 0.2, seed: 3);
        var sides = new[] { train, validation, test };
        Assert.Equal(
            dataset.Documents.Select(document => document.Id).Order(),
            sides.SelectMany(side => side.Documents).Select(document => document.Id).Order()
        );
        Assert.Equal(
            dataset.Questions.Count,
            sides.Sum(side => side.Questions.Count + side.Filtered.GetValueOrDefault(DatasetSplit.InEarlierPart))
        );
        LeakAudit.Of(new SplitDataset(train, validation, test)).Require();
        Assert.All(sides, side => Assert.Equal(["en", "zh"], side.Documents.Select(document => document.Language).Distinct().Order()));

        var retriever = new OverlapRetriever(dataset.Passages);
        var passages = sides
            .Select(side => Examples(side, new HardNegatives(retriever)).Select(example => example.Passage).ToHashSet())
            .ToList();
        Assert.Empty(passages[0].Intersect(passages[1]));
        Assert.Empty(passages[0].Intersect(passages[2]));
        Assert.Empty(passages[1].Intersect(passages[2]));

        Assert.Equal(train.Documents, dataset.SplitByDocument(0.6, 0.2, seed: 3).Train.Documents);
        Assert.NotEqual(train.Documents, dataset.SplitByDocument(0.6, 0.2, seed: 4).Train.Documents);
        Assert.Empty(dataset.SplitByDocument(0.8).Test.Documents);
    }

    [Fact]
    public void CopiesOfADocumentAreNotOnTwoSides()
    {
        var (documents, chunks) = Make.Corpus();
        var copies = documents.Select(document => document with { Id = "copy/" + document.Id }).ToList();
        var copied = chunks.Select(chunk => chunk with { Id = "copy/" + chunk.Id, DocumentId = "copy/" + chunk.DocumentId }).ToList();
        var all = chunks.Concat(copied).ToList();
        var dataset = new QaDataset(
            new DocumentCollection([.. documents, .. copies]),
            all,
            [.. all.Select(chunk => new GeneratedQuestion($"When does it stop: {chunk.Text[..20]}?", "natural", chunk.Id, "m"))]
        );
        for (var seed = 0; seed < 5; seed++)
        {
            var parts = dataset.SplitByDocument(0.5, 0.3, seed);
            LeakAudit.Of(parts).Require();
            Assert.True(parts.Validation.Filtered[DatasetSplit.InEarlierPart] + parts.Test.Filtered[DatasetSplit.InEarlierPart] > 0);
        }
    }

    [Fact]
    public void ImpossibleSplitsAreRefused()
    {
        Assert.Throws<CrossEncoderException>(() => Dataset().SplitByDocument(0.9, 0.2));
        var (documents, chunks) = Make.Corpus(documents: 1);
        Assert.Throws<CrossEncoderException>(() => new QaDataset(documents, chunks, []).SplitByDocument(0.8));
    }

    [Fact]
    public void ExamplesComeBackFromTheirFile()
    {
        var path = _folder["sub/train.jsonl"];
        InputExample[] examples = [new(["问？", "答\n。"], 0.3f) { Id = "1", Group = "g" }, new(["q", "\"p\""], 1)];
        examples.Save(path);
        var loaded = InputExamples.Load(path);
        Assert.Equal(
            examples.Select(example => (example.Query, example.Passage, example.Label, example.Id, example.Group)),
            loaded.Select(example => (example.Query, example.Passage, example.Label, example.Id, example.Group))
        );
        Assert.Equal(["train.jsonl"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
        Assert.Contains("问？", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("{\"texts\":[\"a\",\"b\"],\"label\":1}\n{\"texts\":[\"a\"")]
    [InlineData("{\"texts\":[\"a\",\"b\"],\"label\":1}\n{\"texts\":[\"a\"],\"label\":1}")]
    [InlineData("{\"texts\":[\"a\",\"b\"],\"label\":1}\n{\"texts\":[\"a\",\"b\"],\"label\":7}")]
    public void ABrokenFileIsNamed(string content)
    {
        var path = _folder["broken.jsonl"];
        File.WriteAllText(path, content);
        var error = Assert.Throws<CrossEncoderException>(() => InputExamples.Load(path));
        Assert.Contains(path, error.Message);
        Assert.Contains("2", error.Message);
    }

    private sealed class Suspicious(string passage) : IPassageScorer
    {
        public string Name => "suspicious";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => [.. pairs.Select((pair, i) => pair.Passage == passage || i == 0 || pairs[i - 1].Query != pair.Query ? 3f : -3f)];
    }
}
