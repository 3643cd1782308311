using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Audit;

/// <summary>What must hold for the sheet, the round trip and the settings of a card, whatever the data.</summary>
public sealed class QualityTests
{
    private static QaDataset Dataset(int seed = 1)
    {
        var (documents, chunks) = Make.Corpus();
        var random = new Random(seed);
        return new QaDataset(
            documents,
            chunks,
            [
                .. chunks
                    .Where(_ => random.Next(3) > 0)
                    .Select(chunk => new GeneratedQuestion(
                        chunk.Passage[..Math.Min(chunk.Passage.Length, random.Next(20, 60))],
                        random.Next(2) == 0 ? "natural" : "keyword",
                        chunk.Id,
                        "m"
                    )),
            ]
        );
    }

    [Fact]
    public void TheGroupsAddUp()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var dataset = Dataset(seed);
            var sheet = QualitySheet.Of(dataset, new Bm25Retriever(dataset.Passages));
            var all = sheet.Groups[0];
            Assert.Equal(("all", dataset.Questions.Count), (all.Group, all.Questions));
            Assert.Equal(dataset.Questions.Select(question => question.Text), sheet.Questions.Select(row => row.Question));
            foreach (
                var kind in (Func<GroupQuality, bool>[])
                    [group => group.Group.Length == 2, group => group.Group.StartsWith("style", StringComparison.Ordinal)]
            )
            {
                var groups = sheet.Groups.Where(kind).ToList();
                Assert.Equal(all.Questions, groups.Sum(group => group.Questions));
                Assert.Equal(all.Found, groups.Sum(group => group.Found * group.Questions) / all.Questions, 1e-12);
                Assert.Equal(all.Overlap, groups.Sum(group => group.Overlap * group.Questions) / all.Questions, 1e-12);
            }
            Assert.All(sheet.Groups, group =>
                Assert.True(group.First <= group.ReciprocalRank + 1e-12 && group.ReciprocalRank <= group.Found + 1e-12)
            );
            Assert.Equal(all.Questions, sheet.Kinds.Sum(kind => kind.Questions));
            Assert.All(sheet.Kinds.GroupBy(kind => kind.Language), language => Assert.Equal(1, language.Sum(kind => kind.Share), 1e-12));
            Assert.Null(all.Grade);
        }
    }

    [Fact]
    public void MoreResultsNeverFindLess()
    {
        var dataset = Dataset();
        var retriever = new Bm25Retriever(dataset.Passages);
        double[] found = [.. new[] { 1, 3, 10, 40 }.Select(topK => QualitySheet.Of(dataset, retriever, topK).Groups[0].Found)];
        Assert.Equal(found.Order(), found);
        Assert.Equal(1, found[^1]);
    }

    [Fact]
    public void AnIdenticalPassageUnderAnotherIdIsFoundToo()
    {
        Chunk[] chunks = [Make.Chunk("The same words here.", document: "a.md"), Make.Chunk("The same words here.", document: "b.md")];
        GeneratedQuestion[] questions =
        [
            new("Which same words?", "natural", chunks[1].Id, "m"),
            new("Which zebra?", "natural", chunks[0].Id, "m"),
        ];
        Assert.Equal([1, null], RoundTrip.Ranks(questions, chunks, new Bm25Retriever(chunks), 1, null, default));
        Assert.Empty(RoundTrip.Ranks([], chunks, new Bm25Retriever(chunks), 1, null, default));
        var stranger = new Bm25Retriever([new Passage("x", "the same words")], name: "stranger");
        var error = Assert.Throws<CrossEncoderException>(() => RoundTrip.Ranks(questions, chunks, stranger, 1, null, default));
        Assert.Contains("'stranger'", error.Message);
    }

    [Fact]
    public void QuestionsAreNeededAndAGradeForEach()
    {
        var empty = new QaDataset([], [Make.Chunk("x")], []);
        Assert.Throws<CrossEncoderException>(() => QualitySheet.Of(empty, new Bm25Retriever(empty.Passages)));
        var dataset = Dataset();
        var error = Assert.Throws<CrossEncoderException>(() =>
            QualitySheet.Of(dataset, new Bm25Retriever(dataset.Passages), grades: [1, 2])
        );
        Assert.Contains($"2 grades for {dataset.Questions.Count} questions", error.Message);
    }

    [Fact]
    public void SettingsAreListedWithoutPathsAndServices()
    {
        var chunks = Dataset().Chunks;
        var options = new QaDatasetOptions { QuestionsPerChunk = 2, Journal = Path.Combine(Path.GetTempPath(), "secret", "journal.jsonl") };
        var entries = CardSettings
            .Of(options)
            .Concat(CardSettings.Of(new HardNegatives(new Bm25Retriever(chunks, name: "mine"), 4)))
            .ToDictionary(entry => entry.Name, entry => entry.Value);
        Assert.Equal("2", entries["QaDatasetOptions.QuestionsPerChunk"]);
        Assert.Equal("256", entries["ChunkingOptions.MaxTokens"]); // options within options
        Assert.Equal("mine", entries["HardNegatives.Retriever"]);
        Assert.Equal("0.95", entries["HardNegatives.GuardShare"]);
        Assert.Equal("Top", entries["HardNegatives.Sampling"]);
        Assert.DoesNotContain("HardNegatives.Guard", entries.Keys);
        Assert.All(entries.Values, value => Assert.DoesNotContain("secret", value));
        Assert.All(entries.Values, value => Assert.True(value.Length <= 101));
    }

    [Fact]
    public void ACertificateNamesTenLeaksAndCountsTheRest()
    {
        Leak[] leaks =
        [
            .. Enumerable
                .Range(0, 13)
                .Select(i => new Leak("same question", "train, test", $"a{i}", $"b{i}", 1, new string('x', 300) + "\n")),
        ];
        var certificate = new LeakCertificate([new("train", 1, 2, 3, "h")], [new("same question", "train, test", 20, 13, "LEAK")], leaks);
        var error = Assert.Throws<CrossEncoderException>(certificate.Require);
        Assert.Contains("13 case(s)", error.Message);
        Assert.Contains("'a9'", error.Message);
        Assert.DoesNotContain("'a10'", error.Message);
        Assert.Contains("and 3 more", error.Message);
        Assert.InRange(error.Message.Length, 500, 2500);
        Assert.Contains("train: 1 documents, 2 passages, 3 questions; content h", certificate.ToString());
        Assert.Contains("[LEAK] same question (train, test): 13 of 20", certificate.ToString());
    }

    [Fact]
    public void TheOrderOfAPartDoesNotChangeItsCertificate()
    {
        InputExample[] train = [new(["one question", "first passage"], 1), new(["two questions", "second passage"], 0)];
        InputExample[] validation = [new(["unlike all", "a third of them"], 1)];
        var (one, two) = (LeakAudit.Of(train, validation), LeakAudit.Of([.. train.Reverse()], validation));
        Assert.Equal(one.Parts.Select(part => part.Hash), two.Parts.Select(part => part.Hash));
        Assert.NotEqual(one.Parts[0].Hash, LeakAudit.Of(train[..1], validation).Parts[0].Hash);
        // What leaks from train to validation leaks from validation to train.
        Assert.Equal(
            LeakAudit.Of(train, train[..1]).Leaks.Select(leak => leak.Check),
            LeakAudit.Of(train[..1], train).Leaks.Select(leak => leak.Check)
        );
    }

    [Fact]
    public void TheAuthorOfATestQuestionIsItsOwnOrTheOptions()
    {
        InputExample[] train = [new(["one question", "first passage"], 1)];
        int Notes(string? author, string? all) =>
            LeakAudit
                .Of(
                    train,
                    [new(["unlike all", "a third of them"], 1)],
                    options: new()
                    {
                        Generators = ["writer"],
                        TestAuthor = all,
                        TestQuestions = [new("t", "Something else?", "en", [new("a.md", "x")]) { Author = author }],
                    }
                )
                .Checks.Count(check => check.Verdict == "note");
        Assert.Equal((0, 1, 1, 0), (Notes(null, null), Notes("Writer ", null), Notes(null, "writer"), Notes("somebody", "writer")));
    }
}
