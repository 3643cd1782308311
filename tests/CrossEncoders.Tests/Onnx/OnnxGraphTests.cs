using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Onnx;
using CrossEncoders.Onnx.Graph;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Onnx;

/// <summary>
/// Graphs of tiny random models, by token ids: what a decoder or gte's architecture may be set to, padded on either side.
/// </summary>
public sealed class OnnxGraphTests : IDisposable
{
    private static readonly long[][] Texts =
    [
        [5, 6, 7, 8, 9, 10, 11],
        [12, 13, 14],
        [15],
    ];

    private readonly ScratchFolder _scratch = new();
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("qwen2", null, null)]
    [InlineData("qwen3", null, null)]
    [InlineData("qwen3", "tie_word_embeddings", "false")]
    [InlineData("qwen3", "num_key_value_heads", "4")]
    [InlineData("qwen3", "num_key_value_heads", "1")]
    [InlineData("qwen3", "attention_bias", "true")]
    [InlineData("qwen3", "head_dim", "6")]
    [InlineData("qwen3", "rope_theta", "100")]
    [InlineData("qwen3", "num_labels", "3")]
    [InlineData("qwen2", "hidden_act", "\"gelu\"")]
    public void ADecodersLogitsAreTheModelsOnWhicheverSideItIsPadded(string family, string? key, string? value)
    {
        var json = TinyModels.Decoder(family);
        if (key is not null)
            json[key] = JsonNode.Parse(value!);
        var config = TinyModels.Config(_scratch.Path, json);
        ModuleList?[] heads = [null, ModuleList.OfLogits(3, 4), One(ModuleList.OfLogits(3, 4))];
        foreach (var head in heads)
        {
            using var model = TinyModels.Create(head is null ? config : config with { Modules = head, LabelNames = null, LabelCount = 1 });
            foreach (var left in (bool[])[false, true])
                AssertSame(model, left);
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("pack_qkv", "false")]
    [InlineData("rope_scaling", "null")]
    [InlineData("type_vocab_size", "2")]
    [InlineData("type_vocab_size", "0")]
    [InlineData("hidden_act", "\"gelu\"")]
    public void LogitsOfGtesArchitectureAreTheModels(string? key, string? value)
    {
        var json = TinyModels.New(32);
        if (key is not null)
            json[key] = JsonNode.Parse(value!);
        using var model = TinyModels.Create(TinyModels.Config(_scratch.Path, json));
        AssertSame(model, left: false);
    }

    [Fact]
    public void AWholeFolderOfGtesArchitectureIsServed()
    {
        using var model = ModelFolder.Load(TinyModels.NewFolder(_scratch["model"]));
        TextPair[] pairs = [new("dome", "The dome is high."), new("why?", "because of the wind")];
        foreach (var precision in (OnnxPrecision[])[OnnxPrecision.Fp32, OnnxPrecision.Fp16, OnnxPrecision.Quantized])
        {
            model.ExportOnnx(_scratch["out"], new() { Precision = precision, LeastNdcgShare = 0 });
            using var served = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { Precision = precision });
            var tolerance = precision == OnnxPrecision.Fp32 ? 1e-4 : 0.3; // eight numbers in 8 bits
            CheckpointParityTests.AssertClose(model.Score(pairs), served.Score(pairs), tolerance);
        }
    }

    /// <summary>Scored by the logit of one token alone.</summary>
    private static ModuleList One(ModuleList list) => list with { Modules = [new LogitScoreModule("1_LogitScore", 3, null)] };

    private void AssertSame(SequenceClassifier model, bool left)
    {
        var path = _scratch["model.onnx"];
        GraphFile.Write(path, GraphFile.Build(model, new FullForm(), new Dictionary<string, string>()));
        using var session = OnnxSession.Open(path, model.Config.Labels, new());
        foreach (var filler in (long[])[1, 9])
        {
            var batch = Batch(filler, left, model.Config.TypeVocabularySize > 1);
            using var guard = no_grad();
            Tensor Of(long[] values) => tensor(values).view(batch.Texts, batch.Length);
            var expected = model.Forward(Of(batch.Ids), Of(batch.TypeIds), tensor(batch.Mask).view(batch.Texts, batch.Length));
            var found = session.Run(batch, default);
            CheckpointParityTests.AssertClose(expected.data<float>().ToArray(), found, 1e-5);
            Assert.Equal(found.Length, found.Distinct().Count());
        }
    }

    private static TokenBatch Batch(long filler, bool left, bool types)
    {
        var width = Texts.Max(text => text.Length);
        T[] Fill<T>(Func<long[], T[]> of, T with) =>
            [
                .. Texts.SelectMany(text =>
                {
                    var padding = Enumerable.Repeat(with, width - text.Length);
                    return left ? padding.Concat(of(text)) : of(text).Concat(padding);
                }),
            ];
        return new(
            Texts.Length,
            width,
            Fill(text => text, filler),
            Fill(text => [.. text.Select(id => types ? id % 2 : 0)], 0L),
            Fill(text => [.. text.Select(_ => true)], false)
        );
    }
}
