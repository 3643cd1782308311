using System.Text.Json;
using CrossEncoders.Examples;
using CrossEncoders.Onnx;
using CrossEncoders.Tests.Modeling;

namespace CrossEncoders.Tests.Onnx;

/// <summary>Models in 8 bits: close to the checkpoint, and exported only where they rank as it does.</summary>
public sealed class OnnxQuantizedTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("en")]
    [InlineData("zh")]
    [Trait("Speed", "Slow")]
    public void TheShippedModelPassesTheGateOrIsRefusedWithTheFigure(string language)
    {
        using var model = ModelFolder.Load(ModelFolder.Shipped("cross-encoder-small-enzh"));
        var validation = Questions(language);
        var options = new OnnxExportOptions { Precision = OnnxPrecision.Quantized, Validation = validation };
        var quality = model.ExportOnnx(_scratch["any"], options with { LeastNdcgShare = 0 }).Quality!;
        Assert.InRange(quality.KendallTau, 0.9, 1);
        Assert.True(quality.LargestDifference > 0); // it is another model
        if (quality.NdcgShare >= options.LeastNdcgShare)
        {
            Assert.Equal(quality, model.ExportOnnx(_scratch["served"], options).Quality);
            using var served = OnnxCrossEncoder.FromPretrained(_scratch["served"]);
            Assert.Equal("Quantized", served.Metadata["precision"]);
        }
        else
        {
            var error = Assert.Throws<CrossEncoderException>(() => model.ExportOnnx(_scratch["served"], options));
            Assert.Contains(quality.ToString(), error.Message);
            Assert.False(Directory.Exists(_scratch["served"]));
        }
    }

    [Theory]
    [MemberData(nameof(OnnxParityTests.Models), MemberType = typeof(OnnxParityTests))]
    public void EveryArchitectureIsCloseToItself(string name)
    {
        using var model = ModelFolder.Load(OnnxParityTests.Folder(name));
        var result = model.ExportOnnx(_scratch["out"], new() { Precision = OnnxPrecision.Quantized, LeastNdcgShare = 0 });
        using var served = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { Report = _ => { } });
        TextPair[] pairs =
        [
            .. Enumerable
                .Range(0, 12)
                .Select(i => new TextPair($"what is {i * i}?", string.Join(' ', Enumerable.Repeat($"passage {i}", 1 + i)))),
        ];
        var (expected, found) = (model.Score(pairs), served.Score(pairs));
        var spread = expected.Max() - expected.Min();
        Assert.All(expected.Zip(found), both => Assert.InRange(Math.Abs(both.First - both.Second), 0, 0.1 * spread));
        CheckpointParityTests.AssertClose(found[..model.Labels], served.Score(pairs[..1]), 1e-3 * spread); // alone as in a batch
        Assert.EndsWith("onnx/model_quantized.onnx", result.Path.Replace('\\', '/'));
    }

    [Fact]
    public void WithoutPairsToCompareOnItIsRefused()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
        var error = Assert.Throws<CrossEncoderException>(() =>
            model.ExportOnnx(_scratch["out"], new() { Precision = OnnxPrecision.Quantized })
        );
        Assert.Contains("Validation", error.Message);
        Assert.False(Directory.Exists(_scratch["out"]));
    }

    /// <summary>Questions about the handbook, each with the words that answer it and those that answer five others.</summary>
    private static InputExample[] Questions(string language)
    {
        var asked = File.ReadLines(Path.Combine(Shared.Repository, "data", "questions", "test.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where(question => question.GetProperty("language").GetString() == language)
            .Take(40)
            .Select(question =>
                (
                    Text: question.GetProperty("question").GetString()!,
                    Answer: question.GetProperty("answers")[0].GetProperty("quote").GetString()!
                )
            )
            .ToArray();
        return
        [
            .. asked.SelectMany(
                (question, at) =>
                    Enumerable
                        .Range(0, 6)
                        .Select(i => new InputExample([question.Text, asked[(at + i) % asked.Length].Answer], i == 0 ? 1 : 0))
            ),
        ];
    }
}
