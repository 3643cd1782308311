using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public sealed class FusedSearchTests : IDisposable
{
    private static readonly Lazy<BiEncoder> Encoder = new(() => ModelFolder.LoadBi(ModelFolder.Shipped("multilingual-e5-small-enzh")));
    private static readonly Passage[] Passages =
    [
        .. (
            (string[])
                [
                    "The kettle switches itself off when the water boils.",
                    "Foxes sleep in dens which they dig into slopes.",
                    "A den is dug by the vixen before the cubs are born.",
                    "水烧开后，水壶会自动断电。",
                    "The bus to the harbour leaves every ten minutes.",
                    "Cubs open their eyes after two weeks.",
                    "Tickets for the bus are sold by the driver.",
                ]
        ).Select((text, i) => new Passage($"p{i}", text)),
    ];
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ItFindsWhatTheWordsDoNotNameInBothLanguages()
    {
        using var search = new FusedSearch(Passages, Encoder.Value);

        Assert.Equal("fusion", search.Name);
        Assert.Equal("p1", search.Search("where do foxes sleep?", 3)[0].Passage.Id);
        Assert.Equal("p3", search.Search("水壶什么时候断电？", 3)[0].Passage.Id);
        Assert.Equal(Passages.Length, search.Search("bus", 50).Count);
    }

    [Theory]
    [InlineData(2.0, 20)]
    [InlineData(9.0, 5)]
    public void ItsRankingIsThatOfItsPartsJoinedByHand(double weight, int depth)
    {
        string[] queries = ["where do foxes sleep?", "bus ticket", "水壶什么时候断电？"];
        var reranker = new ScriptedScorer(pair => pair.Passage.Length, "length");
        using var search = new FusedSearch(Passages, Encoder.Value, reranker, new() { Depth = depth, RerankerWeight = weight });
        var bm25 = new Bm25Retriever(Passages);
        var dense = new DenseRetriever(Passages, Encoder.Value);
        using var late = new LateInteraction(Encoder.Value);
        var byHand = new HybridRetriever([bm25, dense]).RerankedBy(Fusion.Of((dense, 1), (late, 1), (bm25, 1), (reranker, weight)), depth);

        var (expected, found) = (byHand.SearchAll(queries, 5), search.SearchAll(queries, 5));

        Assert.Equal("fusion + length", search.Name);
        Assert.All(expected.Zip(found), lists => AssertSame(lists.First, lists.Second));
        AssertSame(expected[1], search.Search(queries[1], 5));
        Assert.NotEqual(search.FirstStage.Search(queries[1], 5).Select(hit => hit.Passage), found[1].Select(hit => hit.Passage));
    }

    [Fact]
    public void WhatItKeepsIsReadByTheNext()
    {
        var options = new FusedSearchOptions { CacheFolder = _scratch["new/folder"], Name = "kept" };
        var (first, second) = (new Reports(), new Reports());
        IReadOnlyList<Hit> before;
        using (var search = new FusedSearch(Passages, Encoder.Value, options: options, progress: first))
            before = search.Search("bus ticket", 4);
        using var again = new FusedSearch(Passages, Encoder.Value, options: options, progress: second);

        Assert.Equal("kept", again.Name);
        AssertSame(before, again.Search("bus ticket", 4));
        Assert.Equal(["states.bin", "vectors.bin"], Directory.GetFiles(_scratch["new/folder"]).Select(Path.GetFileName).Order());
        Assert.NotEmpty(first.All);
        Assert.Empty(second.All);
    }

    [Fact]
    public void BadSettingsAreRefusedAndACancelledIndexCanBeMadeAgain()
    {
        var reranker = new ScriptedScorer(_ => 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FusedSearch(Passages, Encoder.Value, options: new() { Depth = 0 }));
        var folder = new FusedSearchOptions { CacheFolder = _scratch["kept"], RerankerWeight = double.NaN };
        var told = new Reports();
        Assert.Throws<CrossEncoderException>(() => new FusedSearch(Passages, Encoder.Value, reranker, folder, told));
        Assert.Empty(told.All); // before anything is embedded
        Assert.Throws<CrossEncoderException>(() => new FusedSearch((Passage[])[], Encoder.Value));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new FusedSearch(Passages[1..], Encoder.Value, options: folder with { RerankerWeight = 1 }, cancellation: stop.Token)
        );
        using var search = new FusedSearch(Passages, Encoder.Value, reranker, folder with { RerankerWeight = 1 }); // the file is free again
        Assert.Equal(2, search.Search("bus", 2).Count);
    }

    [Fact]
    public void ACacheFolderThatCannotBeMadeIsNamed()
    {
        _scratch.With("file", "");
        var options = new FusedSearchOptions { CacheFolder = _scratch["file"] };
        var error = Assert.Throws<CrossEncoderException>(() => new FusedSearch(Passages, Encoder.Value, options: options));
        Assert.Contains($"The CacheFolder '{_scratch["file"]}' cannot be made", error.Message);
    }

    /// <summary>The same passages in the same order; scores differ by rounding where texts stood in other batches.</summary>
    private static void AssertSame(IReadOnlyList<Hit> expected, IReadOnlyList<Hit> found)
    {
        Assert.Equal(expected.Select(hit => hit.Passage), found.Select(hit => hit.Passage));
        Assert.All(expected.Zip(found), hits => Assert.Equal(hits.First.Score, hits.Second.Score, 1e-4));
    }

    private sealed class Reports : IProgress<WorkProgress>
    {
        public List<WorkProgress> All { get; } = [];

        public void Report(WorkProgress value) => All.Add(value);
    }
}
