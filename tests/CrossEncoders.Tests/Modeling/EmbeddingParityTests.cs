using System.Numerics.Tensors;
using System.Text.Json;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Vectors of bare encoders against the reference (../shared/golden/e5 and models).</summary>
public class EmbeddingParityTests
{
    [Fact]
    public void SmallE5EqualsTheReference()
    {
        var golden = Shared.Path("golden/e5/embeddings.json");
        using var json = JsonDocument.Parse(File.ReadAllText(golden));
        using var model = BiEncoder.FromPretrained(
            Shared.Path("models/multilingual-e5-small-enzh"),
            new() { Device = "cpu", ComputeType = ScalarType.Float32 }
        );
        AssertSame(
            Vectors(json.RootElement.GetProperty("query_embeddings")),
            model.EmbedQueries(Texts(json.RootElement.GetProperty("queries"))),
            1e-4
        );
        AssertSame(
            Vectors(json.RootElement.GetProperty("passage_embeddings")),
            model.EmbedPassages(Texts(json.RootElement.GetProperty("passages"))),
            1e-4
        );
    }

    [Theory]
    [InlineData("bert-bare")]
    [InlineData("xlm-roberta-bare")]
    public void BareEncodersPoolLikeTheReference(string name)
    {
        var folder = Shared.Path($"golden/models/{name}");
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        var texts = Texts(json.RootElement.GetProperty("texts"));
        foreach (var (pooling, key) in ((Pooling, string)[])[(Pooling.Mean, "mean"), (Pooling.Cls, "cls")])
        {
            using var model = BiEncoder.FromPretrained(
                folder,
                new()
                {
                    Device = "cpu",
                    ComputeType = ScalarType.Float32,
                    Pooling = pooling,
                    QueryPrefix = "",
                    MaxLength = json.RootElement.GetProperty("max_length").GetInt32(),
                }
            );
            AssertSame(Vectors(json.RootElement.GetProperty(key)), model.EmbedQueries(texts), 1e-5);
        }
    }

    private static void AssertSame(float[][] expected, float[][] actual, double distance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.InRange(1 - TensorPrimitives.CosineSimilarity(expected[i], actual[i]), -1e-5, distance);
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];

    private static float[][] Vectors(JsonElement array) =>
        [.. array.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetSingle()).ToArray())];
}
