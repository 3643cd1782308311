using CrossEncoders.Examples;
using CrossEncoders.Onnx;
using CrossEncoders.Onnx.Graph;
using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Onnx;

/// <summary>What an export writes, and what it leaves alone.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private static readonly TextPair[] Pairs = [new("why?", "because of the wind"), new("为什么？", "因为风太大"), new("a", "")];

    private static readonly InputExample[] Validation =
    [
        .. Enumerable
            .Range(0, 8)
            .SelectMany(question =>
                Enumerable
                    .Range(0, 4)
                    .Select(i => new InputExample([$"question {question}?", $"passage {question * i} of {i}"], i == 0 ? 1 : 0))
            ),
    ];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void TheLayoutIsThatOfOtherLibraries()
    {
        using var model = Load();
        var result = model.ExportOnnx(_scratch["out"], new() { Validation = Validation });
        Assert.Equal(
            ["config.json", "onnx/model.onnx", "onnx/quality.json", "tokenizer.json", "tokenizer_config.json"],
            Files(_scratch["out"]).Except(["vocab.txt", "special_tokens_map.json"])
        );
        Assert.Equal(new FileInfo(_scratch["out/onnx/model.onnx"]).FullName, result.Path);
        Assert.Equal(new FileInfo(result.Path).Length, result.Bytes);
        Assert.Equal(["out"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName)); // nothing half-written
        using var served = OnnxCrossEncoder.FromPretrained(_scratch["out"]);
        Assert.Equal("CrossEncoders", served.Metadata["producer"]);
        Assert.Equal("BertForSequenceClassification", served.Metadata["architecture"]);
        Assert.Equal("Fp32", served.Metadata["precision"]);
        Assert.Equal(result.Quality!.ToString(), served.Metadata["quality"]);
        Assert.Contains(result.Quality.InstructionSet, served.Metadata["quality"]);
        Assert.Equal(Pairs.Length, served.Score(Pairs).Length); // the metadata at the end does not harm the graph
    }

    [Fact]
    public void ASavedModelIsAddedTo()
    {
        using var model = Load();
        model.SavePretrained(_scratch["out"]);
        var before = Files(_scratch["out"]);
        model.ExportOnnx(_scratch["out"]);
        model.ExportOnnx(_scratch["out"], new() { Precision = OnnxPrecision.Fp16 });
        Assert.Equal([.. before, "onnx/model.onnx", "onnx/model_fp16.onnx"], Files(_scratch["out"]).OrderBy(name => name.Contains('/')));
        using var saved = ModelFolder.Load(_scratch["out"]);
        using var full = OnnxCrossEncoder.FromPretrained(_scratch["out"]);
        using var half = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { File = "onnx/model_fp16.onnx" });
        Assert.Equal(("Fp32", "Fp16"), (full.Metadata["precision"], half.Metadata["precision"]));
        Assert.Equal(model.Score(Pairs), saved.Score(Pairs));
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void AModelSavedIn16BitsIsAddedTo(ScalarType type)
    {
        using var model = Load();
        model.SavePretrained(_scratch["out"], type);
        Assert.True(File.Exists(model.ExportOnnx(_scratch["out"]).Path));
        using var saved = ModelFolder.Load(_scratch["out"]);
        Assert.NotEqual(model.Score(Pairs), saved.Score(Pairs));
    }

    [Fact]
    public void AFolderOfAnotherModelIsRefused()
    {
        using var model = Load();
        using var other = ModelFolder.Load(Shared.Path("golden/models/roberta"));
        other.SavePretrained(_scratch["out"]);
        var before = Files(_scratch["out"]);
        Assert.Contains("holds another model", Assert.Throws<CrossEncoderException>(() => model.ExportOnnx(_scratch["out"])).Message);
        Assert.Equal(before, Files(_scratch["out"]));
    }

    [Fact]
    public void AnotherTrainingOfTheSameModelIsAnotherModel()
    {
        using var model = Load();
        model.ExportOnnx(_scratch["exports"], new() { Precision = OnnxPrecision.Fp16 });
        model.SavePretrained(_scratch["saved"]);
        foreach (
            var parameter in model.Model.Parameters.Parameters.Where(each =>
                each.Names[0].StartsWith("classifier", StringComparison.Ordinal)
            )
        )
        {
            using var _ = no_grad();
            parameter.Master.add_(1e-6); // as little as a few steps at a low rate
        }

        foreach (var (folder, file) in new[] { ("exports", "onnx/model_fp16.onnx"), ("saved", "model.safetensors") })
        {
            var before = Files(_scratch[folder]);
            var said = Assert.Throws<CrossEncoderException>(() => model.ExportOnnx(_scratch[folder])).Message;
            Assert.Contains($"holds another model: its {file} has other weights", said);
            Assert.Equal(before, Files(_scratch[folder]));
        }

        model.ExportOnnx(_scratch["exports"], new() { Precision = OnnxPrecision.Fp16 }); // takes the place of what it is
    }

    [Fact]
    public void AModelThatRanksWorseIsRefusedAndTheOldOneStays()
    {
        using var model = Load();
        var better = new OnnxExportOptions { Validation = Validation, LeastNdcgShare = 1.01 };
        var error = Assert.Throws<CrossEncoderException>(() => model.ExportOnnx(_scratch["out"], better));
        Assert.Contains("At least 101 % were expected", error.Message);
        Assert.Contains("Kendall's τ 1.0000", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path));
        model.ExportOnnx(_scratch["out"]);
        var old = File.ReadAllBytes(_scratch["out/onnx/model.onnx"]);
        Assert.Throws<CrossEncoderException>(() => model.ExportOnnx(_scratch["out"], better));
        Assert.Equal(old, File.ReadAllBytes(_scratch["out/onnx/model.onnx"]));
        Assert.Equal(1, model.ExportOnnx(_scratch["out"], better with { LeastNdcgShare = 1 }).Quality!.NdcgShare);
    }

    [Fact]
    public void ABareEncoderIsTrainedFirst()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert-bare"), new() { Report = _ => { } });
        Assert.Contains("no trained head", Assert.Throws<CrossEncoderException>(() => model.ExportOnnx(_scratch["out"])).Message);
        Assert.False(Directory.Exists(_scratch["out"]));
        InputExample[] examples = [.. Validation.Take(4)];
        new CrossEncoderTrainer(model, new() { Epochs = 1, OutputFolder = _scratch["trained"] }) { AlarmRules = [] }.Train(examples);
        Assert.Empty(model.RandomWeights);
        Assert.True(File.Exists(model.ExportOnnx(_scratch["out"]).Path));
    }

    [Fact]
    public void AnAdapterIsMergedFirst()
    {
        using var model = Load();
        var adapter = model.AttachAdapter();
        Assert.Contains("Merge it first", Assert.Throws<CrossEncoderException>(() => model.ExportOnnx(_scratch["out"])).Message);
        adapter.Merge();
        model.ExportOnnx(_scratch["out"]);
        Assert.True(File.Exists(_scratch["out/onnx/model.onnx"]));
    }

    [Fact]
    public void WeightsThatOneFileCannotHoldLieBesideIt()
    {
        using var model = Load();
        model.ExportOnnx(_scratch["out"]);
        using var whole = OnnxCrossEncoder.FromPretrained(_scratch["out"]);
        var path = _scratch["out/onnx/model_split.onnx"];
        GraphFile.Write(path, GraphFile.Build(model.Model, new FullForm(), new Dictionary<string, string>()), mostBytes: 1000);
        Assert.True(new FileInfo(path + "_data").Length > new FileInfo(path).Length);
        using var split = OnnxCrossEncoder.FromPretrained(_scratch["out"], new() { File = "onnx/model_split.onnx" });
        Assert.Equal(whole.Score(Pairs), split.Score(Pairs));
    }

    private static CrossEncoder Load() => ModelFolder.Load(Shared.Path("golden/models/bert"));

    private static string[] Files(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
}
