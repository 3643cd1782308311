using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Chunking;

public sealed class ChunkingTests
{
    private static readonly string[] Bits =
    [
        "# Head\n",
        "## Two\n\n",
        "### Three three three three three three three three three\n",
        "word ",
        "句子。",
        "；",
        "一、标题\n\n",
        "| a | b |\n",
        "|---|---|\n",
        "\n",
        "\n\n",
        "- item ",
        "1. step\n",
        "```\n",
        "😀",
        "𠀀",
        "End. ",
        "e.g. ",
        "A   B   C\n",
        "无标点长句无标点长句无标点长句无标点长句",
        "\t",
        "WHEN TO GO\n",
        "====\n",
        "x,y,z",
        " ",
    ];

    private static Document Markdown(string text) => new("folder/guide.md", "Guide", text, "en");

    private static IReadOnlyList<Chunk> Cut(Document document, ChunkingOptions? options = null) =>
        new[] { document }.Chunk(Counting.Words, options);

    /// <summary>With counters of characters or bytes, white space alone can fill a chunk.</summary>
    [Theory]
    [InlineData(ChunkingStrategy.Headings, 0)]
    [InlineData(ChunkingStrategy.Sentences, 0)]
    [InlineData(ChunkingStrategy.Sentences, 8)]
    [InlineData(ChunkingStrategy.FixedTokens, 0)]
    [InlineData(ChunkingStrategy.FixedTokens, 8)]
    public void NoChunkIsBlank(ChunkingStrategy strategy, int overlap)
    {
        var gap = new string(' ', 400);
        foreach (
            var text in (string[])
                [
                    $"{gap}\n{gap}A line of words.{gap}Another one{gap}\n\n{gap}\nEnd{gap}",
                    $"\u3000\u3000{gap}门关了。\u3000{gap}灯不亮。\n\n\u3000\u3000{gap}\n怎么办？{gap}",
                ]
        )
        foreach (var count in (Func<string, int>[])[text => text.Length, Encoding.UTF8.GetByteCount])
        {
            var chunks = new[] { Markdown(text) }.Chunk(
                count,
                new ChunkingOptions
                {
                    MaxTokens = 16,
                    Strategy = strategy,
                    OverlapTokens = overlap,
                    IncludeHeadings = false,
                }
            );
            Assert.All(chunks, chunk => Assert.False(string.IsNullOrWhiteSpace(chunk.Passage)));
            Assert.All(chunks, chunk => Assert.True(chunk.Tokens <= 16 && chunk.Tokens == count(chunk.Passage)));
            Assert.Equal(Enumerable.Range(0, chunks.Count).Select(i => $"folder/guide.md#{i}"), chunks.Select(chunk => chunk.Id));
            var end = 0;
            foreach (var chunk in chunks)
            {
                Assert.True(chunk.Start <= end && chunk.Start + chunk.Length > end);
                Assert.Equal(text.Substring(chunk.Start, chunk.Length), chunk.Text);
                end = chunk.Start + chunk.Length;
            }

            Assert.Equal(text.Length, end);
        }
    }

    [Fact]
    public void ASectionIsAChunkAndCarriesItsHeadings()
    {
        var body = string.Join(' ', Enumerable.Range(0, 12).Select(i => $"The pump number {i} runs."));
        var chunks = Cut(Markdown($"# Guide\n\n## Pumps\n\n{body}\n\n## Valves\n\n### Hand valves\n\n{body}\n"));

        Assert.Equal(2, chunks.Count);
        Assert.Equal("folder/guide.md#0", chunks[0].Id);
        Assert.Equal("Pumps", chunks[0].Section);
        Assert.Equal($"Guide › Pumps\n{body}", chunks[0].Passage);
        Assert.Equal("Valves › Hand valves", chunks[1].Section);
        Assert.Equal($"Guide › Valves › Hand valves\n{body}", chunks[1].Passage);
        Assert.Equal(Counting.Words(chunks[1].Passage), chunks[1].Tokens);
    }

