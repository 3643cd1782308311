using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Tests.Chunking;

namespace CrossEncoders.Tests.Audit;

/// <summary>Quotes to chunks: however a document was cut, the chunks with the words of a quote are found.</summary>
public sealed class ResolvingTests
{
    private static string Text(int seed)
    {
        var random = new Random(seed);
        return string.Concat(
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    i % 9 == 8 ? $"\n\n## Part {i}\n\n" : $"Pump p{random.Next(9)} stops at {i} bar{(random.Next(3) == 0 ? "\n" : ". ")}"
                )
        );
    }

    private static IReadOnlyList<Chunk> Cut(string text, ChunkingStrategy strategy, int overlap) =>
        new[] { new Document("a.md", "A", text, "en") }.Chunk(
            Counting.Words,
            new ChunkingOptions
            {
                Strategy = strategy,
                MaxTokens = 32,
                OverlapTokens = overlap,
            }
        );

    private static IReadOnlyList<string> Find(string quote, IReadOnlyList<Chunk> chunks) =>
        new[] { new TestQuestion("q", "?", "en", [new TestAnswer("a.md", quote)]) }.Resolve(chunks)[0].Relevant;

    [Theory]
    [InlineData(ChunkingStrategy.Headings, 0)]
    [InlineData(ChunkingStrategy.Headings, 8)]
    [InlineData(ChunkingStrategy.Sentences, 0)]
    [InlineData(ChunkingStrategy.Sentences, 8)]
    [InlineData(ChunkingStrategy.FixedTokens, 0)]
    [InlineData(ChunkingStrategy.FixedTokens, 8)]
    public void AnyStretchOfTheTextIsFoundInTheChunksItLiesIn(ChunkingStrategy strategy, int overlap)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var text = Text(seed);
            var chunks = Cut(text, strategy, overlap);
            var random = new Random(seed);
            for (var i = 0; i < 20; i++)
            {
                var start = random.Next(text.Length - 80);
                var quote = text.Substring(start, 40 + random.Next(40));
                // What a heading says is not always part of a chunk's text.
                if (string.IsNullOrWhiteSpace(quote) || text[Math.Max(0, start - 12)..(start + quote.Length)].Contains('#'))
                    continue;
                var letters = quote.TrimStart();
                var first = start + quote.Length - letters.Length;
                var last = first + letters.TrimEnd().Length;
                var touched = chunks
                    .Where(chunk =>
                        Enumerable.Range(chunk.Start, chunk.Length).Any(at => at >= first && at < last && !char.IsWhiteSpace(text[at]))
                    )
                    .ToList();
                var whole = touched.FindAll(chunk => chunk.Start <= first && last <= chunk.Start + chunk.Length);
                var expected = (whole.Count > 0 ? whole : touched).Select(chunk => chunk.Id);
                Assert.Subset(Find(quote, chunks).ToHashSet(), expected.ToHashSet());
                Assert.Equal(Find(quote, chunks), Find(quote.Replace(" ", "\n \t").Replace("\n", "  "), chunks));
            }
        }
    }

    [Theory]
    [InlineData(ChunkingStrategy.Headings)]
    [InlineData(ChunkingStrategy.Sentences)]
    [InlineData(ChunkingStrategy.FixedTokens)]
    public void AGeneratedQuestionIsAnsweredByItsChunkAndNotByNeighboursThatOverlapIt(ChunkingStrategy strategy)
    {
        var chunks = Cut(Text(1), strategy, overlap: 8);
        Assert.Contains(chunks.Zip(chunks.Skip(1)), pair => pair.Second.Start < pair.First.Start + pair.First.Length);
        var dataset = new CrossEncoders.Questions.QaDataset(
            [new Document("a.md", "A", Text(1), "en")],
            chunks,
            [.. chunks.Select(chunk => new CrossEncoders.Questions.GeneratedQuestion($"About {chunk.Id}?", "natural", chunk.Id, "m"))]
        );
        Assert.Equal(
            chunks.Select(chunk => chunk.Id),
            dataset.ToTestQuestions().Resolve(chunks).Select(question => question.Relevant.Single())
        );
    }

    [Fact]
    public void AQuoteThatStandsTwiceIsFoundTwice()
    {
        var chunks = Cut(
            "## One\n\nThe dome closes.\n\n## Two\n\nThe dome opens.\n\n## Three\n\nThe dome closes.",
            ChunkingStrategy.Headings,
            0
        );
        var found = Find("The dome closes.", chunks);
        Assert.Equal(chunks.Where(chunk => chunk.Text.Contains("closes", StringComparison.Ordinal)).Select(chunk => chunk.Id), found);
    }

    [Theory]
    [InlineData("the dome closes.")] // word for word: capitals count
    [InlineData("The dome closes at dawn.")]
    [InlineData(" \n")]
    [InlineData("")]
    public void WordsThatAreNotThereAreNotFound(string quote) =>
        Assert.Contains(
            "q: 'a.md'",
            Assert.Throws<CrossEncoderException>(() => Find(quote, Cut("The dome closes.", ChunkingStrategy.Headings, 0))).Message
        );

    [Fact]
    public void TwentyMistakesAreListedAndTheRestCounted()
    {
        var chunks = Cut("The dome closes.", ChunkingStrategy.Headings, 0);
        var questions = Enumerable
            .Range(0, 25)
            .Select(i => new TestQuestion($"q{i}", "?", "en", [new TestAnswer("a.md", new string('x', 200))]))
            .ToList();
        var message = Assert.Throws<CrossEncoderException>(() => questions.Resolve(chunks)).Message;
        Assert.Contains("25 answer(s)", message);
        Assert.Contains("q19:", message);
        Assert.DoesNotContain("q20:", message);
        Assert.Contains("and 5 more", message);
        Assert.True(message.Length < 4000);
    }

    [Fact]
    public void AnswersOfTwoDocumentsAreBothRelevant()
    {
        var chunks = new[]
        {
            new Document("a.md", "A", "The dome closes.", "en"),
            new Document("b.md", "B", "The lamp goes out.", "en"),
        }.Chunk(Counting.Words);
        TestQuestion[] questions = [new("q", "?", "en", [new("b.md", "lamp goes"), new("a.md", "dome closes"), new("b.md", "goes out")])];
        Assert.Equal(["b.md#0", "a.md#0"], questions.Resolve(chunks)[0].Relevant);
    }

    [Theory]
    [InlineData("WHAT DOES IT MEAN?", "what")]
    [InlineData("To whom is it reported?", "who")]
    [InlineData("  how often is it cleaned  ", "how many")]
    [InlineData("Does it stop? Why?", "why")]
    [InlineData("I don't know why it is on; whom do I call?", "who")]
    [InlineData("It tripped; am I allowed to restart it?", "yes or no")]
    [InlineData("Where is Dr. Who?", "where")]
    [InlineData("Can it stop, and may it restart?", "yes or no")]
    [InlineData("", "keywords")]
    [InlineData("???", "other")]
    [InlineData("啥是限位", "what")]
    [InlineData("是否关闭", "yes or no")]
    [InlineData("水泵几乎停机", "keywords")]
    public void FurtherKindsOfQuestions(string text, string kind) => Assert.Equal(kind, QuestionKinds.Of(text));

    [Fact]
    public void TheSameDataGivesTheSameCardAndOtherDataAnother()
    {
        var (documents, chunks) = Make.Corpus();
        string Card(int seed, int take) =>
            DataCard
                .Of(
                    new(documents, [.. chunks.Take(take)], []),
                    new()
                    {
                        ["train"] =
                        [
                            .. chunks
                                .Take(9)
                                .Select((chunk, i) => new CrossEncoders.Examples.InputExample([$"q{i}", chunk.Passage], i % 2)),
                        ],
                    },
                    new() { Seed = seed }
                )
                .ToMarkdown();
        Assert.Equal(Card(1, 8), Card(1, 8));
        Assert.NotEqual(Card(1, 8), Card(2, 8)); // other examples are shown
        Assert.NotEqual(Card(1, 8), Card(1, 7));
    }
}
