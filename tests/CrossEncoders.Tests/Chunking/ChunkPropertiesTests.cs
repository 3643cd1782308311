using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Chunking;

/// <summary>What holds for the chunks of every document, strategy and size.</summary>
public sealed class ChunkPropertiesTests
{
    private const int Documents = 40;

    public static readonly TheoryData<ChunkingStrategy, int, int> Settings = new()
    {
        { ChunkingStrategy.Headings, 24, 0 },
        { ChunkingStrategy.Headings, 64, 16 },
        { ChunkingStrategy.Headings, 200, 0 },
        { ChunkingStrategy.Sentences, 24, 12 },
        { ChunkingStrategy.Sentences, 64, 0 },
        { ChunkingStrategy.FixedTokens, 24, 0 },
        { ChunkingStrategy.FixedTokens, 24, 12 },
        { ChunkingStrategy.FixedTokens, 64, 16 },
    };

    private static void ForAll(ChunkingStrategy strategy, int max, int overlap, Action<Document, IReadOnlyList<Chunk>> check)
    {
        var options = new ChunkingOptions
        {
            Strategy = strategy,
            MaxTokens = max,
            OverlapTokens = overlap,
        };
        for (var seed = 0; seed < Documents; seed++)
            if (RandomDocument.Of(seed) is var document)
                check(document, new[] { document }.Chunk(Counting.Words, options));
    }