    [Fact]
    public void WithoutHeadingsThePassageIsTheTrimmedText()
    {
        var chunk = Assert.Single(Cut(Markdown("# Guide\n\nOne sentence.\n\n"), new ChunkingOptions { IncludeHeadings = false }));
        Assert.Equal("# Guide\n\nOne sentence.", chunk.Passage);
    }

    [Fact]
    public void TheHashIsOfThePassageAlone()
    {
        var one = Cut(new Document("a.md", "Guide", "# Guide\n\nOne sentence.\n", "en"))[0];
        var two = Cut(new Document("b.md", "Guide", "# Guide\n\nOne sentence.\n\n\n", "en"))[0];
        Assert.Equal(one.Hash, two.Hash);
        Assert.Equal(Chunk.HashOf("Guide\nOne sentence."), one.Hash);
        Assert.Matches("^[0-9a-f]{16}$", one.Hash);
    }

    [Fact]
    public void TinySectionsAreMergedAndOthersAreNot()
    {
        var body = string.Join(' ', Enumerable.Repeat("Close the dome before the rain comes.", 8));
        var chunks = Cut(Markdown($"# Guide\n\n## A\n\n{body}\n\n## B\n\nCall me.\n\n## C\n\n{body}\n\n## D\n\nDone.\n"));
        Assert.Equal(["A", "C"], chunks.Select(chunk => chunk.Section));
        Assert.EndsWith("## B\n\nCall me.", chunks[0].Passage);
        Assert.EndsWith("## D\n\nDone.", chunks[1].Passage);
    }

