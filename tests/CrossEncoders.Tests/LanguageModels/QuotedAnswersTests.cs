using CrossEncoders.LanguageModels;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.LanguageModels;

public class QuotedAnswersTests
{
    [Fact]
    public async Task QuotesTheBestSentencesWithTheirReferences()
    {
        var retriever = new Bm25Retriever([
            new Passage("a", "The dome is white. The dome stops when ice forms."),
            new Passage("b", "圆顶结冰会停。天气很好。The dome is tall."),
        ]);
        var rag = new RagPipeline(retriever, new QuotedAnswers(new Ice(), sentences: 2));
        var answer = await rag.AskAsync("Why does the dome stop?");
        Assert.Equal(2, answer.Cited.Count);
        Assert.Contains("The dome stops when ice forms. [", answer.Text);
        Assert.Contains("圆顶结冰会停。 [", answer.Text);
        Assert.DoesNotContain("white", answer.Text);
    }

    [Fact]
    public async Task AHeadingIsNoAnswerAndASentenceIsQuotedOnce()
    {
        var retriever = new Bm25Retriever([
            new Passage("a", "Dome › Why ice stops the dome\nThe dome stops when ice forms."),
            new Passage("b", "Dome › Why ice stops the dome\nThe dome stops when ice forms. It is heavy."),
            new Passage("c", "The dome is icy in June.\nIt stops."),
        ]);
        var answer = await new RagPipeline(retriever, new QuotedAnswers(new Ice())).AskAsync("Why does the dome stop?");
        Assert.StartsWith("The dome stops when ice forms. [1]\n", answer.Text);
        Assert.DoesNotContain("›", answer.Text);
        Assert.Equal(2, answer.Text.Split('\n').Length);
    }

    private sealed class Ice : IPassageScorer
    {
        public string Name => "ice";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            Assert.All(pairs, pair => Assert.Equal("Why does the dome stop?", pair.Query));
            return
            [
                .. pairs.Select(pair => pair.Passage.Contains("ice", StringComparison.Ordinal) || pair.Passage.Contains('冰') ? 1f : 0f),
            ];
        }
    }
}
