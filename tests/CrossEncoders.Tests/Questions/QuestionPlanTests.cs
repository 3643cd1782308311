using CrossEncoders.Files;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class QuestionPlanTests
{
    private sealed class Reports : List<WorkProgress>, IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            lock (this)
                Add(value);
        }
    }

    private static ScriptedChat Good() => new((passage, _, _) => Task.FromResult(ScriptedChat.Answer(passage)));

    [Fact]
    public async Task WhatARunWillAskIsKnownBefore()
    {
        var (documents, chunks) = Make.Corpus();
        using var folder = new ScratchFolder();
        var options = new QaDatasetOptions
        {
            Journal = Path.Combine(folder.Path, "journal.jsonl"),
            Price = new ModelPrice(2, 10),
            MaxConcurrency = 1,
        };
        var chat = Good();
        var plan = QuestionPlan.Of([.. chunks, chunks[0]], chat, options);
        Assert.Equal((41, 0, 0, 40), (plan.Chunks, plan.InJournal, plan.Recorded, plan.Requests));
        Assert.Empty(chat.Calls);
        Assert.False(File.Exists(options.Journal));
        // The instructions have about 200 tokens, three questions about 100.
        Assert.InRange(plan.InputTokens - chunks.Sum(chunk => chunk.Tokens), 40 * 150, 40 * 300);
        Assert.InRange(plan.OutputTokens, 40 * 60, 40 * 150);
        Assert.Equal((plan.InputTokens * 2m + plan.OutputTokens * 10m) / 1_000_000, plan.Cost);

        await QaDataset.CreateAsync(documents, [.. chunks.Take(10)], chat, options);
        var reports = new Reports();
        var rest = QuestionPlan.Of(chunks, chat, options);
        Assert.Equal((10, 30), (rest.InJournal, rest.Requests));
        Assert.Matches(
            @"^40 chunks: 10 in the journal, 30 to ask the model about; about [\d,]+ tokens read and [\d,]+ written, 0\.\d+ USD$",
            rest.ToString()
        );
        await QaDataset.CreateAsync(documents, chunks, chat, options, reports);
        Assert.Equal(new WorkProgress("questions", 10, 40, rest.ToString()), reports[0]);
        Assert.Equal((40, 40), (reports[^1].Done, reports[^1].Total));
        Assert.Matches(@"^[\d,]+ tokens, 0\.\d+ USD$", reports[^1].Detail!);

        Assert.EndsWith(
            "more than the budget, which stops the run",
            QuestionPlan.Of(chunks, chat, options with { TokenBudget = 100, Journal = null }).ToString()
        );
    }

    [Fact]
    public async Task OtherInstructionsAreAnotherQuestion()
    {
        var (documents, chunks) = Make.Corpus(2, 2);
        using var folder = new ScratchFolder();
        var options = new QaDatasetOptions { Journal = Path.Combine(folder.Path, "journal.jsonl") };
        await QaDataset.CreateAsync(documents, chunks, Good(), options);
        Assert.Equal(0, QuestionPlan.Of(chunks, Good(), options with { MaxAttempts = 2, Seed = 3 }).Requests);
        Assert.Equal(chunks.Count, QuestionPlan.Of(chunks, Good(), options with { QuestionsPerChunk = 2 }).Requests);

        var again = Good();
        await QaDataset.CreateAsync(documents, chunks, again, options with { QuestionsPerChunk = 2 });
        Assert.Equal(chunks.Count, again.Calls.Count);
        // Neither takes the other's place.
        foreach (var count in (int[])[options.QuestionsPerChunk, 2, options.QuestionsPerChunk])
            await QaDataset.CreateAsync(documents, chunks, again, options with { QuestionsPerChunk = count });
        Assert.All(again.Calls.Values, calls => Assert.Equal(1, calls));
        // A record made elsewhere does not say what was asked.
        JsonLines.Write(
            options.Journal,
            AnswerJournal.Read(options.Journal).Answers.Values.Select(answer => answer with { Prompt = null })
        );
        Assert.Equal(chunks.Count, QuestionPlan.Of(chunks, Good(), options).InJournal);
    }

    [Fact]
    public async Task RecordsCostNothing()
    {
        var (documents, chunks) = Make.Corpus(2, 2);
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Path, "record.jsonl");
        JsonLines.Write(
            path,
            chunks.Skip(1).Select(chunk => new RecordedAnswer(chunk.Hash, chunk.DocumentId, "m", ScriptedChat.Answer(chunk.Passage)))
        );
        var options = new QaDatasetOptions { TokenBudget = 1 };
        var free = RecordedAnswers.Open(path, new ExtractiveQuestions());
        var plan = QuestionPlan.Of(chunks, free, options);
        Assert.Equal((chunks.Count - 1, 1, 0), (plan.Recorded, plan.Requests, plan.InputTokens));
        var dataset = await QaDataset.CreateAsync(documents, chunks, free, options);
        Assert.Empty(dataset.Failed);
        Assert.Equal(QuestionUsage.None, dataset.Usage);

        var paid = await QaDataset.CreateAsync(documents, chunks, RecordedAnswers.Open(path, Good()), options);
        Assert.Equal(chunks[0].Id, Assert.Single(paid.Failed).ChunkId);

        // A record says the same each time: asking it again would only cost time.
        JsonLines.Write(
            path,
            chunks.Select(
                (chunk, i) => new RecordedAnswer(chunk.Hash, chunk.DocumentId, "m", i == 0 ? "no" : ScriptedChat.Answer(chunk.Passage))
            )
        );
        var dull = await QaDataset.CreateAsync(documents, chunks, RecordedAnswers.Open(path), new() { RetryDelay = TimeSpan.FromHours(1) });
        Assert.Equal("no question in the answer 'no'", Assert.Single(dull.Failed).Reason);
    }
}