    [Fact]
    public void EnglishIsCutBetweenSentencesAndEvenly()
    {
        var text = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"Approx. 3.5 litres go in, e.g. by Dr. Who, at step {i}."));
        var chunks = Cut(Markdown(text), new ChunkingOptions { MaxTokens = 100 });
        Assert.All(chunks, chunk => Assert.StartsWith("Approx. 3.5", chunk.Text));
        Assert.All(chunks, chunk => Assert.EndsWith(".", chunk.Text.Trim()));
        Assert.True(chunks.Min(chunk => chunk.Tokens) * 2 > chunks.Max(chunk => chunk.Tokens), "sizes differ too much");
    }

    [Fact]
    public void ChineseIsCutBetweenSentences()
    {
        var text = string.Concat(Enumerable.Range(0, 60).Select(i => $"他说：“先关阀门{i}。”然后再看压力表；压力要低于两巴！"));
        var chunks = Cut(new Document("手册.md", "手册", text, "zh"), new ChunkingOptions { MaxTokens = 90 });
        Assert.True(chunks.Count > 10);
        Assert.All(chunks, chunk => Assert.Contains(chunk.Text[^1], "”；！"));
        Assert.All(chunks, chunk => Assert.DoesNotContain(chunk.Text[0], "”，。"));
        Assert.All(chunks, chunk => Assert.Equal("zh", chunk.Language));
    }

    [Fact]
    public void TableRowsStayWholeAndTheHeaderGoesInFront()
    {
        var rows = string.Concat(Enumerable.Range(0, 60).Select(i => $"| DM-{i} | The drum is warm. Stop it. | red |\n"));
        var chunks = Cut(
            Markdown($"# Guide\n\n| Code | Meaning | Color |\n|---|---|---|\n{rows}"),
            new ChunkingOptions { MaxTokens = 120 }
        );
        Assert.True(chunks.Count > 3);
        Assert.All(chunks, chunk => Assert.EndsWith("|", chunk.Text.Trim()));
        Assert.All(chunks.Skip(1), chunk => Assert.StartsWith("Guide\n| Code | Meaning | Color |\n| DM-", chunk.Passage));
    }

    [Fact]
    public void PlainTextHasHeadingsToo()
    {
        var body = string.Join(' ', Enumerable.Repeat("Never have both doors open at once, it harms the clock.", 5));
        var text =
            $"TOLL: THE CLOCK\nKeeper: Loom Keeper.\n\n1. WHERE IT IS\n\n{body}\n\n2. WHEN (all year)\n\n{body}\n\n三、注意事项\n\n{body}\n";
        var document = DocumentFolder.Parse("toll.txt", text);
        Assert.Equal("TOLL: THE CLOCK", document.Title);
        // The few words under the title share the first section's chunk.
        Assert.Equal(["", "2. WHEN (all year)", "三、注意事项"], Cut(document).Select(chunk => chunk.Section));
    }

    [Fact]
    public void OverlapRepeatsWholeSentences()
    {
        var text = string.Join(' ', Enumerable.Range(0, 60).Select(i => $"The pump number {i} runs."));
        var chunks = Cut(Markdown(text), new ChunkingOptions { MaxTokens = 60, OverlapTokens = 12 });
        for (var i = 1; i < chunks.Count; i++)
        {
            var overlap = chunks[i - 1].Start + chunks[i - 1].Length - chunks[i].Start;
            Assert.True(overlap > 0, "nothing is repeated");
            Assert.StartsWith("The pump", chunks[i].Text);
            Assert.True(chunks[i].Tokens <= 60);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(256)]
    public void AnyTextComesBackAndNoPassageIsTooLong(int maxTokens)
    {
        var random = new Random(7);
        for (var round = 0; round < 150; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 200); i > 0; i--)
                text.Append(Bits[random.Next(Bits.Length)]);
            var document = new Document(round % 2 == 0 ? "a.md" : "a.txt", "Title", text.ToString(), "en");
            var strategy = (ChunkingStrategy)(round % 3);
            var chunks = Cut(document, new ChunkingOptions { MaxTokens = maxTokens, Strategy = strategy });
            Assert.Equal(document.Text, string.Concat(chunks.Select(chunk => chunk.Text)));
            var overlapping = Cut(
                document,
                new ChunkingOptions
                {
                    MaxTokens = maxTokens,
                    Strategy = strategy,
                    OverlapTokens = maxTokens / 4,
                }
            );
            Assert.Equal(document.Text.Length, overlapping.Count == 0 ? 0 : overlapping.Max(chunk => chunk.Start + chunk.Length));
            for (var i = 1; i < overlapping.Count; i++)
                Assert.True(overlapping[i].Start <= overlapping[i - 1].Start + overlapping[i - 1].Length, "a gap");
            Assert.All(chunks.Concat(overlapping), chunk =>
            {
                Assert.Equal(document.Text.Substring(chunk.Start, chunk.Length), chunk.Text);
                Assert.InRange(chunk.Tokens, 0, maxTokens);
                Assert.False(chunk.Text.Length > 0 && char.IsLowSurrogate(chunk.Text[0]));
            });
        }
    }

    [Fact]
    public void StrategiesCutWhereTheySay()
    {
        var section = string.Join(' ', Enumerable.Range(0, 10).Select(i => $"The pump number {i} runs."));
        var document = Markdown($"# Guide\n\n## A\n\n{section}\n\n## B\n\n{section}\n");
        var options = new ChunkingOptions { MaxTokens = 80, IncludeHeadings = false };
        Assert.Equal(["A", "B"], Cut(document, options).Select(chunk => chunk.Section));
        var sentences = Cut(document, options with { Strategy = ChunkingStrategy.Sentences });
        Assert.Contains("## B", sentences[0].Text); // across the heading, as far as it goes
        Assert.All(sentences, chunk => Assert.EndsWith("runs.", chunk.Passage));
        var tokens = Cut(document, options with { Strategy = ChunkingStrategy.FixedTokens, MaxTokens = 20 });
        Assert.All(tokens.SkipLast(1), chunk => Assert.Equal(20, chunk.Tokens));
        var overlapping = Cut(document, options with { Strategy = ChunkingStrategy.FixedTokens, MaxTokens = 20, OverlapTokens = 5 });
        for (var i = 1; i < overlapping.Count - 1; i++)
            Assert.Equal(5, Counting.Words(document.Text[overlapping[i].Start..(overlapping[i - 1].Start + overlapping[i - 1].Length)]));
    }
}
