using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Files;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class QuestionSelectionTests
{
    private static readonly QaDatasetOptions Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1) };

    private static QuestionSelection Select(QaDatasetOptions options, params (Chunk Chunk, string[] Questions)[] answers)
    {
        var selection = new QuestionSelection(new QuestionGenerator(new ExtractiveQuestions(), options), options);
        foreach (var (chunk, questions) in answers)
            selection.Add(chunk, new(chunk.Hash, chunk.DocumentId, "writer", string.Join('\n', questions)));
        return selection;
    }

    [Fact]
    public void TheFirstGoodOnesAreKeptUpToTheNumberAskedFor()
    {
        var selection = Select(
            Quick with
            {
                QuestionsPerChunk = 2,
            },
            (
                Make.Chunk("A passage."),
                ["Who closes the dome?", "Who closes the dome?", "What does the passage say?", "When is it shut?", "Why?"]
            )
        );
        Assert.Equal(["Who closes the dome?", "When is it shut?"], selection.Questions.Select(question => question.Text));
        Assert.All(selection.Questions, question => Assert.Equal(("a.md#0", "writer"), (question.ChunkId, question.Model)));
        Assert.Empty(selection.Failed);
    }

    [Fact]
    public void ADuplicateIsOneAcrossChunks()
    {
        var selection = Select(
            Quick,
            (Make.Chunk("One passage."), ["Who closes the dome?"]),
            (Make.Chunk("Another passage.", document: "b.md"), ["Who closes the Dome?"])
        );
        Assert.Equal("a.md#0", Assert.Single(selection.Questions).ChunkId);
        Assert.Equal(1, selection.Dropped[QuestionFilter.Duplicate]);
        Assert.Equal(new FailedChunk("b.md#0", "its questions were all dropped: duplicate 1"), Assert.Single(selection.Failed));
    }

    [Fact]
    public void AChunkOfWhichNothingIsLeftIsReportedWithTheCounts()
    {
        var selection = Select(
            Quick,
            (Make.Chunk("水泵的手册。", "zh"), ["Who closes the dome?", "Who opens the dome?", "这段话说明了什么？"])
        );
        Assert.Equal("its questions were all dropped: wrong language 2, refers to the passage 1", Assert.Single(selection.Failed).Reason);
        Assert.Equal(3, selection.Dropped.Values.Sum());
        Assert.Equal(QuestionFilter.Reasons, selection.Dropped.Keys);
    }

    [Fact]
    public void TheLanguageThatWasAskedForIsTheOneThatCounts()
    {
        var chunk = Make.Chunk("水泵的手册。", "zh");
        Assert.Single(Select(Quick with { Language = "en" }, (chunk, ["Who stops the pump?"])).Questions);
        Assert.Empty(Select(Quick with { Language = "zh" }, (chunk, ["Who stops the pump?"])).Questions);
    }

    [Fact]
    public void AnIdDependsOnChunkAndTextAlone()
    {
        var question = new GeneratedQuestion("Who closes the dome?", "natural", "a.md#0", "writer");
        Assert.Matches("^a\\.md#0/[0-9a-f]{8}$", question.Id);
        Assert.Equal(question.Id, new GeneratedQuestion("Who closes the dome?", "keyword", "a.md#0", "another").Id);
        Assert.NotEqual(question.Id, new GeneratedQuestion("Who closes the dome", "natural", "a.md#0", "writer").Id);
        Assert.NotEqual(question.Id, new GeneratedQuestion("Who closes the dome?", "natural", "a.md#1", "writer").Id);
    }

    [Fact]
    public async Task SavedQuestionsComeBackAndADataSetWithOthersKeepsTheRest()
    {
        using var scratch = new ScratchFolder();
        var (documents, chunks) = Make.Corpus(2, 2);
        var chat = new ScriptedChat((passage, _, _) => Task.FromResult(ScriptedChat.Answer(passage)));
        var dataset = await QaDataset.CreateAsync(documents, chunks, chat, Quick);
        dataset.SaveQuestions(scratch["questions.jsonl"]);
        Assert.Equal(dataset.Questions, JsonLines.Read<GeneratedQuestion>(scratch["questions.jsonl"], "a question"));
        var fewer = dataset.With([dataset.Questions[0]], new Dictionary<string, int> { ["judged"] = 7 });
        Assert.Same(dataset.Chunks, fewer.Chunks);
        Assert.Equal((dataset.Usage, 7, 1), (fewer.Usage, fewer.Filtered["judged"], fewer.Models["scripted"]));
        Assert.Equal(chunks.Select(chunk => chunk.Id), dataset.Passages.Select(passage => passage.Id));
    }

    [Fact]
    public async Task WithoutAnyQuestionThereIsNoDataSet()
    {
        var (documents, chunks) = Make.Corpus(1, 2);
        var nothing = await Assert.ThrowsAsync<CrossEncoderException>(() =>
            QaDataset.CreateAsync(new DocumentCollection([]), [], new ExtractiveQuestions(), Quick)
        );
        Assert.Equal("No question came out of 0 chunks. There is nothing to ask about.", nothing.Message);
        var dull = new ScriptedChat((_, _, _) => Task.FromResult("{\"questions\":[{\"style\":\"natural\",\"text\":\"Why?\"}]}"));
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() => QaDataset.CreateAsync(documents, chunks, dull, Quick));
        Assert.StartsWith(
            $"No question came out of {chunks.Count} chunks. {chunks.Count} failed, the first ({chunks[0].Id})",
            error.Message
        );
        Assert.Contains("too short 1", error.Message);
    }

    [Fact]
    public async Task WhatManyCallsUseAtATimeIsAllCounted()
    {
        var (documents, chunks) = Make.Corpus(6, 4);
        var model = new LanguageModels.StubChat(
            async (call, stop) =>
            {
                await Task.Delay(call % 3, stop);
                var said = LanguageModels.StubChat.Says($"Who closes dome{call} at night?\n谁在夜里关闭第{call}个穹顶？");
                said.Usage = new() { InputTokenCount = 100, OutputTokenCount = 10 };
                return call == 5 ? throw LanguageModels.StubChat.Error(500) : said;
            }
        );
        var options = Quick with { MaxConcurrency = 8, Price = new ModelPrice(1, 10) };
        var dataset = await QaDataset.CreateAsync(documents, chunks, model, options);
        var asked = chunks.DistinctBy(chunk => chunk.Hash).Count();
        Assert.Equal(new QuestionUsage(asked + 1, 100 * asked, 10 * asked, 0.0002m * asked), dataset.Usage);
        Assert.Equal(asked + 1, model.Calls);
    }

    [Fact]
    public async Task ABudgetStopsBeforeItIsExceededAndTheNextRunGoesOn()
    {
        using var scratch = new ScratchFolder();
        var (documents, chunks) = Make.Corpus(4, 4);
        var chat = new ScriptedChat((passage, _, _) => Task.FromResult(ScriptedChat.Answer(passage)));
        var plan = QuestionPlan.Of(chunks, chat, Quick);
        var options = Quick with { Journal = scratch["journal.jsonl"], TokenBudget = (plan.InputTokens + plan.OutputTokens) / 2 };
        var half = await QaDataset.CreateAsync(documents, chunks, chat, options);
        Assert.InRange(half.Usage.InputTokens + half.Usage.OutputTokens, 1, options.TokenBudget.Value);
        Assert.InRange(half.Failed.Count, 1, chunks.Count - 1);
        Assert.All(half.Failed, failed => Assert.StartsWith("not asked: with it the run would exceed its budget", failed.Reason));
        var before = chat.Sent.Count;
        var whole = await QaDataset.CreateAsync(documents, chunks, chat, options with { TokenBudget = null });
        Assert.Empty(whole.Failed);
        Assert.Equal(half.Failed.Count, chat.Sent.Count - before);
    }
}
