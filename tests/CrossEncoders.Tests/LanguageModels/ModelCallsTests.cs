using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>The chain as a whole: its order, and what it leaves alone.</summary>
public sealed class ModelCallsTests
{
    private static readonly CallRules Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1) };

    private static CallOptions Call(string key = "key") =>
        new()
        {
            Key = key,
            Subject = "a.md",
            Prompt = "prompt",
            Expected = new TokenCount(10, 10),
        };

    [Fact]
    public async Task WhatTheJournalHasCostsNothingAndAsksNobody()
    {
        using var folder = new ScratchFolder();
        var model = new StubChat(_ => "good");
        var budget = new Budget();
        for (var run = 0; run < 3; run++)
        {
            using var journal = AnswerJournal.Open(folder["journal.jsonl"]);
            var calls = ModelCalls.Through(model, Quick with { Journal = journal, Budget = budget });
            var response = await calls.GetResponseAsync(StubChat.Question, Call());
            Assert.Equal(("good", "stub"), (response.Text, response.ModelId));
        }
        Assert.Equal((1, 1), (model.Calls, budget.Used.Requests));
        Assert.Equal(
            new RecordedAnswer("key", "a.md", "stub", "good") { Prompt = "prompt" },
            AnswerJournal.Read(folder["journal.jsonl"]).Answers["key"]
        );
    }

    [Fact]
    public async Task OnlyAnswersOfUseAreWrittenDown()
    {
        using var folder = new ScratchFolder();
        var model = new StubChat(call => call < 3 ? "bad" : "good");
        using (var journal = AnswerJournal.Open(folder["journal.jsonl"]))
        {
            var calls = ModelCalls.Through(model, Quick with { Journal = journal, Objection = text => text == "bad" ? "useless" : null });
            await calls.GetResponseAsync(StubChat.Question, Call());
            await calls.GetResponseAsync(StubChat.Question); // a call that says not what it is about leaves no line
        }
        Assert.Equal("good", Assert.Single(AnswerJournal.Read(folder["journal.jsonl"]).Answers).Value.Answer);
    }

    [Fact]
    public async Task AnAnswerOfNoUseInTheJournalIsAskedForAgain()
    {
        using var folder = new ScratchFolder();
        using (var journal = AnswerJournal.Open(folder["journal.jsonl"]))
            journal.Append(new RecordedAnswer("key", "a.md", "old", "bad"));
        using var again = AnswerJournal.Open(folder["journal.jsonl"]);
        var calls = ModelCalls.Through(
            new StubChat(_ => "good"),
            Quick with
            {
                Journal = again,
                Objection = text => text == "bad" ? "no" : null,
            }
        );
        Assert.Equal("good", (await calls.GetResponseAsync(StubChat.Question, Call())).Text);
    }

    [Fact]
    public async Task EveryAttemptCountsAndTheFirstBeyondTheBudgetIsNotSent()
    {
        var model = new StubChat(_ => throw StubChat.Error(500));
        // A failed call uses nothing that is known, so the budget is for what is in flight.
        var budget = new Budget(tokens: 20);
        var calls = ModelCalls.Through(model, Quick with { Budget = budget });
        await Assert.ThrowsAsync<UnansweredException>(() => calls.GetResponseAsync(StubChat.Question, Call()));
        Assert.Equal((3, 3), (model.Calls, budget.Used.Requests));
        var tight = ModelCalls.Through(model, Quick with { Budget = new Budget(tokens: 19) });
        await Assert.ThrowsAsync<UnansweredException>(() => tight.GetResponseAsync(StubChat.Question, Call()));
        Assert.Equal(3, model.Calls);
    }

    [Fact]
    public async Task AStreamGoesThroughTheChainAsOnePiece()
    {
        var model = new StubChat(call => call == 1 ? throw StubChat.Error(500) : "whole answer");
        var text = "";
        await foreach (var update in ModelCalls.Through(model, Quick).GetStreamingResponseAsync(StubChat.Question))
            text += update.Text;
        Assert.Equal(("whole answer", 2), (text, model.Calls));
    }

    [Fact]
    public void TheModelIsFoundThroughTheChainAndStaysTheCallers()
    {
        var model = new StubChat(_ => "good");
        Assert.Same(model, ModelCalls.Through(model, Quick).GetService<StubChat>());
        Assert.False(model.IsDisposed);
        Assert.Equal("the model", ModelCalls.NameOf(model));
        Assert.Equal(ExtractiveQuestions.ModelName, ModelCalls.NameOf(ModelCalls.Through(new ExtractiveQuestions(), Quick)));
    }

    [Theory]
    [InlineData("MaxConcurrency")]
    [InlineData("MaxAttempts")]
    [InlineData("RetryDelay")]
    [InlineData("RequestTimeout")]
    public void RulesOutOfRangeAreNamed(string rule)
    {
        var rules = rule switch
        {
            "MaxConcurrency" => Quick with { MaxConcurrency = 0 },
            "MaxAttempts" => Quick with { MaxAttempts = 0 },
            "RetryDelay" => Quick with { RetryDelay = TimeSpan.FromSeconds(-1) },
            _ => Quick with { RequestTimeout = TimeSpan.FromMinutes(11) },
        };
        Assert.Contains(rule, Assert.Throws<CrossEncoderException>(() => ModelCalls.Through(new ExtractiveQuestions(), rules)).Message);
    }

    [Fact]
    public void ACopyOfACallIsAboutTheSame()
    {
        var call = Call();
        var copy = Assert.IsType<CallOptions>(call.Clone());
        Assert.Equal(
            (call.Key, call.Subject, call.Prompt, call.Expected, call.IsFixed),
            (copy.Key, copy.Subject, copy.Prompt, copy.Expected, copy.IsFixed)
        );
    }
}
