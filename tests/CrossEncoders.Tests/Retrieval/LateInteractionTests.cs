using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public sealed class LateInteractionTests
{
    private static readonly Passage[] Passages =
    [
        new("1", "the dome motor stopped in the night"),
        new("2", "the gate is locked at night"),
        new("3", "spare parts lie in the cellar beside the dome motor and below the stairs that lead to the gate of the dome"),
    ];

    [Fact]
    public void APassageWithAllWordsOfTheQueryScoresOne()
    {
        using var late = new LateInteraction(new ScriptedTokens(), null);

        var scores = late.Score([new("dome motor", Passages[0].Text), new("dome motor", Passages[1].Text)]);

        Assert.Equal(1, scores[0], 1e-3f);
        Assert.InRange(scores[1], -1, 0.9f);
    }

    [Fact]
    public void StatesOfAPassageAreComputedOnce()
    {
        var tokens = new ScriptedTokens();
        using var late = new LateInteraction(tokens, null, Passages);
        Assert.Equal((0, 3), tokens.Embedded);

        late.Score([
            .. Passages.Select(passage => new TextPair("dome", passage.Text)),
            new("gate", "another one"),
            new("dome", "another one"),
        ]);
        late.Score([new("gate", "another one")]);

        Assert.Equal((3, 4), tokens.Embedded); // two queries and one; the passage that was not in the collection
    }

    [Fact]
    public void AScoreDoesNotDependOnTheOtherPairs()
    {
        TextPair[] pairs = [.. Passages.Select(passage => new TextPair("where is the dome motor", passage.Text)), new("gate", "the gate")];
        using var late = new LateInteraction(new ScriptedTokens(), null);
        var together = late.Score(pairs);

        for (var i = 0; i < pairs.Length; i++)
        {
            using var alone = new LateInteraction(new ScriptedTokens(), null);
            Assert.Equal(together[i], alone.Score([pairs[i]])[0]); // to the last bit
        }
        Assert.Equal(together.Reverse(), late.Score([.. pairs.Reverse()]));
    }

    [Fact]
    public void QueriesAndPassagesAreCutWhereTheOptionsSay()
    {
        var options = new LateInteractionOptions { MaxQueryTokens = 4, MaxPassageTokens = 5 }; // three of them are not the text's own
        using var cut = new LateInteraction(new ScriptedTokens(), options);
        using var whole = new LateInteraction(new ScriptedTokens(), null);

        Assert.Equal(whole.Score([new("dome", "the gate")]), cut.Score([new("dome motor", "the gate dome")]));
    }

    [Fact]
    public void ManyThreadsMayScoreAtOnce()
    {
        var tokens = new ScriptedTokens();
        using var late = new LateInteraction(tokens, null);
        TextPair[] pairs = [.. Passages.Select(passage => new TextPair("dome motor", passage.Text))];
        var expected = new LateInteraction(new ScriptedTokens(), null).Score(pairs);

        Parallel.For(0, 16, _ => Assert.Equal(expected, late.Score(pairs)));

        Assert.Equal(3, tokens.Embedded.Passages);
    }

    [Fact]
    public void NothingToScoreIsNoError()
    {
        using var late = new LateInteraction(new ScriptedTokens(), new() { Name = "tokens" });

        Assert.Empty(late.Score([]));
        Assert.Equal("tokens", late.Name);
        Assert.Equal(0, late.Score([new("", "dome")])[0]);
        Assert.Equal(-1, late.Score([new("dome", "")])[0]);
    }

    [Fact]
    public void ItReranksARetriever()
    {
        using var late = new LateInteraction(new ScriptedTokens(), null, Passages);
        var reranked = new Bm25Retriever(Passages).RerankedBy(late, depth: 3);

        Assert.Equal("BM25 + MaxSim", reranked.Name);
        Assert.Equal(["1", "3"], reranked.Search("dome motor stopped", 2).Select(hit => hit.Passage.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AfterDisposalItSaysSo(bool inFile)
    {
        using var folder = new ScratchFolder();
        var late = new LateInteraction(new ScriptedTokens(), null, Passages, inFile ? folder["states.bin"] : null);
        late.Dispose();
        late.Dispose();

        Assert.Throws<ObjectDisposedException>(() => late.Score([new("dome", Passages[0].Text)]));
    }

    [Fact]
    public void CancellationStopsIt()
    {
        using var late = new LateInteraction(new ScriptedTokens(), null);
        Assert.ThrowsAny<OperationCanceledException>(() => late.Score([new("dome", "gate")], null, new CancellationToken(canceled: true)));
    }
}
