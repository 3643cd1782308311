using CrossEncoders.Integration;
using CrossEncoders.Integration.DataRetrieval;
using CrossEncoders.Onnx;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Integration;

/// <summary>Models in an application's container.</summary>
public sealed class ModelServicesTests : IDisposable
{
    private static readonly TextPair Pair = new("who wrote it", "she wrote it");

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task ACrossEncoderIsLoadedOnceUnderItsThreeNamesAndDisposedOfWithTheContainer()
    {
        var notes = new List<string>();
        CrossEncoderOptions options = new()
        {
            Device = "cpu",
            ComputeType = ScalarType.Float32,
            MaxLength = 8,
            Report = notes.Add,
        };
        CrossEncoder model;
        await using (var services = Container(into => into.AddCrossEncoder(Shared.Path("golden/models/bert"), options)))
        {
            model = services.GetRequiredService<CrossEncoder>();
            Assert.Same(model, services.GetRequiredService<CrossEncoder>());
            Assert.Same(model, services.GetRequiredService<IPassageScorer>());
            Assert.Equal(8, model.MaxLength);
            var ranked = await services.GetRequiredService<IReranker>().RerankAsync(Pair.Query, [new(Pair.Passage, 0)]);
            Assert.Equal(model.Predict([Pair])[0], ranked[0].Score, 1e-6);
        }

        Assert.Throws<ObjectDisposedException>(() => model.Score([Pair]));
    }

    [Fact]
    public void NothingIsLoadedBeforeItIsAskedForAndTheErrorIsTheModels()
    {
        using var services = Container(into => into.AddCrossEncoder(_scratch["none"]).AddBiEncoder(_scratch["none"]));
        Assert.Contains("none", Assert.Throws<CrossEncoderException>(services.GetRequiredService<CrossEncoder>).Message);
        Assert.Contains("none", Assert.Throws<CrossEncoderException>(services.GetRequiredService<ITextEmbedder>).Message);
    }

    [Fact]
    public void KeysTellModelsApart()
    {
        using var services = Container(into =>
            into.AddCrossEncoder(Shared.Path("golden/models/bert"), new() { Name = "plain" })
                .AddCrossEncoder(Shared.Path("golden/models/roberta"), new() { Name = "first" }, key: "a")
                .AddCrossEncoder(Shared.Path("golden/models/electra"), new() { Name = "second" }, key: "b")
        );
        Assert.Equal("plain", services.GetRequiredService<IPassageScorer>().Name);
        Assert.Equal("first", services.GetRequiredKeyedService<IPassageScorer>("a").Name);
        Assert.Equal("second", services.GetRequiredKeyedService<CrossEncoder>("b").Name);
        Assert.Null(services.GetKeyedService<CrossEncoder>("c"));
    }

    [Fact]
    public async Task ABiEncoderIsAnEmbedderAndAGenerator()
    {
        BiEncoderOptions options = new() { Device = "cpu", ComputeType = ScalarType.Float32 };
        await using var services = Container(into =>
            into.AddBiEncoder(ModelFolder.Shipped("multilingual-e5-small-enzh"), options, EmbeddedAs.Query)
        );
        var model = services.GetRequiredService<BiEncoder>();
        Assert.Same(model, services.GetRequiredService<ITextEmbedder>());
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var vector = await generator.GenerateVectorAsync(Pair.Query);
        Assert.Equal(model.EmbedQueries([Pair.Query])[0], vector.ToArray());
        Assert.Equal(model.Dimensions, vector.Length);
        Assert.Equal(model.Dimensions, generator.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelDimensions);
    }

    [Fact]
    public void AnExportedModelIsAScorer()
    {
        using (var model = ModelFolder.Load(Shared.Path("golden/models/bert")))
            model.ExportOnnx(_scratch["served"]);
        OnnxCrossEncoder served;
        using (var services = Container(into => into.AddOnnxCrossEncoder(_scratch["served"], new() { MaxLength = 8 })))
        {
            served = services.GetRequiredService<OnnxCrossEncoder>();
            Assert.Same(served, services.GetRequiredService<IPassageScorer>());
            Assert.NotNull(services.GetRequiredService<IReranker>());
            Assert.Equal(8, served.MaxLength);
        }

        Assert.Throws<ObjectDisposedException>(() => served.Score([Pair]));
    }

    private static ServiceProvider Container(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }
}
