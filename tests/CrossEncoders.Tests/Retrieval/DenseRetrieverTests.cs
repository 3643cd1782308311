using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public sealed class DenseRetrieverTests : IDisposable
{
    private static readonly Passage[] Passages = [new("1", "aab"), new("2", "bbb"), new("3", "aaa"), new("4", "ccb"), new("5", "a")];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dense");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void FindsTheNearestVectorsWithTiesInOrder()
    {
        var dense = new DenseRetriever(Passages, new LetterEmbedder());

        var hits = dense.Search("aa", 3);

        Assert.Equal(["3", "5", "1"], hits.Select(h => h.Passage.Id));
        Assert.Equal(2 / Math.Sqrt(5), hits[2].Score, 1e-6);
        var all = dense.SearchAll(["aa", "b"], 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["3", "2"], all.Select(h => h[0].Passage.Id));
    }

    [Fact]
    public void KeepsVectorsInAFileUntilPassagesOrWeightsChange()
    {
        var file = Path.Combine(_folder.FullName, "new", "vectors.bin");
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
}
