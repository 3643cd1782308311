using CrossEncoders.Files;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class QuestionPlanRowTests
{
    private static readonly QaDatasetOptions Good = new() { PromptTemplate = "12345678" }; // two tokens and six for each message

    private static ScriptedChat Model() => new((_, _, _) => throw new InvalidOperationException("a plan asks nothing"));

    [Theory]
    [InlineData(1, null, 44)]
    [InlineData(3, null, 108)]
    [InlineData(3, 50, 50)] // the answer is cut off there
    [InlineData(3, 5000, 108)]
    public void AnAnswerHasAboutSoManyTokens(int questions, int? most, long expected)
    {
        var plan = QuestionPlan.Of(
            [Make.Chunk("four words are here")],
            Model(),
            Good with
            {
                QuestionsPerChunk = questions,
                MaxOutputTokens = most,
            }
        );
        Assert.Equal(expected, plan.OutputTokens);
        Assert.Equal(2 + 6 + 6 + Make.Chunk("four words are here").Tokens, plan.InputTokens);
    }

    [Fact]
    public void ThePassageOfSeveralChunksIsAskedAboutOnce()
    {
        var plan = QuestionPlan.Of([Make.Chunk("same"), Make.Chunk("same", document: "b.md"), Make.Chunk("other")], Model(), Good);
        Assert.Equal((3, 2), (plan.Chunks, plan.Requests));
    }

    [Fact]
    public void NothingToDoCostsNothing()
    {
        var plan = QuestionPlan.Of([], Model(), Good with { Price = new ModelPrice(1, 1), TokenBudget = 0 });
        Assert.Equal((0, 0, 0L, 0L, 0m), (plan.Chunks, plan.Requests, plan.InputTokens, plan.OutputTokens, plan.Cost));
        Assert.Equal("0 chunks: ", plan.ToString());
    }

    [Fact]
    public void WhoIsFreeHasNoTokensInThePlan()
    {
        var plan = QuestionPlan.Of([Make.Chunk("one"), Make.Chunk("two")], new ExtractiveQuestions(), Good);
        Assert.Equal((2, 0L, 0L, null), (plan.Requests, plan.InputTokens, plan.OutputTokens, plan.Cost));
        Assert.Equal("2 chunks: 2 to ask extractive about", plan.ToString());
    }

    [Fact]
    public void EachChunkIsInOneOfThreePlaces()
    {
        using var scratch = new ScratchFolder();
        var chunks = Enumerable.Range(0, 6).Select(number => Make.Chunk($"passage {number}", number: number)).ToList();
        RecordedAnswer Answer(int chunk, string text = "Who closes the dome?") => new(chunks[chunk].Hash, "a.md", "writer", text);
        JsonLines.Write(scratch["journal.jsonl"], [Answer(0), Answer(1), Answer(2, "no question at all")]);
        JsonLines.Write(scratch["record.jsonl"], [Answer(1), Answer(2), Answer(3)]);
        var client = RecordedAnswers.Open(scratch["record.jsonl"], Model());
        var plan = QuestionPlan.Of(chunks, client, Good with { Journal = scratch["journal.jsonl"] });
        // The journal goes first; what is of no use in it is asked for again, here of the record.
        Assert.Equal((6, 2, 2, 2), (plan.Chunks, plan.InJournal, plan.Recorded, plan.Requests));
        Assert.StartsWith("6 chunks: 2 in the journal, 2 recorded, 2 to ask the model about; about ", plan.ToString());
    }

    [Theory]
    [InlineData(126, null, false)]
    [InlineData(125, null, true)]
    [InlineData(null, 1.26, false)]
    [InlineData(null, 1.25, true)]
    public void ABudgetThatIsTooSmallIsSaidBefore(int? tokens, double? cost, bool isTooSmall)
    {
        var chunk = Make.Chunk("four words are here") with { Tokens = 4 };
        var options = Good with { TokenBudget = tokens, CostBudget = (decimal?)cost, Price = new ModelPrice(10_000, 10_000, "EUR") };
        var text = QuestionPlan.Of([chunk], Model(), options).ToString();
        Assert.StartsWith("1 chunk: 1 to ask the model about; about 18 tokens read and 108 written, 1.26 EUR", text);
        Assert.Equal(isTooSmall, text.EndsWith(": more than the budget, which stops the run"));
    }

    [Fact]
    public void AJournalThatIsNoneIsNamedBeforeARun()
    {
        using var scratch = new ScratchFolder();
        scratch.With("journal.jsonl", "my notes\n");
        var options = Good with { Journal = scratch["journal.jsonl"] };
        var error = Assert.Throws<CrossEncoderException>(() => QuestionPlan.Of([Make.Chunk("one")], Model(), options));
        Assert.Contains(options.Journal, error.Message);
        Assert.Equal("my notes\n", File.ReadAllText(options.Journal));
    }
}
