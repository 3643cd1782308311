using CrossEncoders.Display;
using CrossEncoders.Evaluation;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>Work is done once in a comparison, and what it gives is the same.</summary>
public sealed class RememberingTests
{
    private static readonly TextPair[] Pairs = [new("q", "a"), new("q", "bb"), new("r", "a")];

    [Fact]
    public void EachPairIsScoredOnceAlsoWithinACall()
    {
        var scorer = new Counting();
        var once = scorer.ScoredOnce();

        Assert.Equal([2, 3, 2, 2], once.Score([.. Pairs, Pairs[0]]));
        Assert.Equal([3, 2, 4], once.Score([Pairs[1], Pairs[0], new("q", "ccc")]));
        Assert.Equal(4, scorer.Pairs);
        Assert.Equal("counting", once.Name);
        Assert.Empty(once.Score([]));
    }

    [Fact]
    public void AScorerThatGivesTooFewScoresIsNamed() =>
        Assert.Contains(
            "'counting' gave 2 for 3",
            Assert
                .Throws<CrossEncoderException>(() =>
                    new Counting { Lost = 1 }
                        .ScoredOnce()
                        .Score(Pairs)
                )
                .Message
        );

    [Fact]
    public void AFusionIsRememberedByItsParts()
    {
        var fusion = Fusion.Of((new Counting(), 1));
        Assert.Contains("Store the parts", Assert.Throws<CrossEncoderException>(() => fusion.ScoredOnce()).Message);
        Assert.Equal(fusion.Score(Pairs), Fusion.Of((new Counting().ScoredOnce(), 1)).Score(Pairs));
    }

    [Fact]
    public void EachQueryIsSearchedOnceAsDeepAsIsWanted()
    {
        var search = new CountingSearch();
        var once = search.Remembered(depth: 3);

        Assert.Equal(["q1", "q2"], Ids(once.Search("q", 2)));
        Assert.Equal(["q1", "q2", "q3"], Ids(once.Search("q", 3)));
        Assert.Equal(1, search.Queries);
        Assert.Equal(5, once.Search("q", 5).Count);
        Assert.Equal(2, once.SearchAll(["q", "q", "q"], 4)[2].Count(hit => hit.Passage.Id is "q1" or "q4"));
        Assert.Equal(2, search.Queries);
        Assert.Empty(once.Search("q", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => once.Search("q", -1));
    }

    [Fact]
    public void AComparisonIsTheSameWithMemory()
    {
        RankingQuestion[] questions =
        [
            .. Enumerable.Range(0, 10).Select(i => new RankingQuestion($"{i}", $"q{i}", "en", [$"q{i}{i % 4 + 1}"])),
        ];
        RankingComparison Run(IRetriever first, IPassageScorer scorer) =>
            RankingComparison.Of(questions, first, first.RerankedBy(scorer, 5));

        var (plain, once) = (
            Run(new CountingSearch(), new Counting()),
            Run(new CountingSearch().Remembered(), new Counting().ScoredOnce())
        );

        Assert.Equal(plain.ToTable().ToString(), once.ToTable().ToString());
        Assert.Equal(plain.DifferencesTable().ToString(), once.DifferencesTable().ToString());
    }

    [Fact]
    public void ChangesArePairedByQuestionTheLargestGainFirst()
    {
        RankingQuestion[] questions = [new("1", "one", "en", ["one1"]), new("2", "two", "en", ["two9"])];
        var comparison = RankingComparison.Of(questions, new CountingSearch(), new CountingSearch { Name = "reversed", Reversed = true });

        var changes = comparison.Changes("search", "reversed");

        Assert.Equal(["two", "one"], changes.Select(change => change.Question));
        Assert.Equal((0, 1.0 / 2), (changes[0].Before > 0.2 ? 1 : 0, changes[0].After));
        Assert.All(changes, change => Assert.Equal(change.After - change.Before, change.Change));
        Assert.Throws<CrossEncoderException>(() => comparison.Changes("search", "other"));
    }

    [Fact]
    public void BarsOfStagesGroupWhatStartsFromTheSameSearch()
    {
        RankingMean Mean(string retriever, string slice, double value) =>
            new(slice, retriever, 1, new Dictionary<string, double> { ["MRR@10"] = value });
        var comparison = new RankingComparison(
            ["BM25", "BM25 + base"],
            ["MRR@10"],
            ["all", "en"],
            [],
            [Mean("BM25", "all", 0.1), Mean("BM25 + base", "all", 0.2), Mean("BM25", "en", 0.3)],
            []
        );
        Assert.Equal([new MetricBar("alone", "BM25", 0.1), new MetricBar("+ base", "BM25", 0.2)], comparison.ToStageBars("MRR@10"));
    }

    private static IEnumerable<string> Ids(IEnumerable<Hit> hits) => hits.Select(hit => hit.Passage.Id);

    private sealed class Counting : IPassageScorer
    {
        public int Pairs { get; private set; }

        public int Lost { get; init; }

        public string Name => "counting";

        public float[] Score(
            IReadOnlyList<TextPair> pairs,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        )
        {
            Pairs += pairs.Count;
            return [.. pairs.Skip(Lost).Select(pair => pair.Query.Length + (float)pair.Passage.Length)];
        }
    }

    private sealed class CountingSearch : IRetriever
    {
        public int Queries { get; private set; }

        public bool Reversed { get; init; }

        public string Name { get; init; } = "search";

        public IReadOnlyList<Hit> Search(string query, int topK)
        {
            Queries++;
            var numbers = Enumerable.Range(1, 10);
            return
            [
                .. (Reversed ? numbers.Reverse() : numbers).Select(i => new Hit(new Passage($"{query}{i}", $"{query}{i}"), -i)).Take(topK),
            ];
        }
    }
}