    /// <summary>What of a chunk the one before does not have.</summary>
    private static IEnumerable<string> New(IReadOnlyList<Chunk> chunks)
    {
        var end = 0;
        foreach (var chunk in chunks)
        {
            Assert.InRange(chunk.Start, 0, end);
            yield return chunk.Text[(end - chunk.Start)..];
            end = chunk.Start + chunk.Length;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void TogetherTheyAreTheText(ChunkingStrategy strategy, int max, int overlap) =>
        ForAll(strategy, max, overlap, (document, chunks) =>
        {
            Assert.Equal(document.Text, string.Concat(New(chunks)));
            Assert.All(chunks, chunk => Assert.Equal(document.Text.Substring(chunk.Start, chunk.Length), chunk.Text));
            Assert.All(New(chunks), text => Assert.False(string.IsNullOrWhiteSpace(text)));
        });

    [Theory]
    [MemberData(nameof(Settings))]
    public void NonePassesTheLimitAndEachKnowsItsSize(ChunkingStrategy strategy, int max, int overlap) =>
        ForAll(strategy, max, overlap, (_, chunks) => Assert.All(chunks, chunk =>
            {
                Assert.InRange(chunk.Tokens, 1, max);
                Assert.Equal(Counting.Words(chunk.Passage), chunk.Tokens);
                Assert.Equal(chunk.Passage.Trim(), chunk.Passage);
            }));

    [Theory]
    [MemberData(nameof(Settings))]
    public void NoneRepeatsMoreThanIsAllowed(ChunkingStrategy strategy, int max, int overlap) =>
        ForAll(strategy, max, overlap, (document, chunks) =>
        {
            foreach (var (last, next) in chunks.Zip(chunks.Skip(1)))
                Assert.InRange(Counting.Words(document.Text[next.Start..(last.Start + last.Length)]), 0, overlap);
        });

    [Theory]
    [MemberData(nameof(Settings))]
    public void NoneStartsOrEndsInACharacter(ChunkingStrategy strategy, int max, int overlap) =>
        ForAll(strategy, max, overlap, (_, chunks) => Assert.All(chunks, chunk =>
            {
                Assert.False(char.IsLowSurrogate(chunk.Text[0]) || char.IsHighSurrogate(chunk.Text[^1]));
                Assert.False(char.IsLowSurrogate(chunk.Passage[0]) || char.IsHighSurrogate(chunk.Passage[^1]));
            }));

    [Theory]
    [MemberData(nameof(Settings))]
    public void NoneIsCutInAWord(ChunkingStrategy strategy, int max, int overlap) =>
        ForAll(strategy, max, overlap, (document, chunks) =>
            Assert.All(chunks.Select(chunk => chunk.Start).Where(start => start > 0), start =>
                Assert.False(char.IsAsciiLetter(document.Text[start]) && char.IsAsciiLetter(document.Text[start - 1]))
            )
        );

    [Theory]
    [MemberData(nameof(Settings))]
    public void TheyAreNumberedAndNameTheirDocument(ChunkingStrategy strategy, int max, int overlap) =>
        ForAll(strategy, max, overlap, (document, chunks) =>
        {
            Assert.Equal(chunks.Select((_, number) => $"folder/guide.md#{number}"), chunks.Select(chunk => chunk.Id));
            Assert.All(chunks, chunk => Assert.Equal((document.Id, "Guide"), (chunk.DocumentId, chunk.Title)));
            Assert.All(chunks, chunk => Assert.Equal(Chunk.HashOf(chunk.Passage), chunk.Hash));
        });

    /// <summary>Found again from the text alone, in which every heading is a line of marks outside code.</summary>
    [Theory]
    [MemberData(nameof(Settings))]
    public void TheSectionIsTheHeadingsAbove(ChunkingStrategy strategy, int max, int overlap) =>
        ForAll(strategy, max, overlap, (document, chunks) =>
            Assert.All(chunks, chunk => Assert.Contains(chunk.Section, SectionsIn(document.Text, chunk.Start, chunk.Start + chunk.Length)))
        );

    /// <summary>The sections that a stretch of a text touches; a heading at its end is read with what it stands over.</summary>
    private static HashSet<string> SectionsIn(string text, int start, int end)
    {
        while (text.AsSpan(end).TrimStart().StartsWith('#'))
            end = text.IndexOf('\n', text.IndexOf('#', end)) + 1;
        var open = new SortedDictionary<int, string>();
        var touched = new HashSet<string>();
        var (at, inCode) = (0, false);
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inCode = !inCode;
            var level = inCode ? 0 : line.TakeWhile(c => c == '#').Count();
            if (level > 0)
            {
                foreach (var closed in open.Keys.Where(key => key >= level).ToList())
                    open.Remove(closed);
                open[level] = line[level..].Trim();
            }
            if (at < end && at + line.Length + 1 > start)
                touched.Add(string.Join(" › ", open.Values.Where((heading, i) => i > 0 || heading != "Guide")));
            at += line.Length + 1;
        }
        return touched;
    }

    [Fact]
    public void AHeadingNeverEndsAChunkThatHasMoreBefore()
    {
        // What a heading stands over is in its chunk, unless that is another heading of a level as high.
        ForAll(ChunkingStrategy.Headings, 64, 0, (document, chunks) =>
        {
            foreach (var chunk in chunks.SkipLast(1))
            {
                var last = chunk.Text.TrimEnd().Split('\n')[^1];
                var next = document.Text[(chunk.Start + chunk.Length)..].TrimStart();
                if (last.StartsWith("## ", StringComparison.Ordinal) && chunk.Text.Trim() != last)
                    Assert.StartsWith("#", next);
            }
        });
    }

    [Fact]
    public void SmallerChunksAreMoreChunks()
    {
        for (var seed = 0; seed < Documents; seed++)
        {
            var document = RandomDocument.Of(seed);
            int Count(int max) =>
                new[] { document }
                    .Chunk(Counting.Words, new ChunkingOptions { MaxTokens = max, Strategy = ChunkingStrategy.FixedTokens })
                    .Count;
            Assert.True(Count(16) >= Count(32) && Count(32) >= Count(128));
        }
    }

    [Fact]
    public void TheSameTextGivesTheSameChunksOneByOneOrTogether()
    {
        Document[] documents = [.. Enumerable.Range(0, Documents).Select(seed => RandomDocument.Of(seed) with { Id = $"{seed}.md" })];
        var together = documents.Chunk(Counting.Words);
        Assert.Equal(together, documents.StreamChunks(Counting.Words));
        Assert.Equal(together, documents.SelectMany(document => new[] { document }.Chunk(Counting.Words)));
    }

    /// <summary>Also with a counter whose sums over parts are less than its count of the whole.</summary>
    [Theory]
    [InlineData(24, 12)]
    [InlineData(64, 32)]
    [InlineData(64, 16)]
    public void NeighboursOfFixedSizeShareAllThatTheHeadingsLeaveRoomFor(int max, int overlap)
    {
        var options = new ChunkingOptions
        {
            MaxTokens = max,
            OverlapTokens = overlap,
            Strategy = ChunkingStrategy.FixedTokens,
        };
        var text = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"word{i}"));
        foreach (var count in (Func<string, int>[])[Counting.Words, text => text.Length / 4])
        {
            var chunks = new[] { new Document("folder/guide.md", "Guide", text, "en") }.Chunk(count, options);
            foreach (var (last, next) in chunks.Zip(chunks.Skip(1)).SkipLast(1))
            {
                var shared = count(text[next.Start..(last.Start + last.Length)].Trim());
                Assert.InRange(shared, Math.Min(overlap, (max - count("Guide\n") - 1) / 2) - 1, overlap);
                Assert.InRange(last.Tokens, max - 2, max);
            }
        }
    }

    [Fact]
    public void ACounterOfBytesIsKeptToo()
    {
        for (var seed = 0; seed < Documents; seed++)
            Assert.All(new[] { RandomDocument.Of(seed) }.Chunk(Encoding.UTF8.GetByteCount, new ChunkingOptions { MaxTokens = 64 }), chunk =>
                Assert.InRange(Encoding.UTF8.GetByteCount(chunk.Passage), 1, 64)
            );
    }
}
