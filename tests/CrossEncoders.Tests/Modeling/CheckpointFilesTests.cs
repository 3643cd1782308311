using CrossEncoders.Weights;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Checkpoints whose files are older, broken, or lie among others.</summary>
public sealed class CheckpointFilesTests
{
    [Theory]
    [InlineData("\"sbert_ce_default_activation_function\": \"torch.nn.modules.linear.Identity\"")]
    [InlineData("\"sentence_transformers\": {\"activation_fn\": \"torch.nn.modules.linear.Identity\"}")]
    public void TheCheckpointMaySayThatScoresAreLogits(string setting)
    {
        using var scratch = new ScratchFolder();
        foreach (var file in Directory.GetFiles(Shared.Path("golden/models/bert")))
            File.Copy(file, Path.Combine(scratch.Path, Path.GetFileName(file)));
        var config = Path.Combine(scratch.Path, "config.json");
        var json = File.ReadAllText(config).TrimStart();
        File.Delete(config);
        File.WriteAllText(config, $"{{{setting}, {json[1..]}");
        TextPair[] pairs = [new("a question", "a passage")];
        using var model = Load(scratch.Path);
        Assert.Equal(model.Score(pairs), model.Predict(pairs));
        using var asked = CrossEncoder.FromPretrained(
            scratch.Path,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Activation = MathF.Tanh,
            }
        );
        AssertClose([MathF.Tanh(model.Score(pairs)[0])], asked.Predict(pairs), 1e-6);
        Assert.Equal(asked.Predict(pairs)[0], asked.Rank("a question", ["a passage"])[0].Score);
    }

    [Fact]
    public void SavingIntoAFolderKeepsWhatIsNoPartOfAModel()
    {
        using var scratch = new ScratchFolder();
        var target = Path.Combine(scratch.Path, "out");
        Directory.CreateDirectory(Path.Combine(target, "checkpoint-100"));
        foreach (var name in new[] { "questions.csv", "checkpoint-100/state.bin", "model.safetensors.index.json", "pytorch_model.bin" })
            File.WriteAllText(Path.Combine(target, name), "mine");
        using var model = Load(Shared.Path("golden/models/bert"));
        model.SavePretrained(target);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(target, "questions.csv")));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(target, "checkpoint-100/state.bin")));
        Assert.False(File.Exists(Path.Combine(target, "pytorch_model.bin"))); // weights of another model would be read in place of these
        Assert.False(File.Exists(Path.Combine(target, "model.safetensors.index.json")));
        Assert.Equal(["out"], Directory.GetFileSystemEntries(scratch.Path).Select(Path.GetFileName));
        // its folder would be gone
        Assert.Contains("works in", Assert.Throws<CrossEncoderException>(() => model.SavePretrained(".")).Message);
        Assert.Contains("works in", Assert.Throws<CrossEncoderException>(() => model.SavePretrained("..")).Message);
        Assert.Equal(["out"], Directory.GetFileSystemEntries(scratch.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void NormalizationsMayHaveTensorFlowsNames()
    {
        using var scratch = new ScratchFolder();
        var source = Shared.Path("golden/models/bert");
        foreach (var file in Directory.GetFiles(source).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(scratch.Path, Path.GetFileName(file)));
        using (var weights = CheckpointWeights.Open(source))
        {
            var renamed = weights
                .Tensors.Keys.Select(key =>
                    (key.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"), weights.Read(key))
                )
                .ToList();
            SafetensorsWriter.Write(Path.Combine(scratch.Path, "model.safetensors"), renamed);
            foreach (var (_, tensor) in renamed)
                tensor.Dispose();
        }

        TextPair[] pairs = [new("why?", "because of the wind")];
        using var expected = Load(source);
        using var model = Load(scratch.Path);
        Assert.Equal(expected.Score(pairs), model.Score(pairs));
    }

    [Fact]
    public void BrokenModelFoldersAreNamed()
    {
        using var scratch = new ScratchFolder();
        var missing = Assert.Throws<CrossEncoderException>(() => Load(scratch.Path));
        Assert.Contains("config.json", missing.Message);
        File.WriteAllText(Path.Combine(scratch.Path, "config.json"), "{ not json");
        Assert.Contains("config.json", Assert.Throws<CrossEncoderException>(() => Load(scratch.Path)).Message);

        var source = Shared.Path("golden/models/bert");
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(scratch.Path, Path.GetFileName(file)), overwrite: true);
        var config = File.ReadAllText(Path.Combine(source, "config.json"));
        File.WriteAllText(
            Path.Combine(scratch.Path, "config.json"),
            config.Replace("\"model_type\": \"bert\"", "\"model_type\": \"mamba\"")
        );
        var unsupported = Assert.Throws<CrossEncoderException>(() => Load(scratch.Path));
        Assert.Contains("'mamba'", unsupported.Message);
        Assert.Contains("xlm-roberta", unsupported.Message);

        File.WriteAllText(Path.Combine(scratch.Path, "config.json"), """{"model_type": "t5", "d_model": 512}""");
        var foreign = Assert.Throws<CrossEncoderException>(() => Load(scratch.Path));
        Assert.Contains("'t5' is not supported", foreign.Message);
        File.WriteAllText(
            Path.Combine(scratch.Path, "config.json"),
            config
                .Replace("BertForSequenceClassification", "JinaBertForSequenceClassification")
                .Replace("\"model_type\"", "\"position_embedding_type\": \"alibi\", \"model_type\"")
        );
        var jina = Assert.Throws<CrossEncoderException>(() => Load(scratch.Path));
        Assert.Contains("'JinaBertForSequenceClassification'", jina.Message);
        Assert.Contains("xlm-roberta", jina.Message);

        File.WriteAllText(
            Path.Combine(scratch.Path, "config.json"),
            config.Replace("\"intermediate_size\": 64", "\"intermediate_size\": 48")
        );
        var shapes = Assert.Throws<CrossEncoderException>(() => Load(scratch.Path));
        Assert.Contains("bert.encoder.layer.0.intermediate.dense.weight: expected (48, 32), found (64, 32)", shapes.Message);
    }
}
