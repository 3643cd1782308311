using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Examples;

public sealed class NegativeSamplingTests
{
    private static readonly string[] Words = ["alpha", "bravo", "carol", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"];

    /// <summary>One question about the first of ten chunks; the retriever of these tests gives the others in their order.</summary>
    private static QaDataset Dataset()
    {
        var chunks = Words.Select((word, i) => Make.Chunk($"{word} {i}", document: $"{word}.md")).ToList();
        return new QaDataset(
            [.. chunks.Select(chunk => new Document(chunk.DocumentId, "T", chunk.Text, "en"))],
            chunks,
            [new GeneratedQuestion("Which is it?", "natural", chunks[0].Id, "m")]
        );
    }

    private static string Numbers(HardNegatives negatives) =>
        string.Concat(
            Dataset().ToExamples(negatives with { Random = 0 }).Where(example => example.Label == 0).Select(example => example.Passage[^1])
        );

    private static Listed Retriever(string order = "0123456789", params double[] scores) => new(order, scores);

    /// <summary>It finds 0 and 1 an answer, 2 to 4 near, the others far.</summary>
    private static ScriptedScorer Teacher =>
        Probability(i =>
            i switch
            {
                0 => 0.9,
                1 => 0.89,
                < 5 => 0.6,
                _ => 0.05,
            }
        );

    private static ScriptedScorer Probability(Func<int, double> p) =>
        new(pair => (float)Math.Log(p(pair.Passage[^1] - '0') / (1 - p(pair.Passage[^1] - '0'))));

    [Fact]
    public void TheBestAreTakenUnlessOtherwiseSaid() => Assert.Equal("123", Numbers(new HardNegatives(Retriever())));

    [Fact]
    public void QuestionsWhoseAnswerIsNotFoundAreLeftOutWhereThatIsAsked()
    {
        var within = new HardNegatives(Retriever("123045"), 2) { OnlyFound = true, Depth = 4 };
        Assert.Equal("12", Numbers(within));
        Assert.Equal("12", Numbers(within with { Depth = 3, OnlyFound = false }));
        Assert.Equal("12", Numbers(within with { Depth = 3, Retriever = Retriever("123"), AlsoFrom = [Retriever("012")] }));
        var said = Assert.Throws<CrossEncoderException>(() => Numbers(within with { Depth = 3 })).Message;
        Assert.Contains("Of 1 questions none has its answer among the first 3 results", said);
        Assert.Contains("OnlyFound", said);
        Assert.Throws<CrossEncoderException>(() => Numbers(within with { Depth = 3, PerQuestion = 0 }));
    }

    [Fact]
    public void SeveralRetrieversTakeTurns()
    {
        // 0 is the answer: the first retriever's best may not be taken.
        Assert.Equal("9182", Numbers(new HardNegatives(Retriever(), 4) { AlsoFrom = [Retriever("9876543210")] }));
        Assert.Equal("1234", Numbers(new HardNegatives(Retriever(), 4) { AlsoFrom = [Retriever()] }));
        var stranger = new Bm25Retriever([new Passage("x", "which")], name: "stranger");
        Assert.Contains(
            "stranger",
            Assert.Throws<CrossEncoderException>(() => Numbers(new HardNegatives(Retriever()) { AlsoFrom = [stranger] })).Message
        );
    }

    [Fact]
    public void RandomOnesDependOnTheSeedAlone()
    {
        var draws = Enumerable
            .Range(0, 60)
            .Select(seed => Numbers(new HardNegatives(Retriever()) { Sampling = NegativeSampling.Random, Seed = seed }))
            .ToList();
        Assert.Equal(draws[7], Numbers(new HardNegatives(Retriever()) { Sampling = NegativeSampling.Random, Seed = 7 }));
        Assert.True(draws.Distinct().Count() > 20);
        Assert.Equal("123456789", string.Concat(draws.SelectMany(draw => draw).Distinct().Order()));
        Assert.All(draws, draw => Assert.Equal(string.Concat(draw.Order().Distinct()), draw));
        Assert.All(Enumerable.Range(0, 20), seed => Assert.True(
                Numbers(
                        new HardNegatives(Retriever())
                        {
                            Sampling = NegativeSampling.Random,
                            Seed = seed,
                            Depth = 5,
                        }
                    )
                    .All(c => c < '5')
            ));
    }

    [Fact]
    public void StratifiedOnesComeFromEachBandOfTheScore()
    {
        // 1 and 2 score high, 3 in the middle, all others low: three bands.
        var retriever = Retriever("0123456789", 10, 9.5, 9, 5, 1, 1, 1, 1, 1, 0);
        var draws = Enumerable
            .Range(0, 40)
            .Select(seed => Numbers(new HardNegatives(retriever) { Sampling = NegativeSampling.Stratified, Seed = seed }))
            .ToList();
        Assert.All(draws, draw => Assert.Matches("^[12]3[4-9]$", draw));
        Assert.True(draws.Distinct().Count() > 6);
        // Empty bands are filled up from the others.
        Assert.All(Enumerable.Range(0, 10), seed =>
            Assert.Equal(
                3,
                Numbers(
                    new HardNegatives(Retriever("0123456789", 9, 9, 9, 9, 9, 9, 9, 9, 9, 0))
                    {
                        Sampling = NegativeSampling.Stratified,
                        Seed = seed,
                    }
                ).Length
            )
        );
    }

    [Fact]
    public void TheGuardsScoresMakeTheBandsWhereThereIsAGuard()
    {
        var draws = Enumerable
            .Range(0, 40)
            .Select(seed =>
                Numbers(
                    new HardNegatives(Retriever(), 2)
                    {
                        Sampling = NegativeSampling.Stratified,
                        Seed = seed,
                        Guard = Teacher,
                    }
                )
            )
            .ToList();
        Assert.DoesNotContain(draws, draw => draw.Contains('1'));
        Assert.Contains(draws, draw => draw[0] < '5' && draw[1] >= '5');
    }

    [Theory]
    [InlineData(0.95, 0, "234")] // 0.89 > 0.95 · 0.9
    [InlineData(1, 0, "123")]
    [InlineData(1, 0.02, "234")] // 0.89 > 0.9 - 0.02
    [InlineData(1, 0.35, "567")] // 0.6 > 0.9 - 0.35
    [InlineData(0.95, 0.35, "567")]
    public void ShareAndMarginBothHold(double share, double margin, string expected)
    {
        Assert.Equal(
            expected,
            Numbers(
                new HardNegatives(Retriever())
                {
                    Guard = Teacher,
                    GuardShare = share,
                    GuardMargin = margin,
                }
            )
        );
    }

    [Fact]
    public void ASettingThatMakesNoSenseIsNamed()
    {
        var sound = new HardNegatives(Retriever());
        (string Name, HardNegatives Negatives)[] bad =
        [
            ("PerQuestion", sound with { PerQuestion = -1 }),
            ("FromSameDocument", sound with { FromSameDocument = -1 }),
            ("Random", sound with { Random = -5 }),
            ("Depth", sound with { Depth = 0 }),
            ("Depth", sound with { Depth = -1 }),
            ("TooSimilar", sound with { TooSimilar = double.NaN }),
            ("TooSimilar", sound with { TooSimilar = 0 }),
            ("GuardShare", sound with { GuardShare = double.NaN }),
            ("GuardMargin", sound with { GuardMargin = double.NaN }),
        ];
        Assert.All(bad, each =>
            Assert.StartsWith(
                $"The option {each.Name} has to be ",
                Assert.Throws<CrossEncoderException>(() => Dataset().ToExamples(each.Negatives)).Message
            )
        );
    }

    [Fact]
    public void AGuardHasToGiveAFiniteScoreForEachPair()
    {
        var guard = new ScriptedScorer(_ => float.NaN, "broken");
        var error = Assert.Throws<CrossEncoderException>(() => Numbers(new HardNegatives(Retriever()) { Guard = guard }));
        Assert.Contains("'broken' gave a score that is not a number", error.Message);
    }

    [Fact]
    public void ABiEncoderGuardsByItsCosines()
    {
        var scorer = new CosineScorer(new LetterEmbedder());
        var scores = scorer.Score([new("a", "a"), new("a", "aab"), new("a", "b"), new("ab", "b")]);
        double[] cosines = [1, 2 / Math.Sqrt(5), 0, Math.Sqrt(0.5)];
        Assert.All(scores.Zip(cosines), pair => Assert.Equal(pair.Second, 1 / (1 + Math.Exp(-pair.First)), 1e-6));
    }

    private sealed class Listed(string order, double[] scores) : IRetriever
    {
        public string Name => "listed";

        public IReadOnlyList<Hit> Search(string query, int topK) =>
            [
                .. order
                    .Take(topK)
                    .Select((c, rank) => new Hit(new Passage($"{Words[c - '0']}.md#0", ""), scores.Length > 0 ? scores[rank] : 10 - rank)),
            ];
    }
}
