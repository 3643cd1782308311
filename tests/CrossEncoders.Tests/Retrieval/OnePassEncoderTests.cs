using System.Numerics.Tensors;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>What a search reads once gives what its two uses give apart.</summary>
public sealed class OnePassEncoderTests
{
    private static readonly string[] Texts =
    [
        "where do foxes sleep?",
        "水壶什么时候断电？",
        string.Join(' ', Enumerable.Repeat("a question that is longer than late interaction reads", 30)),
        "where do foxes sleep?",
        "",
    ];

    [Fact]
    public void VectorsAndStatesAreThoseOfTheEncoder()
    {
        using var encoder = Load();
        var once = new OnePassEncoder(encoder);
        var states = States(once, queries: false);
        AssertSame(States(encoder, queries: false), states);
        AssertSame(encoder.EmbedPassages(Texts), once.EmbedPassages(Texts));
        once.ForgetPassages();
        AssertSame(encoder.EmbedPassages(Texts), once.EmbedPassages(Texts));
        AssertSame(encoder.EmbedQueries(Texts), once.EmbedQueries(Texts));
        AssertSame(States(encoder, queries: true), States(once, queries: true));
        Assert.Equal(((ITokenEmbedder)encoder).Settings, ((ITokenEmbedder)once).Settings); // files of either are the other's
    }

    [Fact]
    public void AQueryIsReadOnce()
    {
        Passage[] passages = [new("1", "Foxes sleep in dens."), new("2", "The kettle switches itself off."), new("3", "A bus.")];
        var encoder = Load();
        using var search = new FusedSearch(passages, encoder);
        var before = search.SearchAll([Texts[0], Texts[1], Texts[2]], 3);
        encoder.Dispose(); // from here on it can only remember
        Assert.Equal(before[1], search.Search(Texts[1], 3));
        Assert.Equal(before[2], search.Search(Texts[2], 3));
        Assert.Equal(search.Dense.Search(Texts[0], 1)[0].Passage, before[0][0].Passage);
        Assert.Throws<ObjectDisposedException>(() => search.Search("another question", 3));
    }

    private static BiEncoder Load() => ModelFolder.LoadBi(ModelFolder.Shipped("multilingual-e5-small-enzh"));

    private static float[][] States(ITokenEmbedder embedder, bool queries)
    {
        var states = new float[Texts.Length][];
        foreach (var (text, found) in embedder.EmbedTokens(Texts, queries, embedder.UsualTokens(queries), CancellationToken.None))
            states[text] = [.. found.Values, found.OwnStart, found.OwnCount];
        return states;
    }

    private static void AssertSame(float[][] expected, float[][] found)
    {
        Assert.Equal(expected.Length, found.Length);
        foreach (var (first, second) in expected.Zip(found))
        {
            Assert.Equal(first.Length, second.Length);
            Assert.InRange(TensorPrimitives.Distance(first, second), 0, 1e-4 * TensorPrimitives.Norm(first));
        }
    }
}
