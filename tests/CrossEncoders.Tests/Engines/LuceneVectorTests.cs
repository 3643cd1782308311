using CrossEncoders.Lucene;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Engines;

/// <summary>Vectors on disk, all compared or by a graph.</summary>
public sealed class LuceneVectorTests : IDisposable
{
    private static readonly Passage[] Passages = [.. EngineCases.Many(3000)];
    private static readonly string[] Queries = [.. Enumerable.Range(0, 40).Select(i => $"Which pump {1000 + i * 7} stops above {i} bar?")];
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ExactSearchIsThatOfMemoryAcrossBlocks()
    {
        var embedder = new HashEmbedder(900); // a block holds 1 165 of them
        using var index = new LuceneIndex(_folder.Path);
        index.Index(Passages, embedder);
        var here = new DenseRetriever(Passages, embedder).SearchAll(Queries, 30).SelectMany(hits => hits).ToList();
        var there = index.Nearest(embedder).SearchAll(Queries, 30).SelectMany(hits => hits).ToList();
        Assert.Equal(here.Select(hit => hit.Passage), there.Select(hit => hit.Passage));
        Assert.All(here.Zip(there), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-6));
    }

    [Fact]
    public void TheGraphFindsNearlyAll()
    {
        var embedder = new HashEmbedder(32);
        using var index = new LuceneIndex(_folder.Path, new() { Graph = new() });
        index.Index(Passages, embedder);
        var exact = index.Nearest(embedder, exact: true).SearchAll(Queries, 10);
        var found = index.Nearest(embedder).SearchAll(Queries, 10);
        var recall = exact
            .Zip(found, (one, other) => one.Select(hit => hit.Passage).Intersect(other.Select(hit => hit.Passage)).Count())
            .Sum();
        Assert.InRange(recall / 400.0, 0.9, 1);
        Assert.Equal(exact[0][0].Score, found[0][0].Score, 1e-5);
        Assert.Equal("Lucene BM25 | vectors on disk, graph", index.Hybrid(embedder).Name);
        Assert.Equal(5, index.Hybrid(embedder).Search(Queries[0], 5).Count);
    }

    [Fact]
    public void AnotherGraphIsMadeAloneAndMoreCandidatesFindMore()
    {
        var embedder = new HashEmbedder(64);
        using var index = new LuceneIndex(_folder.Path);
        index.Index(Passages, embedder);
        var exact = index.Nearest(embedder).SearchAll(Queries, 10);
        Assert.Equal("vectors on disk", index.Nearest(embedder).Name);
        var embedded = embedder.Passages;
        double Recall(GraphOptions graph)
        {
            using var other = new LuceneIndex(_folder.Path, new() { Graph = graph });
            other.Index(Passages, embedder);
            Assert.Equal(++embedded, embedder.Passages); // one, to see that the weights are the same
            Assert.Equal("vectors on disk, graph", other.Nearest(embedder).Name);
            Assert.Equal(
                (Passages.Length + graph.PartSize - 1) / graph.PartSize,
                Directory.GetFiles(_folder.Path, "*.usearch*", SearchOption.AllDirectories).Length
            );
            var found = other.Nearest(embedder).SearchAll(Queries, 10);
            return exact.Zip(found, (one, two) => one.Select(hit => hit.Passage).Intersect(two.Select(hit => hit.Passage)).Count()).Sum()
                / 400.0;
        }

        var thin = new GraphOptions
        {
            Connectivity = 2,
            ExpansionAdd = 4,
            ExpansionSearch = 1,
        };
        var (few, many) = (Recall(thin), Recall(thin with { ExpansionSearch = 2000 }));
        Assert.InRange(few, 0, many - 0.1);
        Assert.InRange(Recall(new()), many, 1);
        Assert.InRange(Recall(thin with { PartSize = 700 }), few + 0.1, 1); // five parts look at five times as many
        Assert.Equal("vectors on disk, graph", index.Nearest(embedder).Name); // what was opened before sees it when it searches anew
        index.Index([.. Passages, new("new", "another")], embedder);
        Assert.Equal("vectors on disk", index.Nearest(embedder).Name); // a graph of fewer vectors is none of these
    }

    [Fact]
    public void AStoppedGraphKeepsThePartsThatAreDone()
    {
        var embedder = new HashEmbedder(16);
        var parts = Math.Max(10, 4 * Environment.ProcessorCount); // they are built as many at once as there are cores
        var graph = new GraphOptions { PartSize = 100 };
        Passage[] passages = [.. EngineCases.Many(100 * parts - 50)];
        using var index = new LuceneIndex(_folder.Path, new() { Graph = graph });
        using var stop = new CancellationTokenSource();
        var progress = new Reports(done =>
        {
            if (done.Activity == "building the graph" && Files().Any(file => file.EndsWith(".usearch", StringComparison.Ordinal)))
                stop.Cancel();
        });
        string[] Files() => Directory.GetFiles(_folder.Path, "*.usearch*", SearchOption.AllDirectories);
        Assert.ThrowsAny<OperationCanceledException>(() => index.Index(passages, embedder, progress, stop.Token));
        Assert.Equal(0, index.Count);
        var kept = Files();
        var written = kept.ToDictionary(file => Path.GetFileName(file), File.GetLastWriteTimeUtc);
        Assert.InRange(kept.Length, 1, parts - 1);
        File.WriteAllText(kept[0] + ".part", "cut short");
        var first = long.MaxValue;
        index.Index(passages, embedder, new Reports(done => first = done.Activity == "indexing" ? first : Math.Min(first, done.Done)));
        Assert.InRange(first, 100L * kept.Length, passages.Length); // what was done counts from the start
        Assert.Equal(
            Enumerable.Range(0, parts).Select(i => $"{i * 100:D12}-{(i < parts - 1 ? 100 : 50)}.usearch"),
            Files().Select(Path.GetFileName).Order()
        );
        Assert.All(written, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(Files().Single(each => each.EndsWith(file.Key)))));
        Assert.Equal("921", index.Nearest(embedder).Search(passages[921].Text, 1)[0].Passage.Id);
    }

    [Fact]
    public void MoreSearchesAtOnceThanCoresFindTheSame()
    {
        var embedder = new HashEmbedder(32);
        using var index = new LuceneIndex(_folder.Path, new() { Graph = new() { PartSize = 800 } });
        index.Index(Passages, embedder);
        var search = index.Nearest(embedder);
        var alone = search.SearchAll(Queries, 10);
        var found = new IReadOnlyList<Hit>[Queries.Length * 25];
        var threads = Enumerable
            .Range(0, 4 * Environment.ProcessorCount)
            .Select(first => new Thread(() =>
            {
                for (var i = first; i < found.Length; i += 4 * Environment.ProcessorCount)
                    found[i] = search.Search(Queries[i % Queries.Length], 10);
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        for (var i = 0; i < found.Length; i++)
            Assert.Equal(alone[i % Queries.Length], found[i]);
    }

    [Theory]
    [InlineData(1, 128, 100, 1)]
    [InlineData(257, 300, 100, 1)]
    [InlineData(16, 15, 100, 1)]
    [InlineData(16, 128, 0, 1)]
    [InlineData(16, 128, 100, 0)]
    public void GraphsOutOfRangeAreRefused(int connectivity, int add, int search, int part)
    {
        var graph = new GraphOptions
        {
            Connectivity = connectivity,
            ExpansionAdd = add,
            ExpansionSearch = search,
            PartSize = part,
        };
        var error = Assert.Throws<CrossEncoderException>(() => new LuceneIndex(_folder.Path, new() { Graph = graph })).Message;
        Assert.Contains($"{connectivity}, {add}, {search} and {part}", error);
    }

    [Fact]
    public void WhatIsEmbeddedIsNotEmbeddedAgain()
    {
        using var index = new LuceneIndex(_folder.Path, new() { BatchSize = 250, Portion = 100 });
        var broken = new HashEmbedder();
        broken.Before = done => _ = done < 1400 ? 0 : throw new TimeoutException("the model is away");
        Assert.Throws<TimeoutException>(() => index.Index(Passages, broken));
        var embedder = new HashEmbedder();
        index.Index(Passages, embedder);
        Assert.Equal(1800 + 1, embedder.Passages); // what came after the commit at 1 200, and one to see that the weights are the same
        var all = index.FullText().Search("pump", 5000);
        Assert.Equal(Passages, all.Select(hit => hit.Passage).OrderBy(passage => int.Parse(passage.Id)));
        Assert.Equal("2999", index.Nearest(embedder).Search(Passages[2999].Text, 1)[0].Passage.Id);
        var others = new HashEmbedder(seed: 1); // the same name
        index.Index(Passages, others);
        Assert.Equal(3000 + 1, others.Passages);
        Assert.Equal("17", index.Nearest(others).Search(Passages[17].Text, 1)[0].Passage.Id);
        File.Delete(Directory.GetFiles(_folder.Path, "vectors.f32", SearchOption.AllDirectories).Single());
        index.Index(Passages, others);
        Assert.Equal(2 * 3000 + 1, others.Passages); // a file that is gone is made again
    }

    [Fact]
    public void AnotherEmbedderIsRefused()
    {
        using var index = new LuceneIndex(_folder.Path);
        index.Index(EngineCases.Mixed);
        Assert.Contains("made with no vectors", Assert.Throws<CrossEncoderException>(() => index.Nearest(new HashEmbedder())).Message);
        index.Index(EngineCases.Mixed, new HashEmbedder());
        Assert.Contains("'other'", Assert.Throws<CrossEncoderException>(() => index.Nearest(new HashEmbedder(name: "other"))).Message);
        var error = Assert.Throws<CrossEncoderException>(() => index.Nearest(new HashEmbedder(9)).Search("q", 1)).Message;
        Assert.Contains("8 numbers", error);
        Assert.Contains("gives 9", error);
    }
}
