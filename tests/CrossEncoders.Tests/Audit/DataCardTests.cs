using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Display;
using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Audit;

public sealed class DataCardTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("What is the stow angle?", "what")]
    [InlineData("At what pressure does the pump stop?", "what")]
    [InlineData("Which code means that it stopped?", "which")]
    [InlineData("Whose job is it when it rains?", "who")]
    [InlineData("When it rains, who closes the dome?", "who")]
    [InlineData("When does the pump stop?", "when")]
    [InlineData("When exactly does somebody count as working alone?", "when")]
    [InlineData("Where in the barn are the sensors mounted?", "where")]
    [InlineData("Where do visitors wait?", "where")]
    [InlineData("Why is the lamp dark?", "why")]
    [InlineData("How do I close the dome by hand?", "how")]
    [InlineData("How many hours does it take?", "how many")]
    [InlineData("Is the dome open at night?", "yes or no")]
    [InlineData("Pressure reads 2.4 bar: is that too high?", "yes or no")]
    [InlineData("The lamp stays dark. What now?", "what")]
    [InlineData("CR-308 T-40 pressure trigger", "keywords")]
    [InlineData("And the dome?", "other")]
    [InlineData("穹顶由谁来关？", "who")]
    [InlineData("什么时候换液氮？", "when")]
    [InlineData("晚饭几点开始", "when")]
    [InlineData("每天要加多少液氮？", "how many")]
    [InlineData("为什么窗口会结霜？", "why")]
    [InlineData("穹顶关不上怎么办", "how")]
    [InlineData("哪个代码表示停机？", "which")]
    [InlineData("访客在哪里等？", "where")]
    [InlineData("什么是限位开关？", "what")]
    [InlineData("夜里能不能开门？", "yes or no")]
    [InlineData("需要签名吗？", "yes or no")]
    [InlineData("CR-322 报警 原因", "keywords")]
    public void QuestionsAreToldApartByWhatTheyAsk(string text, string kind) => Assert.Equal(kind, QuestionKinds.Of(text));

    private static QaDataset Dataset()
    {
        Chunk[] chunks =
        [
            Make.Chunk("The dome closes by hand when it rains.", "en", "dome.md"),
            Make.Chunk("夜班长检查圆顶的限位开关。", "zh", "night.md"),
        ];
        return new QaDataset(
            [.. chunks.Select(chunk => new Document(chunk.DocumentId, "T", chunk.Text, chunk.Language))],
            chunks,
            [
                new("Who closes the dome when it rains by hand?", "natural", "dome.md#0", "m1"),
                new("Who closes the dome when it rains by hand now?", "natural", "dome.md#0", "m1"),
                new("限位开关由谁检查？", "natural", "night.md#0", "m2"),
                new("dome rains", "keyword", "night.md#0", "m2"),
            ]
        )
        {
            Filtered = new Dictionary<string, int> { ["too short"] = 3, ["duplicate"] = 0 },
            Failed = [new("dome.md#0", "x")],
        };
    }

    [Fact]
    public void TheSheetMeasuresEachQuestion()
    {
        var dataset = Dataset();
        var sheet = QualitySheet.Of(dataset, new Bm25Retriever(dataset.Passages), 1, [1, null, 0.5, 0]);
        Assert.Equal([1, 1, 1, null], sheet.Questions.Select(row => row.Rank));
        Assert.Equal([true, true, true, false], sheet.Questions.Select(row => row.InLanguage));
        Assert.Equal([null, 9 / 10.0, null, null], sheet.Questions.Select(row => row.Nearest));
        Assert.Equal(["who", "who", "who", "keywords"], sheet.Questions.Select(row => row.Kind));
        // Who, close, dome, when, rain, hand: all but who. Of the seven pairs in 限位开关由谁检查 four stand in the chunk.
        Assert.Equal([5 / 6.0, 5 / 7.0, 4 / 7.0, 0], sheet.Questions.Select(row => row.Overlap));
        GroupQuality Group(string group) => sheet.Groups.Single(row => row.Group == group);
        Assert.Equal(["all", "en", "zh", "style natural", "style keyword"], sheet.Groups.Select(row => row.Group));
        Assert.Equal(
            (4, 2, 0.75, 0.75, 0.75, 0.75, 0.25, 0.5),
            (
                Group("all").Questions,
                Group("all").PerChunk,
                Group("all").Found,
                Group("all").First,
                Group("all").ReciprocalRank,
                Group("all").InLanguage,
                Group("all").Duplicates,
                Group("all").Grade
            )
        );
        Assert.Equal((0.5, 0.5, 0.25), (Group("zh").Found, Group("en").Duplicates, Group("zh").Grade));
        Assert.Equal((0, 0), (Group("style keyword").Overlap, Group("style keyword").Found));
        Assert.Equal(
            [("en", "who", 2, 1.0), ("zh", "keywords", 1, 0.5), ("zh", "who", 1, 0.5)],
            sheet.Kinds.Select(row => (row.Language, row.Kind, row.Questions, row.Share))
        );
        Assert.Equal(10, sheet.Questions.ToDataFrame().Columns.Count);
        Assert.Equal(sheet.Groups.Count, sheet.Groups.ToDataFrame().Rows.Count);
        Assert.Throws<CrossEncoderException>(() => QualitySheet.Of(dataset, new Bm25Retriever(dataset.Passages), 1, [1]));
    }

    private static DataCard Card(DataCardOptions? options = null)
    {
        InputExample[] train = [new(["Who?", "a"], 1), new(["Who?", "b"], 0), new(["Who?", "c"], 0.95f), new(["Who?", "d"], 0.3f)];
        return DataCard.Of(Dataset(), new() { ["train"] = train, ["validation"] = train[..1] }, options);
    }

    [Fact]
    public void TheCardCountsWhatIsThere()
    {
        var settings = new QaDatasetOptions { Journal = _folder["journal.jsonl"] };
        var card = Card(
            new()
            {
                Seed = 7,
                Settings = [settings, new HardNegatives(new Bm25Retriever([new Passage("1", "x")], name: "my BM25"), 5)],
                Models = new Dictionary<string, string> { ["judge"] = "m3" },
            }
        );
        Assert.Equal(
            [("dome.md", "en", 1, 2), ("night.md", "zh", 1, 2)],
            card.Sources.Select(source => (source.Document, source.Language, source.Chunks, source.Questions))
        );
        Assert.Equal(Chunk.HashOf("夜班长检查圆顶的限位开关。"), card.Sources[1].Hash);
        Assert.Equal(
            [("questions", "m1 (2 questions)"), ("questions", "m2 (2 questions)"), ("judge", "m3")],
            card.Models.Select(model => (model.Name, model.Value))
        );
        Assert.Equal([("too short", 3), ("duplicate", 0)], card.Filters.Select(filter => (filter.Name, filter.Count)));
        Assert.Equal(
            [
                ("labels, train", 0.0, 0.1, 1),
                ("labels, train", 0.3, 0.4, 1),
                ("labels, train", 0.9, 1, 2),
                ("labels, validation", 0.9, 1, 1),
            ],
            card.Labels.Select(bar => (bar.Of, bar.From, bar.To, bar.Count))
        );
        Assert.Equal(2 + 4, card.Lengths.Sum(bar => bar.Count));
        int Count(string name) => card.Counts.Single(count => count.Name == name).Count;
        Assert.Equal(
            (2, 1, 4, 2, 1, 4),
            (
                Count("documents"),
                Count("chunks without an answer"),
                Count("questions"),
                Count("questions about zh chunks"),
                Count("questions in style keyword"),
                Count("examples to train")
            )
        );
        string Parameter(string name) => card.Parameters.Single(entry => entry.Name == name).Value;
        Assert.Equal(
            ("7", "my BM25", "5", "Top", "256", "journal.jsonl"),
            (
                Parameter("seed"),
                Parameter("HardNegatives.Retriever"),
                Parameter("HardNegatives.PerQuestion"),
                Parameter("HardNegatives.Sampling"),
                Parameter("ChunkingOptions.MaxTokens"),
                Parameter("QaDatasetOptions.Journal")
            )
        );
        Assert.Equal(2, card.Sources.ToDataFrame().Rows.Count);
    }

    [Fact]
    public void LabelsThatAreLogitsHaveBarsBeyondOne()
    {
        InputExample[] train = [.. new[] { -0.25f, 0.95f, 1, 1.05f, 2.5f, 8.1f }.Select(label => new InputExample(["Who?", "a"], label))];
        Assert.Equal(
            [(-0.3, -0.2, 1), (0.9, 1, 2), (1, 1.1, 1), (2.5, 2.6, 1), (8.1, 8.2, 1)],
            DataCard.Of(Dataset(), new() { ["train"] = train }).Labels.Select(bar => (bar.From, bar.To, bar.Count))
        );
    }

    [Fact]
    public void TheSamePageIsWrittenEachTimeWholeAndWithAllItsParts()
    {
        var dataset = Dataset();
        var options = new DataCardOptions
        {
            Name = "Demo",
            Seed = 1,
            Prompts = new Dictionary<string, string> { ["questions"] = "Write ```3``` questions." },
            Quality = QualitySheet.Of(dataset, new Bm25Retriever(dataset.Passages)),
            Certificate = LeakAudit.Of([new(["q", "p"], 1)], [new(["q", "r"], 1)]),
        };
        var (one, two) = (_folder["sub/one.md"], _folder["sub/two.md"]);
        Card(options).Save(one);
        Card(options).Save(two);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
        Assert.Equal(["one.md", "two.md"], Directory.GetFiles(Path.GetDirectoryName(one)!).Select(Path.GetFileName).Order());
        var page = File.ReadAllText(one);
        foreach (
            var part in new[]
            {
                "# Demo",
                "## Counts",
                "## Models",
                "## Parameters",
                "````text\nWrite ```3``` questions.\n````",
                "| too short | 3 |",
                "| labels, train | 0.9 | 1 | 2 |",
                "## Quality of the questions",
                "## Kinds of questions",
                "1 leak(s) found",
                "## Examples to train",
                "| dome.md | en |",
            }
        )
            Assert.Contains(part, page);
    }

    [Fact]
    public void NothingForeignBecomesMarkup()
    {
        const string Hostile = "<script>alert(1)</script> | [x](javascript:alert(2)) `code`\n# Heading **bold** ![i](http://x/y)";
        InputExample[] train = [new([Hostile, new string('长', 500)], 1)];
        var page = DataCard
            .Of(Dataset(), new() { ["train"] = train }, new() { Prompts = new Dictionary<string, string> { ["p"] = "````\n# out" } })
            .ToMarkdown();
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("](", page.Replace("\\](", ""));
        Assert.DoesNotContain("\n# Heading", page);
        Assert.Contains(@"&lt;script&gt;alert(1)&lt;/script&gt; \| \[x\](javascript:alert(2)) \`code\` \# Heading \*\*bold\*\*", page);
        Assert.Contains("`````text\n````\n# out\n`````", page);
        Assert.Contains("长…", page);
        Assert.DoesNotContain(new string('长', 201), page);
    }
}
