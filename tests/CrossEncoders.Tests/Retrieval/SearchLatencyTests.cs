using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>Times of searches: who is asked what, not how long it takes.</summary>
public sealed class SearchLatencyTests
{
    [Fact]
    public void EveryStageIsAskedEveryQuestionAndTheFirstOnceMore()
    {
        var (fast, slow) = (new Asked("fast"), new Asked("slow"));
        var times = SearchLatency.Of([fast, slow], ["a", "b", "c"], topK: 7);
        Assert.Equal(["fast", "slow"], times.Select(time => time.Search));
        Assert.Equal([("a", 7), ("a", 7), ("b", 7), ("c", 7)], slow.Questions);
        Assert.All(times, time => Assert.InRange(time.MedianMilliseconds, 0, time.SlowestMilliseconds));
        Assert.All(times, time => Assert.Equal(3, time.Questions));
    }

    [Fact]
    public void WithoutQuestionsThereIsNothingToMeasure() =>
        Assert.Throws<CrossEncoderException>(() => SearchLatency.Of([new Asked("x")], []));

    private sealed class Asked(string name) : IRetriever
    {
        public List<(string, int)> Questions { get; } = [];

        public string Name => name;

        public IReadOnlyList<Hit> Search(string query, int topK)
        {
            Questions.Add((query, topK));
            return [];
        }
    }
}
