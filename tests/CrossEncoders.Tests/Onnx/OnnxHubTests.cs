using CrossEncoders.Onnx;
using CrossEncoders.Runtime;
using CrossEncoders.Tests.Hub;

namespace CrossEncoders.Tests.Onnx;

/// <summary>Exported models by their hub id: what is fetched, and what is not.</summary>
public sealed class OnnxHubTests : IDisposable
{
    private static readonly TextPair[] Pairs = [new("why?", "because of the wind"), new("a", "")];
    private readonly ScratchFolder _scratch = new();
    private readonly FakeHub _hub = new();
    private readonly float[] _expected;

    public OnnxHubTests()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
        _expected = model.Score(Pairs);
        model.SavePretrained(_scratch["out"]);
        model.ExportOnnx(_scratch["out"]);
        model.ExportOnnx(_scratch["out"], new() { Precision = OnnxPrecision.Quantized, LeastNdcgShare = 0 });
        _hub.Files.Clear();
        foreach (var path in Directory.EnumerateFiles(_scratch["out"], "*", SearchOption.AllDirectories))
            _hub.Files[Path.GetRelativePath(_scratch["out"], path).Replace('\\', '/')] = File.ReadAllBytes(path);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void OnlyTheChosenGraphAndWhatDescribesItIsFetched()
    {
        using var served = Load();
        Assert.All(_expected.Zip(served.Score(Pairs)), both => Assert.Equal(both.First, both.Second, 1e-4));
        Assert.Equal((FakeHub.Id, "model"), (served.Source, served.Name));
        Assert.Equal(["onnx/model.onnx"], Fetched().Where(IsLarge));
        Assert.True(File.Exists(Path.Combine(_hub.ModelFolder, "snapshots", FakeHub.Commit, "config.json")));
        Assert.Equal("onnx/model.onnx", Fetched()[^1]); // last, so that a folder that has it is whole
        Assert.NotEmpty(served.Identity().Fingerprint);
    }

    [Fact]
    public void TheHubsNotesChooseAndOneWordChoosesOtherwise()
    {
        var content = QualityNote.ContentOf(_scratch["out/onnx/model_quantized.onnx"]);
        QualityNote.Write(_scratch["out"], [new("onnx/model_quantized.onnx", content, Processor.InstructionSet, 1, "")]);
        _hub.Files[QualityNote.Place] = File.ReadAllBytes(_scratch[$"out/{QualityNote.Place}"]);
        using (var served = Load())
            Assert.Equal("Quantized", served.Metadata["precision"]);
        Assert.Equal(["onnx/model_quantized.onnx"], Fetched().Where(IsLarge));
        using var exact = Load(new() { Precision = OnnxPrecision.Fp32 });
        Assert.Equal("Fp32", exact.Metadata["precision"]);
    }

    [Fact]
    public void WithoutANetworkTheCacheServes()
    {
        Load().Dispose();
        _hub.Options = _hub.Options with { Offline = true };
        using (var served = Load())
            Assert.Equal("Fp32", served.Metadata["precision"]);
        Assert.Contains("HF_HUB_OFFLINE", Refused(() => Load(new() { Precision = OnnxPrecision.Quantized })));
        _hub.Options = _hub.Options with { Offline = false, Endpoint = "http://127.0.0.1:1" };
        using var again = Load();
        Assert.Equal("Fp32", again.Metadata["precision"]);
    }

    [Fact]
    public void ProgressIsToldAndCancellationEndsIt()
    {
        var told = new List<WorkProgress>();
        using var source = new CancellationTokenSource();
        var progress = new Telling(value =>
        {
            told.Add(value);
            if (value.Detail == "onnx/model.onnx")
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            OnnxCrossEncoder.Open(FakeHub.Id, new() { Report = _ => { } }, _hub.Options, progress, source.Token)
        );
        Assert.Contains(told, value => value.Detail == "onnx/model.onnx" && value.Total == _hub.Files["onnx/model.onnx"].Length);
        Load().Dispose(); // goes on
    }

    [Fact]
    public void ARepositoryWithoutAGraphIsRefusedBeforeAnythingIsFetched()
    {
        foreach (var name in _hub.Files.Keys.Where(name => name.EndsWith(".onnx", StringComparison.Ordinal)).ToList())
            _hub.Files.Remove(name);
        Assert.Contains("no onnx/model.onnx, no onnx/model_fp16.onnx", Refused(() => Load()));
        Assert.Empty(Fetched());
    }

    [Fact]
    public void WeightsBesideTheGraphComeBeforeIt()
    {
        _hub.Files["onnx/model.onnx_data"] = new byte[2000];
        Load().Dispose();
        Assert.Equal(["onnx/model.onnx_data", "onnx/model.onnx"], Fetched().Where(IsLarge));
    }

    private OnnxCrossEncoder Load(OnnxCrossEncoderOptions? options = null) =>
        OnnxCrossEncoder.Open(FakeHub.Id, (options ?? new()) with { Report = _ => { } }, _hub.Options, null, default);

    /// <summary>The files of some size whose bytes were asked for, in that order.</summary>
    private string[] Fetched() => [.. _hub.StorageRequests.Where(request => request.Method == "GET").Select(request => request.Path[1..])];

    private static bool IsLarge(string name) => name.Contains(".onnx", StringComparison.Ordinal) || name.Contains(".safetensors");

    private static string Refused(Action action) => Assert.Throws<CrossEncoderException>(action).Message;

    private sealed class Telling(Action<WorkProgress> told) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => told(value);
    }
}
