using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>Which parameters of a model with two layers learn, and how fast.</summary>
public sealed class LayerRateTests
{
    [Theory]
    [InlineData(0, false, new string[0])]
    [InlineData(0, true, new[] { "embeddings" })]
    [InlineData(1, false, new[] { "embeddings", "layer.0" })]
    [InlineData(2, true, new[] { "embeddings", "layer.0", "layer.1" })]
    public void FrozenLayersTakeTheEmbeddingsWithThem(int layers, bool embeddings, string[] frozen)
    {
        using var model = TinyModel.Load("bert");
        var found = LayerRates.Frozen(model.Model, new TrainingArguments { FrozenLayers = layers, FreezeEmbeddings = embeddings });
        string[] parts = ["embeddings", "layer.0", "layer.1", "pooler", "classifier"];
        Assert.Equal(frozen, parts.Where(part => found.Any(parameter => parameter.Names[0].Contains(part, StringComparison.Ordinal))));
        foreach (var part in frozen.Except(layers == 0 ? ["embeddings"] : []))
            Assert.All(
                model.Model.Parameters.Parameters.Where(parameter => parameter.Names[0].Contains(part, StringComparison.Ordinal)),
                parameter => Assert.Contains(parameter, found)
            );
    }

    [Theory]
    [InlineData("xlm-roberta", 1.0)]
    [InlineData("xlm-roberta", 0.9)]
    [InlineData("bert", 0.5)]
    public void TheRateFallsByAFactorALayer(string architecture, double decay)
    {
        using var model = TinyModel.Load(architecture);
        var rateOf = LayerRates.Of(model.Model, decay);
        foreach (var parameter in model.Model.Parameters.Parameters)
        {
            var name = parameter.Names[0];
            var below =
                name.Contains("embeddings", StringComparison.Ordinal) ? 3
                : name.Contains("layer.0.", StringComparison.Ordinal) ? 2
                : name.Contains("layer.1.", StringComparison.Ordinal) ? 1
                : 0;
            Assert.Equal(Math.Pow(decay, below), rateOf(parameter), 1e-12);
        }
    }
}
