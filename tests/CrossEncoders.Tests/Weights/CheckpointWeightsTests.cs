using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

public sealed class CheckpointWeightsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bert")]
    [InlineData("bert-3-labels")]
    [InlineData("roberta")]
    [InlineData("xlm-roberta")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("deberta-v2")]
    [InlineData("modernbert")]
    [InlineData("bert-bare")]
    [InlineData("xlm-roberta-bare")]
    public void KeysShapesAndTypesEqualTheReferences(string architecture)
    {
        using var source = CheckpointWeights.Open(Shared.Path($"golden/models/{architecture}"));
        var expected = File.ReadAllLines(Shared.Path($"golden/models/{architecture}/keys.txt"));
        Assert.Equal(
            expected.Where(line => line != ""),
            source.Tensors.Values.OrderBy(info => info.Name, StringComparer.Ordinal).Select(Line)
        );

        static string Line(TensorInfo info) =>
            $"{info.Name}: [{string.Join(", ", info.Shape)}] {info.Type.ToTorch().ToString().ToLowerInvariant()}";
    }

    [Fact]
    public void ShardsHoldWhatTheSingleFileHolds()
    {
        using var sharded = CheckpointWeights.Open(Shared.Path("golden/models/containers/xlm-roberta-sharded"));
        using var single = CheckpointWeights.Open(Shared.Path("golden/models/xlm-roberta"));
        TensorAssert.Equal(single, sharded);
    }

    [Fact]
    public void HalfPrecisionFilesHoldTheRoundedWeights()
    {
        using var full = CheckpointWeights.Open(Shared.Path("golden/models/bert"));
        foreach (var (type, dtype) in new[] { ("f16", torch.ScalarType.Float16), ("bf16", torch.ScalarType.BFloat16) })
        {
            using var half = new SafetensorsFile(Shared.Path($"golden/models/containers/bert.{type}.safetensors"));
            TensorAssert.Equal(full, half, dtype);
        }
    }

    [Fact]
    public void AFolderWithoutWeightsIsToldWhatWasLookedFor()
    {
        File.WriteAllText(_folder["config.json"], "{}");
        var message = Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path)).Message;
        Assert.Contains("model.safetensors", message);
        Assert.Contains("pytorch_model.bin", message);
        Assert.Contains("config.json", message);
        Assert.Contains("nowhere", Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder["nowhere"])).Message);
    }

    [Theory]
    [InlineData("{\"weight_map\":{\"x\":\"../a\"}}", "plain file name")]
    [InlineData("{\"weight_map\":{\"x\":\"missing\"}}", "needs the shard 'missing'")]
    [InlineData("{\"weight_map\":{\"y\":\"a\"}}", "'y' is in 'a', but it is not")]
    [InlineData("{\"weight_map\":{\"x\":\"a\",\"x\":\"a\"}}", "twice")]
    [InlineData("{\"weight_map\":{\"x\":1}}", "not a sound index")]
    [InlineData("{\"weight_map\":{\"x\":null}}", "not a sound index")]
    [InlineData("{\"weight_map\":[]}", "not a sound index")]
    [InlineData("[]", "not a sound index")]
    [InlineData("{}", "not a sound index")]
    [InlineData("{", "was expected (Expected depth to be zero")]
    public void AnIndexThatLiesIsRefused(string index, string complaint)
    {
        using var one = torch.ones(2);
        SafetensorsWriter.Write(_folder["a"], [("x", one)]);
        File.WriteAllText(_folder["model.safetensors.index.json"], index);
        Assert.Contains(complaint, Assert.Throws<CrossEncoderException>(() => CheckpointWeights.Open(_folder.Path)).Message);
    }
}
