using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public sealed class DenseRetrieverTests : IDisposable
{
    private static readonly Passage[] Passages = [new("1", "aab"), new("2", "bbb"), new("3", "aaa"), new("4", "ccb"), new("5", "a")];
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FindsTheNearestVectorsWithTiesInOrder()
    {
        var dense = new DenseRetriever(Passages, new LetterEmbedder());

        var hits = dense.Search("aa", 3);

        Assert.Equal(["3", "5", "1"], hits.Select(hit => hit.Passage.Id));
        Assert.Equal(2 / Math.Sqrt(5), hits[2].Score, 1e-6);
        var all = dense.SearchAll(["aa", "b"], 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["3", "2"], all.Select(hit => hit[0].Passage.Id));
    }

    [Fact]
    public void KeepsVectorsInAFileUntilPassagesOrWeightsChange()
    {
        var file = _folder["new/vectors.bin"];
        int Embedded(IEnumerable<Passage> passages, string letters = "abc")
        {
            var embedder = new LetterEmbedder(letters);
            Assert.Equal("2", new DenseRetriever(passages, embedder, file).Search("b", 1)[0].Passage.Id);
            return embedder.PassagesEmbedded;
        }

        Assert.Equal(5, Embedded(Passages));
        Assert.Equal(1, Embedded(Passages)); // only the sample
        Assert.Equal(1 + 5, Embedded(Passages, "cba")); // same name, other weights: seen by the sample
        Assert.Equal(4, Embedded(Passages[1..], "cba")); // other passages
        using (var stream = File.OpenWrite(file))
            stream.SetLength(stream.Length - 3);
        Assert.Equal(4, Embedded(Passages[1..], "cba")); // a torn file
        var bytes = File.ReadAllBytes(file);
        bytes[^60] ^= 1; // not of the sample, and no length changes
        File.WriteAllBytes(file, bytes);
        Assert.Equal(4, Embedded(Passages[1..], "cba"));
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("EMB1, cut short")]
    [InlineData("EMB1 of an earlier version, long enough to hold a head of its own, and a little more")]
    public void AnEmptyOrDamagedCacheIsMadeAnew(string text)
    {
        var file = _folder["vectors.bin"];
        File.WriteAllText(file, text);
        var embedder = new LetterEmbedder();

        Assert.Equal("3", new DenseRetriever(Passages, embedder, file).Search("a", 1)[0].Passage.Id);
        Assert.Equal(5, embedder.PassagesEmbedded);
    }

    [Theory]
    [InlineData("EMB")]
    [InlineData("my notes")]
    [InlineData("some other file that is long enough to hold a head of its own, and a little more")]
    public void AFileOfSomethingElseIsRefusedAndStays(string text)
    {
        var file = _folder["notes.txt"];
        File.WriteAllText(file, text);
        var embedder = new LetterEmbedder();

        var error = Assert.Throws<CrossEncoderException>(() => new DenseRetriever(Passages, embedder, file));

        Assert.Contains($"'{file}' is not a file of vectors", error.Message);
        Assert.Equal((0, text), (embedder.PassagesEmbedded, File.ReadAllText(file)));
    }

    [Fact]
    public void AFileThatAnotherHoldsIsNamed()
    {
        using var held = new FileStream(_folder["vectors.bin"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var error = Assert.Throws<CrossEncoderException>(() => new DenseRetriever(Passages, new LetterEmbedder(), held.Name));

        Assert.Contains($"'{held.Name}' cannot be read", error.Message);
    }

    [Fact]
    public void AnotherLimitIsSeenInTheLongestPassage()
    {
        var file = _folder["vectors.bin"];
        Passage[] passages = [new("1", "a"), new("2", "aabbbb")];
        _ = new DenseRetriever(passages, new LetterEmbedder(limit: 2), file);
        var whole = new LetterEmbedder();

        Assert.Equal("2", new DenseRetriever(passages, whole, file).Search("b", 1)[0].Passage.Id);
        Assert.Equal(1 + 2, whole.PassagesEmbedded);
    }

    [Fact]
    public void VectorsOfABiEncodersOtherSettingsAreMadeAnew()
    {
        var file = _folder["vectors.bin"];
        Passage[] passages = [new("1", "The pump stops above three bar."), new("2", "Foxes sleep in dens.")];
        float[] Scores(string? cache, BiEncoderOptions options)
        {
            using var encoder = ModelFolder.LoadBi(ModelFolder.Shipped("multilingual-e5-small-enzh"), options);
            return new DenseRetriever(passages, encoder, cache).Score([.. passages.Select(passage => new TextPair("q", passage.Text))]);
        }

        BiEncoderOptions usual = new();
        foreach (var options in (BiEncoderOptions[])[usual with { MaxLength = 5 }, usual, usual with { PassagePrefix = "" }, usual])
            Assert.Equal(Scores(null, options), Scores(file, options));
        Scores(file, usual with { MaxLength = 500 });
        var before = File.ReadAllBytes(file);
        Scores(file, usual with { MaxLength = 501 }); // no passage is that long, so that only the settings tell
        Assert.NotEqual(before[..36], File.ReadAllBytes(file)[..36]);
    }

    [Fact]
    public void AnotherPoolingIsSeenInTheVectors()
    {
        var file = _folder["vectors.bin"];
        Passage[] passages = [new("1", "The pump stops above three bar."), new("2", "Foxes sleep in dens.")];
        byte[] Kept(Pooling pooling)
        {
            using var encoder = ModelFolder.LoadBi(ModelFolder.Shipped("multilingual-e5-small-enzh"), new() { Pooling = pooling });
            _ = new DenseRetriever(passages, encoder, file);
            return File.ReadAllBytes(file);
        }

        Assert.All([Pooling.Cls, Pooling.Max], pooling => Assert.NotEqual(Kept(Pooling.Mean), Kept(pooling)));
    }

    [Fact]
    public void AVectorForEachTextAndOfOneLengthIsRequired()
    {
        var few = Assert.Throws<CrossEncoderException>(() => new DenseRetriever(Passages, new Broken(texts => texts[..^1])));
        var ragged = Assert.Throws<CrossEncoderException>(() =>
            new DenseRetriever(Passages, new Broken(texts => [.. texts.Select(vector => vector[0] == 1 ? vector : [.. vector, 0])]))
        );
        var index = new DenseRetriever(
            Passages,
            new Broken(texts =>
                texts.Length == 5
                    ? texts
                    :
                    [
                        [1, 0, 0, 0],
                    ]
            )
        );

        Assert.Contains("'broken' gave 4 for 5", few.Message);
        Assert.Contains("3 and 4 numbers", ragged.Message);
        Assert.Contains("one length", Assert.Throws<CrossEncoderException>(() => index.Search("a", 1)).Message);
        Assert.Contains("one length", Assert.Throws<CrossEncoderException>(() => index.SearchAll(["a"], 1)).Message);
        Assert.Contains("one length", Assert.Throws<CrossEncoderException>(() => index.Score([new("a", "aab")])).Message);
    }

    [Fact]
    public void ItsNameIsTheEmbeddersUnlessAnotherIsGiven()
    {
        Assert.Equal("letters", new DenseRetriever(Passages, new LetterEmbedder()).Name);
        Assert.Equal("dense", new DenseRetriever(Passages, new LetterEmbedder(), name: "dense").Name);
    }

    [Fact]
    public void ACosineScorerGivesTheLogitOfTheCosine()
    {
        var scorer = new CosineScorer(new LetterEmbedder());

        var scores = scorer.Score([new("a", "ab"), new("a", "b"), new("a", "aa"), new("b", "ab")]);

        Assert.Equal(Math.Log(Math.Sqrt(0.5) / (1 - Math.Sqrt(0.5))), scores[0], 1e-5);
        Assert.Equal([-16.1f, 16.1f], scores[1..3], (a, b) => MathF.Abs(a - b) < 0.1f); // 0 and 1 have no finite logit
        Assert.Equal(scores[0], scores[3], 1e-5f);
        Assert.Contains(
            "'broken' gave 0 for 1",
            Assert.Throws<CrossEncoderException>(() => new CosineScorer(new Broken(_ => [])).Score([new("a", "b")])).Message
        );
    }

    /// <summary>Gives vectors that something was done to.</summary>
    private sealed class Broken(Func<float[][], float[][]> change) : ITextEmbedder
    {
        public string Name => "broken";

        public float[][] EmbedQueries(
            IReadOnlyList<string> queries,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => change([.. queries.Select((_, i) => (float[])[i == 0 ? 1 : 0, 0, 1])]);

        public float[][] EmbedPassages(
            IReadOnlyList<string> passages,
            IProgress<WorkProgress>? progress = null,
            CancellationToken cancellation = default
        ) => EmbedQueries(passages, progress, cancellation);
    }
}
