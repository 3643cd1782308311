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
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("some other file that is long enough to hold a head of its own, and a little more")]
    public void AFileThatIsNoCacheIsReplaced(string text)
    {
        var file = _folder["vectors.bin"];
        File.WriteAllText(file, text);
        var embedder = new LetterEmbedder();

        Assert.Equal("3", new DenseRetriever(Passages, embedder, file).Search("a", 1)[0].Passage.Id);
        Assert.Equal(5, embedder.PassagesEmbedded);
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
