using System.Text.Json;
using CrossEncoders.Onnx;
using CrossEncoders.Tests.Modeling;

namespace CrossEncoders.Tests.Onnx;

/// <summary>Logits of exported tiny checkpoints against those of libtorch, which equal transformers'.</summary>
public sealed class OnnxParityTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Models =>
        [
            .. CheckpointParityTests.Architectures.Select(row => $"models/{row.Data}"),
            .. ModuleParityTests.CrossEncoders.Select(row => $"modules/{row.Data}"),
        ];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void LogitsEqualTheCheckpoints(string name)
    {
        using var model = ModelFolder.Load(Folder(name));
        using var served = Exported(model, new());
        var pairs = Pairs(name);
        AssertClose(model.Score(pairs), served.Score(pairs), Tolerance);
        AssertClose(served.Score(pairs), [.. pairs.SelectMany(pair => served.Score([pair]))], 1e-5); // alone as in a batch
        Assert.Equal((model.Labels, model.MaxLength, model.Prompt), (served.Labels, served.MaxLength, served.Prompt));
        AssertClose(model.Predict(pairs), served.Predict(pairs), Tolerance);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void InHalfPrecisionTheWeightsAreRounded(string name)
    {
        using var model = ModelFolder.Load(Folder(name));
        using var served = Exported(model, new() { Precision = OnnxPrecision.Fp16 });
        var pairs = Pairs(name);
        AssertClose(model.Score(pairs), served.Score(pairs), 5e-3);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void AnyLengthAndNumberOfPairsIsTaken(string name)
    {
        using var model = ModelFolder.Load(Folder(name));
        using var served = Exported(model, new());
        foreach (var length in (int[])[0, 1, 30, 60, 1000])
        {
            TextPair[] pairs = [.. Enumerable.Range(0, 3).Select(i => new TextPair("which?", Words(length + i)))];
            AssertClose(model.Score(pairs), served.Score(pairs), Tolerance);
            AssertClose(model.Score(pairs[..1]), served.Score(pairs[..1]), Tolerance);
        }
    }

    /// <summary>A whole model's; of some a plain clone holds the configuration alone.</summary>
    internal static string Folder(string name) => Path.GetDirectoryName(Shared.Path($"golden/{name}/cases.json"))!;

    private OnnxCrossEncoder Exported(CrossEncoder model, OnnxExportOptions options)
    {
        model.ExportOnnx(_scratch["exported"], options);
        return OnnxCrossEncoder.FromPretrained(_scratch["exported"], new() { Report = _ => { } });
    }

    private static TextPair[] Pairs(string name)
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(name), "cases.json")));
        return
        [
            .. cases
                .RootElement.GetProperty("pairs")
                .EnumerateArray()
                .Select(pair => new TextPair(pair[0].GetString()!, pair[1].GetString()!)),
        ];
    }

    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("passage", count));

    /// <summary>Logits of 65 have other roundings than those of 1.</summary>
    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.InRange(Math.Abs(expected[i] - actual[i]), 0, tolerance * Math.Max(1, Math.Abs(expected[i])));
    }
}
