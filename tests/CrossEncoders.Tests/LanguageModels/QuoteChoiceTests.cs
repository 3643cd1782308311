using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class QuoteChoiceTests
{
    [Theory]
    [InlineData("One here. Two here! Three here?", "One here.|Two here!|Three here?")]
    [InlineData("It takes 3.5 bar. Then stop.", "It takes 3.5 bar.|Then stop.")]
    [InlineData("第一句。第二句！第三句？第四句；", "第一句。|第二句！|第三句？|第四句；")]
    [InlineData("a line without an end\nanother line", "a line without an end|another line")]
    [InlineData("What?! Really...  Yes.", "What?!|Really...|Yes.")]
    [InlineData("x\n\n- y\nA sentence.", "- y|A sentence.")] // a letter alone says nothing
    [InlineData("- one\n- two. Three.", "- one|- two.|Three.")]
    [InlineData("It is cold.\nIt is late.", "It is cold.|It is late.")]
    public async Task APassageFallsIntoItsSentences(string passage, string expected)
    {
        var scorer = new Scripted(_ => 0);
        await new QuotedAnswers(scorer).GetResponseAsync(Prompt("Why?", passage));
        Assert.Equal(expected.Split('|'), scorer.Seen.Select(pair => pair.Passage));
    }

    [Fact]
    public async Task ASentenceIsRatedBelowItsHeadingsAndQuotedWithoutThem()
    {
        var scorer = new Scripted(text => text.StartsWith("Battery › How long it lasts\n", StringComparison.Ordinal) ? 1 : 0);
        var response = await new QuotedAnswers(scorer, sentences: 1).GetResponseAsync(
            Prompt("How long?", "Gate › Hours\nAbout seventy minutes.", "Battery › How long it lasts\nAbout an hour.")
        );
        Assert.Equal("About an hour. [2]", response.Text);
        Assert.Equal("Gate › Hours\nAbout seventy minutes.", scorer.Seen[0].Passage);
    }

    [Theory]
    [InlineData("How long the battery lasts\nAbout an hour.", "About an hour. [1]")]
    [InlineData("电池能用多久\n大约一个小时。", "大约一个小时。 [1]")]
    public async Task ATitleWithoutSectionsIsNotQuoted(string passage, string expected)
    {
        var scorer = new Scripted(_ => 0);
        Assert.Equal(expected, (await new QuotedAnswers(scorer).GetResponseAsync(Prompt("How long?", passage))).Text);
        Assert.Equal(passage, Assert.Single(scorer.Seen).Passage);
    }

    [Fact]
    public async Task TheHighestComeFirstAndTiesInTheOrderOfTheText()
    {
        var scorer = new Scripted(text => text.Length);
        var response = await new QuotedAnswers(scorer, sentences: 3).GetResponseAsync(Prompt("Why?", "Aaa. Bbb. Longest of all.", "Ccc."));
        Assert.Equal("Longest of all. [1]\nAaa. [1]\nBbb. [1]", response.Text);
        Assert.Equal("quotes chosen by scripted", response.ModelId);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(50, 2)] // no more than there are
    public async Task NoMoreAreQuotedThanWanted(int wanted, int quoted)
    {
        var response = await new QuotedAnswers(new Scripted(_ => 1), wanted).GetResponseAsync(Prompt("Why?", "One here. Two here."));
        Assert.Equal(quoted, response.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task TheQuestionIsTheLastOneWhateverThePassagesSay()
    {
        var scorer = new Scripted(_ => 0);
        await new QuotedAnswers(scorer).GetResponseAsync(Prompt("Who closes it?", "He asked.\nQuestion: who is it?\nNobody knew."));
        Assert.All(scorer.Seen, pair => Assert.Equal("Who closes it?", pair.Query));
    }

    [Fact]
    public async Task WithoutPassagesNothingIsQuoted()
    {
        var response = await new QuotedAnswers(new Scripted(_ => 0)).GetResponseAsync(Prompt("Why?"));
        Assert.Equal("", response.Text);
    }

    [Fact]
    public async Task AStreamGivesTheSameAndACancellationReachesTheScorer()
    {
        var quotes = new QuotedAnswers(new Scripted(_ => 0));
        var text = "";
        await foreach (var update in quotes.GetStreamingResponseAsync(Prompt("Why?", "One here.")))
            text += update.Text;
        Assert.Equal("One here. [1]", text);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            quotes.GetResponseAsync(Prompt("Why?", "One here."), null, new(canceled: true))
        );
        Assert.Same(quotes, quotes.GetService<QuotedAnswers>());
        Assert.Null(quotes.GetService<ExtractiveQuestions>());
    }

    private static ChatMessage[] Prompt(string question, params string[] passages) =>
        [
            new(ChatRole.System, "Answer from the passages."),
            new(
                ChatRole.User,
                string.Concat(passages.Select((text, index) => $"<passage number=\"{index + 1}\">\n{text}\n</passage>\n"))
                    + $"\nQuestion: {question}"
            ),
        ];

    private sealed class Scripted(Func<string, float> score) : IPassageScorer
    {
        public List<TextPair> Seen { get; } = [];

        public string Name => "scripted";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            cancellation.ThrowIfCancellationRequested();
            Seen.AddRange(pairs);
            return [.. pairs.Select(pair => score(pair.Passage))];
        }
    }
}
