using System.Globalization;
using CrossEncoders.Audit;
using CrossEncoders.Chunking;
using CrossEncoders.Lucene;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Engines;

/// <summary>Keywords on disk, and the life of an index.</summary>
public sealed class LuceneIndexTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<LuceneIndex> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(index => index.Dispose());
        _folder.Dispose();
    }

    public static TheoryData<string> Collections =>
        ["handbook", .. new[] { "en", "zh" }.Where(language => Shared.Has($"data/xquad/xquad.{language}.json"))];

    [Theory]
    [MemberData(nameof(Collections))]
    public void TheRankingIsThatOfMemory(string collection)
    {
        var (passages, questions) = collection == "handbook" ? Handbook() : OfXQuAD(collection);
        var index = Open(new() { BatchSize = 50 }); // several segments, merged in order
        index.Index(passages);
        var here = new Bm25Retriever(passages).SearchAll(questions, 20);
        var there = index.FullText().SearchAll(questions, 20);
        for (var i = 0; i < here.Count; i++)
        {
            Assert.Equal(here[i].Count, there[i].Count);
            for (var rank = 0; rank < here[i].Count; rank++)
            {
                Assert.Equal(here[i][rank].Score, there[i][rank].Score, 1e-5 * here[i][rank].Score);
                if (here[i][rank].Passage != there[i][rank].Passage) // only where sums of floats in another order tie or nearly so
                    Assert.InRange(there[i].Count(hit => Math.Abs(hit.Score - here[i][rank].Score) < 1e-4), 2, 20);
            }
        }
    }

    [Fact]
    public void ConstantsAreThoseOfMemory()
    {
        Passage[] passages = [.. EngineCases.Many(200), .. EngineCases.Mixed];
        var options = new Bm25Options { K1 = 0.9, B = 0.4 };
        var index = Open(new() { Bm25 = options });
        index.Index(passages);
        foreach (var query in (string[])["harbour bridge harbour", "泵停机", "pump 1007 stops", "none of the"])
        {
            var (here, there) = (new Bm25Retriever(passages, options).Search(query, 300), index.FullText().Search(query, 300));
            Assert.Equal(here.Select(hit => hit.Passage), there.Select(hit => hit.Passage));
            Assert.All(here.Zip(there), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
        }

        Assert.Empty(index.FullText().Search("…", 3));
        Assert.Empty(index.FullText().Search("harbour", 0));
        var many = $"pump {string.Join(' ', Enumerable.Range(1000, 1100))}"; // more than Lucene takes by default
        Assert.Equal(202, index.FullText().Search(many, 999).Count); // the bridge of 1932, and the pump's manual
    }

    [Fact]
    public void TheSamePassagesAreIndexedOnceAndOthersReplaceThem()
    {
        var told = new List<long>();
        void Index(int count) => Open().Index(EngineCases.Many(count), null, new Reports(report => told.Add(report.Done)));
        Index(50);
        Assert.NotEmpty(told);
        told.Clear();
        Index(50);
        Assert.Empty(told);
        var before = Open();
        var old = before.FullText();
        Index(60);
        Assert.NotEmpty(told);
        Assert.Empty(old.Search("1055", 3)); // what was opened stays as it was
        Assert.Equal("55", before.FullText().Search("1055", 3)[0].Passage.Id);
        Assert.Equal(60, before.Count);
    }

    [Fact]
    public void AnotherCultureIsNoReasonToIndexAgain()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            Open().Index(EngineCases.Many(50));
            CultureInfo.CurrentCulture = new("") { NumberFormat = { NumberDecimalSeparator = "," } };
            var told = 0;
            Open().Index(EngineCases.Many(50), null, new Reports(_ => told++));
            Assert.Equal(0, told);
            Assert.Equal("Bm25Options { K1 = 1.2, B = 0.75 }", $"{new Bm25Options()}"); // as indexes before had it
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void AHalfIsNeverAnsweredFromAndIsGoneOnWith()
    {
        var index = Open(new() { BatchSize = 10 });
        void Stop(int count, int at)
        {
            using var cancellation = new CancellationTokenSource();
            var reports = new Reports(report => _ = report.Done >= at ? Cancel(cancellation) : 0);
            Assert.ThrowsAny<OperationCanceledException>(() => index.Index(EngineCases.Many(count), null, reports, cancellation.Token));
        }

        Stop(100, 50);
        Assert.Equal(0, index.Count);
        Assert.Contains("no whole index", Assert.Throws<CrossEncoderException>(() => index.FullText()).Message);
        var told = new List<long>();
        index.Index(EngineCases.Many(100), null, new Reports(report => told.Add(report.Done)));
        Assert.Equal(60, told[0]);
        Stop(200, 150);
        Assert.Equal(100, index.Count);
        told.Clear();
        Passage[] others = [.. EngineCases.Many(200).Select(passage => passage.Id == "7" ? passage with { Text = "other" } : passage)];
        index.Index(others, null, new Reports(report => told.Add(report.Done)));
        Assert.Equal(10, told[0]); // the half was of another collection
        Assert.Equal("7", index.FullText().Search("other", 1)[0].Passage.Id);
        Assert.Single(Directory.GetDirectories(_folder.Path));
    }

    [Theory]
    [InlineData("twice", "'bridge' comes more than once")]
    [InlineData("empty", "at least one passage")]
    public void WhatCannotBeIndexedIsOneClearError(string what, string expected)
    {
        var index = Open();
        Passage[] passages = what == "empty" ? [] : [.. EngineCases.Mixed, EngineCases.Mixed[0]];
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => index.Index(passages)).Message);
        Assert.Equal(0, index.Count);
        index.Index(EngineCases.Mixed);
        Assert.Equal(6, index.Count);
    }

    [Fact]
    public void OneBuildsAtATime()
    {
        var (index, other) = (Open(), Open());
        var error = "";
        index.Index(
            EngineCases.Many(5),
            null,
            new Reports(_ => error = Assert.Throws<CrossEncoderException>(() => other.Index(EngineCases.Many(5))).Message)
        );
        Assert.Contains("Another program builds", error);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task TwentyKillsOfTheIndexerLoseNothingAndStoreNothingTwice()
    {
        var index = Open();
        string[] arguments = ["--engine", "lucene", "--place", _folder.Path, "--batch", "50"];
        var progress = await Indexer.KillAndFinish(20, arguments, () =>
        {
            Assert.True(index.Count is 0 or Indexer.Passages, $"{index.Count} passages are searched");
            var building = Path.Combine(_folder.Path, "build-1");
            return IndexState.Read(building)?.Passages ?? 0;
        });
        Assert.Equal(progress.Order(), progress);
        Assert.InRange(progress.Distinct().Count(), 10, 20);
        Assert.Equal(Indexer.Passages, index.Count);
        var all = index.FullText().Search("pump", 2 * Indexer.Passages);
        Assert.Equal(Indexer.Passages, all.Select(hit => hit.Passage.Id).Distinct().Count());
        Assert.Equal(Indexer.Passages, all.Count);
    }

    private static (IReadOnlyList<Passage> Passages, IReadOnlyList<string> Questions) Handbook()
    {
        var folder = Path.Combine(Shared.Repository, "data", "corpus");
        var chunks = CrossEncoders.Documents.Documents.Load(folder).Chunk(text => text.Length / 4, new() { MaxTokens = 128 });
        return ([.. chunks.ToPassages()], [.. TestQuestions.For(folder).Select(question => question.Question)]);
    }

    private static (IReadOnlyList<Passage> Passages, IReadOnlyList<string> Questions) OfXQuAD(string language)
    {
        var xquad = XQuAD.Load(language);
        return (xquad.Passages, xquad.Questions);
    }

    private static int Cancel(CancellationTokenSource cancellation)
    {
        cancellation.Cancel();
        return 0;
    }

    private LuceneIndex Open(LuceneIndexOptions? options = null)
    {
        _opened.Add(new(_folder.Path, options));
        return _opened[^1];
    }
}
