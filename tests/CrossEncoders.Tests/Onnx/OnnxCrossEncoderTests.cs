using CrossEncoders.Onnx;

namespace CrossEncoders.Tests.Onnx;

/// <summary>An exported model as a scorer: calls, errors, many threads.</summary>
public sealed class OnnxCrossEncoderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly CrossEncoder _model = ModelFolder.Load(Shared.Path("golden/models/bert"));

    public OnnxCrossEncoderTests() => _model.ExportOnnx(_scratch["out"]);

    public void Dispose()
    {
        _model.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void RanksAsTheCheckpoint()
    {
        using var served = Load();
        string[] passages = ["one", "two two", "three three three", "four"];
        var (expected, found) = (_model.Rank("which?", passages, topK: 3), served.Rank("which?", passages, topK: 3));
        Assert.Equal(expected.Select(hit => (hit.CorpusId, hit.Text)), found.Select(hit => (hit.CorpusId, hit.Text)));
        Assert.All(expected.Zip(found), both => Assert.Equal(both.First.Score, both.Second.Score, 1e-4));
    }

    [Fact]
    public void ItIsKnownByItsFilesAndSettings()
    {
        using var one = Load();
        using var same = Load();
        using var shorter = Load(new() { MaxLength = 20 });
        Assert.Equal((one.Identity().Fingerprint, "onnx"), (same.Identity().Fingerprint, same.Identity().Settings["engine"]));
        Assert.Equal(("20", one.Identity().Fingerprint), (shorter.Identity().Settings["length"], shorter.Identity().Fingerprint));
        _model.ExportOnnx(_scratch["other"], new() { Precision = OnnxPrecision.Fp16 });
        using var other = OnnxCrossEncoder.FromPretrained(_scratch["other"], new() { Report = _ => { } });
        Assert.NotEqual(one.Identity().Fingerprint, other.Identity().Fingerprint);
    }

    [Fact]
    public async Task ConcurrentScoresEqualSequentialOnes()
    {
        using var served = Load();
        TextPair[][] lists = [.. Enumerable.Range(0, 16).Select(Pairs)];
        float[][] expected = [.. lists.Select(list => served.Score(list))];
        var found = await Task.WhenAll(lists.Select(list => Task.Run(() => served.Score(list))));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void ProgressCountsPairsAndCancellationStopsThem()
    {
        using var served = Load(new() { BatchSize = 4 });
        var done = new List<int>();
        using var source = new CancellationTokenSource();
        var progress = new Counting(count =>
        {
            done.Add(count);
            if (count == 8)
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => served.Score(Pairs(1), progress, source.Token));
        Assert.Equal([4, 8], done);
        Assert.ThrowsAny<OperationCanceledException>(() => served.Score([], null, source.Token));
        Assert.Equal(20, served.Score(Pairs(1)).Length);
    }

    [Fact]
    public void OneDisposedOfWhileItScoresComesToItsEnd()
    {
        using var other = Load(new() { BatchSize = 4 });
        var served = Load(new() { BatchSize = 4 });
        Assert.Equal(other.Score(Pairs(1)), served.Score(Pairs(1), new Counting(_ => served.Dispose())));
        Assert.Throws<ObjectDisposedException>(() => served.Score(Pairs(1)));
    }

    [Fact]
    public void LongPairsAreTruncatedAlikeAndReported()
    {
        var notes = new List<string>();
        using var served = Load(new() { MaxLength = 16, Report = notes.Add });
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"), new() { MaxLength = 16, Report = _ => { } });
        TextPair[] pairs = [new("short", "short"), new("long", string.Join(' ', Enumerable.Repeat("word", 100)))];
        Assert.Equal(model.Score(pairs)[1], served.Score(pairs)[1], 1e-4);
        Assert.Contains("1 of 2 pairs (50 %)", Assert.Single(notes));
    }

    [Fact]
    public void LongDocumentsAreReadInWindowsAlike()
    {
        var documents = new LongDocuments { OverlapTokens = 4 };
        using var served = Load(new() { MaxLength = 24, LongDocuments = documents });
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"), new() { MaxLength = 24, LongDocuments = documents });
        TextPair[] pairs = [new("which?", "short"), new("which?", string.Join(' ', Enumerable.Range(0, 90).Select(i => $"word {i}")))];
        Assert.All(model.Score(pairs).Zip(served.Score(pairs)), both => Assert.Equal(both.First, both.Second, 1e-4));
        using var cut = Load(new() { MaxLength = 24, Report = _ => { } });
        Assert.NotEqual(cut.Score(pairs)[1], served.Score(pairs)[1]);
    }

    [Fact]
    public void WrongCallsAreNamed()
    {
        using var served = Load();
        Assert.Contains("query of the pair at index 0", Refused(() => served.Score([default])));
        Assert.Contains("at least 1", Refused(() => served.Rank("a", ["b"], topK: 0)));
        Assert.Contains("takes 8 to", Refused(() => Load(new() { MaxLength = 1 << 20 })));
        Assert.Contains("BatchSize is 0", Refused(() => Load(new() { BatchSize = 0 })));
        Assert.Contains("no onnx/other.onnx", Refused(() => Load(new() { File = "onnx/other.onnx" })));
        Assert.Contains("no prompt named", Refused(() => Load(new() { PromptName = "other" })));
        Assert.Contains("There is no folder", Refused(() => OnnxCrossEncoder.FromPretrained(_scratch["none"])));
    }

    [Fact]
    public void BrokenFilesAreNamed()
    {
        var folder = ModelFolder.Copy(_scratch["out"], _scratch["broken"]);
        ModelFolder.Edit(folder, "config.json", json =>
            json["id2label"] = new System.Text.Json.Nodes.JsonObject { ["0"] = "a", ["1"] = "b" }
        );
        Assert.Contains("(batch, 2) was expected", Refused(() => OnnxCrossEncoder.FromPretrained(folder)));
        var path = Path.Combine(folder, "onnx", "model.onnx");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        Assert.Contains("cannot be loaded", Refused(() => OnnxCrossEncoder.FromPretrained(folder)));
        ModelFolder.Edit(folder, "config.json", json => json["architectures"] = new System.Text.Json.Nodes.JsonArray("BertModel"));
        Assert.Contains("without a head", Refused(() => OnnxCrossEncoder.FromPretrained(folder)));
    }

    private static string Refused(Action action) => Assert.Throws<CrossEncoderException>(action).Message;

    private OnnxCrossEncoder Load(OnnxCrossEncoderOptions? options = null) =>
        OnnxCrossEncoder.FromPretrained(_scratch["out"], options ?? new() { Report = _ => { } });

    private static TextPair[] Pairs(int list) =>
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i => new TextPair($"query {list}", string.Join(' ', Enumerable.Repeat("passage", 1 + (i * list) % 20)))),
        ];

    private sealed class Counting(Action<int> told) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => told((int)value.Done);
    }
}
