using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Audit;

public sealed class QualityFilterTests
{
    private static readonly Chunk[] Chunks =
    [
        Make.Chunk("The dome closes by hand when it rains.", "en", "dome.md"),
        Make.Chunk("Tank T-40 takes liquid nitrogen.", "en", "tank.md"),
        Make.Chunk("夜班长检查圆顶的限位开关。", "zh", "night.md"),
        Make.Chunk("水泵过热时自动停机。", "zh", "pump.md"),
    ];

    private static QaDataset Dataset(params (int Chunk, string Text)[] questions) =>
        new(
            [.. Chunks.Select(chunk => new Document(chunk.DocumentId, "T", chunk.Text, chunk.Language))],
            Chunks,
            [.. questions.Select(question => new GeneratedQuestion(question.Text, "natural", Chunks[question.Chunk].Id, "m"))]
        )
        {
            Filtered = new Dictionary<string, int> { ["too short"] = 2 },
        };

    [Fact]
    public async Task AQuestionThatDoesNotFindItsChunkIsDropped()
    {
        var dataset = Dataset(
            (0, "Who closes the dome?"),
            (0, "What does tank T-40 take?"),
            (2, "限位开关由谁检查？"),
            (2, "水泵何时停机？"),
            (1, "Which gas cools it?")
        );
        var kept = await dataset.FilterAsync(new() { Retriever = new Bm25Retriever(dataset.Passages), TopK = 1 });
        Assert.Equal(["Who closes the dome?", "限位开关由谁检查？"], kept.Questions.Select(question => question.Text));
        Assert.Equal(3, kept.Filtered[QualityFilters.NotFoundAgain]);
        Assert.Equal(2, kept.Filtered["too short"]);
        Assert.Same(dataset.Chunks, kept.Chunks);
        var stranger = new Bm25Retriever([new Passage("x", "dome")]);
        Assert.Contains(
            "BM25",
            (await Assert.ThrowsAsync<CrossEncoderException>(() => dataset.FilterAsync(new() { Retriever = stranger }))).Message
        );
    }

    [Fact]
    public async Task MuchTheSameWordsAreDroppedUnlessNumbersDiffer()
    {
        var dataset = Dataset(
            (0, "What does alarm 12 of the dome mean?"),
            (0, "So what does alarm 12 of the dome mean?"),
            (0, "What does alarm 13 of the dome mean?"),
            (3, "水泵压力超过多少巴会立刻停机？"),
            (3, "水泵压力超过多少巴会立刻停机呢？")
        );
        var kept = await dataset.FilterAsync(new() { Overlap = 0.8 });
        Assert.Equal([0, 2, 3], kept.Questions.Select(question => dataset.Questions.ToList().IndexOf(question)));
        Assert.Equal(2, kept.Filtered[QualityFilters.SameWords]);
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => dataset.FilterAsync(new() { Overlap = 0 }));
        Assert.Contains("QualityFilters.Overlap is 0;", error.Message);
        // The letters are the same, the numbers are not.
        Assert.Equal(
            2,
            (await Dataset((0, "aab 1?"), (0, "aab 2?")).FilterAsync(new() { Embedder = new LetterEmbedder() })).Questions.Count
        );
    }

    [Fact]
    public async Task TheSameMeaningTwiceIsDroppedWithinALanguage()
    {
        var dataset = Dataset((0, "aab?"), (1, "aaab?"), (2, "bcc?"), (3, "圆顶aab？"), (3, "水泵abc？"));
        var kept = await dataset.FilterAsync(new() { Embedder = new LetterEmbedder(), Cosine = 0.95 });
        Assert.Equal(["aab?", "bcc?", "圆顶aab？", "水泵abc？"], kept.Questions.Select(question => question.Text));
        Assert.Equal(1, kept.Filtered[QualityFilters.NearDuplicate]);
        Assert.Equal(5, (await dataset.FilterAsync(new() { Embedder = new LetterEmbedder(), Cosine = 0.999 })).Questions.Count);
    }

    [Fact]
    public async Task WhatEverybodyKnowsNeedsNoChunk()
    {
        var dataset = Dataset(
            (0, "Why do domes close in rain?"),
            (0, "Who closes the Drum?"),
            (2, "什么是限位开关？"),
            (2, "谁检查圆顶？"),
            (3, "unclear?")
        );
        var chat = new ScriptedChat(
            (text, _, _) =>
                Task.FromResult(
                    text.StartsWith("Why") ? """{"answerable": "yes"}"""
                    : text.StartsWith("什么") ? "是"
                    : text == "unclear?" ? ""
                    : "no"
                )
        );
        var kept = await dataset.FilterAsync(new() { Judge = new Judge(chat, new() { RetryDelay = TimeSpan.Zero }) });
        Assert.Equal(["Who closes the Drum?", "谁检查圆顶？", "unclear?"], kept.Questions.Select(question => question.Text));
        Assert.Equal(2, kept.Filtered[QualityFilters.AnswerableWithoutChunk]);
    }

    [Fact]
    public async Task TheOrderIsFixedAndTheJudgeSeesOnlyWhatIsLeft()
    {
        var dataset = Dataset((0, "dome ab?"), (0, "dome ab!?"), (1, "水泵 dome?"), (0, "rains dome c?"));
        var chat = new ScriptedChat((_, _, _) => Task.FromResult("no"));
        var kept = await dataset.FilterAsync(
            new()
            {
                Judge = new Judge(chat),
                Retriever = new Bm25Retriever(dataset.Passages),
                TopK = 1,
                Embedder = new LetterEmbedder(),
            }
        );
        Assert.Equal(["dome ab?", "rains dome c?"], kept.Questions.Select(question => question.Text));
        Assert.Equal(
            ["too short", QualityFilters.NearDuplicate, QualityFilters.NotFoundAgain, QualityFilters.AnswerableWithoutChunk],
            kept.Filtered.Keys
        );
        Assert.Equal([2, 1, 1, 0], kept.Filtered.Values);
        Assert.Equal(["dome ab?", "rains dome c?"], chat.Calls.Keys.Order());
        chat = new ScriptedChat((_, _, _) => Task.FromResult("yes"));
        Assert.Contains(
            "dropped the last questions",
            (await Assert.ThrowsAsync<CrossEncoderException>(() => dataset.FilterAsync(new() { Judge = new Judge(chat) }))).Message
        );
    }
}
