using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>Retrievers as parts of a fusion.</summary>
public sealed class RetrieverScorerTests
{
    private static readonly Passage[] Passages =
    [
        new("1", "dome dome"),
        new("2", "dome motor and more words"),
        new("3", "gate"),
        new("4", "dome motor and more words"),
    ];

    [Fact]
    public void Bm25ScoresArePairByPairThoseOfTheSearch()
    {
        var bm25 = new Bm25Retriever(Passages);
        var hits = bm25.Search("dome motor", 9).ToDictionary(hit => hit.Passage.Id, hit => (float)hit.Score);

        var scores = bm25.Score([
            new("gate", "gate"),
            .. Passages.Select(passage => new TextPair("dome motor", passage.Text)),
            new("gate", "unknown"),
        ]);

        Assert.Equal([(float)bm25.Search("gate", 1)[0].Score, hits["1"], hits["2"], 0, hits["4"], 0], scores);
        Assert.Empty(bm25.Score([]));
    }

    [Fact]
    public void WhatIsNotAmongTheBestScoresNothing()
    {
        var scorer = new Bm25Retriever(Passages).AsScorer(depth: 1);

        var scores = scorer.Score([.. Passages.Select(passage => new TextPair("dome", passage.Text))]);

        Assert.Equal("BM25", scorer.Name);
        Assert.Equal([true, false, false, false], scores.Select(score => score > 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bm25Retriever(Passages).AsScorer(0));
    }

    [Fact]
    public void WhatIsNotFoundStandsAboveNothingThatIs()
    {
        // Logits, all below 0: of "dome" -9, -25 and -25, of "gate" -4.
        var scorer = new Bm25Retriever(Passages).RerankedBy(new ScriptedScorer(pair => -pair.Passage.Length)).AsScorer(depth: 2);
        float[] Scores(string query) => scorer.Score([.. Passages.Select(passage => new TextPair(query, passage.Text))]);

        Assert.Equal([-9, -25, -25, -25], Scores("dome"));
        Assert.Equal([-4, -4, -4, -4], Scores("gate"));
        Assert.Equal([0, 0, 0, 0], Scores("violet"));
    }

    [Fact]
    public void DenseScoresAreCosinesAlsoOfOtherPassages()
    {
        var embedder = new LetterEmbedder("dgm");
        var dense = new DenseRetriever(Passages, embedder);

        var scores = dense.Score([new("d", "gate"), new("d", "dome dome"), new("dm", "mmm"), new("d", "mmm"), new("d", "dome dome")]);

        Assert.Equal([0, MathF.Sqrt(0.5f), MathF.Sqrt(0.5f), 0, MathF.Sqrt(0.5f)], scores, (a, b) => MathF.Abs(a - b) < 1e-6f);
        Assert.Equal(4 + 1, embedder.PassagesEmbedded);
        Assert.Empty(dense.Score([]));
    }
}
