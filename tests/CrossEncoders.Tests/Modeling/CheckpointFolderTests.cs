using System.Text.Json.Nodes;
using CrossEncoders.Chunking;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>What the files beside the weights say: activations, limits, token types, classes.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private static readonly TextPair[] Pairs = [new("a question", "a passage"), new("another", "text")];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("torch.nn.modules.linear.Identity")]
    [InlineData("torch.nn.modules.activation.Sigmoid")]
    [InlineData("torch.nn.modules.activation.Tanh")]
    public void AStoredActivationMakesTheScores(string activation)
    {
        Func<float, float> expected = activation.Split('.')[^1] switch
        {
            "Identity" => x => x,
            "Tanh" => MathF.Tanh,
            _ => x => 1 / (1 + MathF.Exp(-x)),
        };
        foreach (var golden in new[] { "bert", "bert-3-labels" })
        {
            using var model = Load(
                Folder(golden, config => config["sentence_transformers"] = new JsonObject { ["activation_fn"] = activation })
            );
            var logits = model.Score(Pairs);
            CheckpointParityTests.AssertClose([.. logits.Select(expected)], model.Predict(Pairs), 1e-6);
            if (model.Labels == 1)
                continue;
            Assert.All(model.Predict(Pairs, softmax: true).Chunk(3), row => Assert.Equal(1, row.Sum(), 5));
            Assert.Equal(
                logits[0] - logits[1],
                MathF.Log(model.Predict(Pairs, softmax: true)[0] / model.Predict(Pairs, softmax: true)[1]),
                4
            );
        }
    }

    [Fact]
    public void TheOptionAndTheCallMakeTheScoresOfSeveralLabels()
    {
        using var model = Load(Folder("bert-3-labels"), new() { Activation = x => x * 2 });
        var logits = model.Score(Pairs);
        Assert.Equal([.. logits.Select(x => x * 2)], model.Predict(Pairs));
        Assert.Equal([.. logits.Select(x => x + 1)], model.Predict(Pairs, activation: x => x + 1));
        // the softmax is of the logits, unless the call gives a function
        Assert.Equal(logits[0] - logits[1], LogRatio(model.Predict(Pairs, softmax: true)), 4);
        Assert.Equal(3 * (logits[0] - logits[1]), LogRatio(model.Predict(Pairs, activation: x => 3 * x, softmax: true)), 4);

        static float LogRatio(float[] scores) => MathF.Log(scores[0] / scores[1]);
    }

    [Fact]
    public void AnUnknownStoredActivationIsNamedAndTheOptionReplacesIt()
    {
        var folder = Folder("bert", config => config["sbert_ce_default_activation_function"] = "torch.nn.modules.activation.GELU");
        var error = Assert.Throws<CrossEncoderException>(() => Load(folder));
        Assert.Contains("'torch.nn.modules.activation.GELU'", error.Message);
        Assert.Contains("option Activation", error.Message);
        using var model = Load(folder, new() { Activation = x => -x });
        Assert.Equal(-model.Score(Pairs)[0], model.Predict(Pairs)[0]);
    }

    [Fact]
    public void TheMaximumLengthIsSavedAndOtherKeysStay()
    {
        var folder = Folder("bert", tokenizer: config =>
            (config["note"], config["limit"]) = ("三 <b> é", JsonNode.Parse("1000000000000000019884624838656"))
        );
        var saved = Path.Combine(_scratch.Path, "saved");
        using (var model = Load(folder, new() { MaxLength = 24 }))
            model.SavePretrained(saved);
        var before = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer_config.json")))!;
        before["model_max_length"] = 24;
        Assert.Equal(before.ToJsonString(), JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "tokenizer_config.json")))!.ToJsonString());
        using (var again = Load(saved))
            Assert.Equal(24, again.MaxLength);

        File.Delete(Path.Combine(folder, "tokenizer_config.json"));
        using (var model = Load(folder, new() { MaxLength = 32 }))
            model.SavePretrained(saved);
        using var made = Load(saved);
        Assert.Equal(32, made.MaxLength);
    }

    [Fact]
    public void ALimitTooShortForAPairIsRefusedByItsFileUnlessTheOptionReplacesIt()
    {
        var folder = Folder("bert", tokenizer: config => config["model_max_length"] = 2);
        var error = Assert.Throws<CrossEncoderException>(() => Load(folder));
        Assert.Contains(Path.Combine(folder, "tokenizer_config.json"), error.Message);
        Assert.Contains("\"model_max_length\" is 2", error.Message);
        using var model = Load(folder, new() { MaxLength = 16 });
        Assert.Equal(16, model.MaxLength);
    }

    [Fact]
    public void TokenTypesThatTheModelDoesNotKnowAreRefused()
    {
        var folder = Folder("bert");
        var path = Path.Combine(folder, "tokenizer.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["post_processor"]!["pair"]![3]!["Sequence"]!["type_id"] = 2;
        File.WriteAllText(path, json.ToJsonString());
        var error = Assert.Throws<CrossEncoderException>(() => Load(folder));
        Assert.Contains("type 2", error.Message);
        Assert.Contains("type_vocab_size", error.Message);
    }

    [Fact]
    public void TokenTypesThatAreNoInputAreZero()
    {
        using var plain = Load(Folder("bert"));
        using var without = Load(
            Folder("bert", tokenizer: config => config["model_input_names"] = new JsonArray("input_ids", "attention_mask"))
        );
        using var with = Load(
            Folder("bert", tokenizer: config => config["model_input_names"] = new JsonArray("input_ids", "token_type_ids"))
        );
        Assert.All(without.Tokenize(Pairs), text => Assert.DoesNotContain(text.TypeIds, type => type != 0));
        Assert.All(with.Tokenize(Pairs), text => Assert.Contains(1, text.TypeIds));
        Assert.Equal(plain.Score(Pairs), with.Score(Pairs));
        Assert.NotEqual(plain.Score(Pairs), without.Score(Pairs));
    }

    [Theory]
    [InlineData("MyBertForSequenceClassification", null, "MyBertForSequenceClassification")]
    [InlineData("NewBertModel", "modeling.NewBertModel", "NewBertModel")]
    [InlineData("BertForSequenceClassification", "other/repository--modeling.GatedBert", "GatedBert")]
    [InlineData("BertForSequenceClassification", "modeling_bert.BertForSequenceClassification", null)]
    [InlineData("RobertaForSequenceClassification", null, null)] // AutoModel goes by the model_type, too
    [InlineData("TFBertForSequenceClassification", null, null)]
    public void AClassOfTheCheckpointsOwnIsRefusedByName(string saved, string? brought, string? refused)
    {
        var folder = Folder("bert", config =>
        {
            config["architectures"] = new JsonArray(saved);
            if (brought is not null)
                config["auto_map"] = new JsonObject
                {
                    ["AutoConfig"] = "configuration.MyConfig",
                    ["AutoModelForSequenceClassification"] = brought,
                };
        });
        if (refused is null)
        {
            using var model = Load(folder);
            return;
        }

        var error = Assert.Throws<CrossEncoderException>(() => Load(folder));
        Assert.Contains($"'{refused}' is not supported", error.Message);
        Assert.Contains("xlm-roberta", error.Message);
    }

    [Fact]
    public void WeightsWithoutAPlaceAreNamedAndPassedOver()
    {
        var folder = Folder("bert");
        using var plain = Load(folder);
        AddWeights(folder, "loss_fct.weight", "extra.bias");
        var notes = new List<string>();
        using var model = Load(folder, new() { Report = notes.Add });
        Assert.Contains("loss_fct.weight", Assert.Single(notes));
        Assert.Contains("extra.bias", notes[0]);
        Assert.Equal(plain.Score(Pairs), model.Score(Pairs));
        notes.Clear();
        using (BiEncoder.FromPretrained(folder, new() { Device = "cpu", Report = notes.Add }))
            Assert.Contains("loss_fct.weight", notes[0]);

        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        json["intermediate_size"] = 48;
        File.WriteAllText(Path.Combine(folder, "config.json"), json.ToJsonString());
        Assert.Contains("unexpected loss_fct.weight: found (2)", Assert.Throws<CrossEncoderException>(() => Load(folder)).Message);
    }

    [Fact]
    public void LabelsMayBeNamedByNumbers()
    {
        var folder = Folder("bert-3-labels", config => config["id2label"] = new JsonObject
            {
                ["0"] = 1,
                ["1"] = 2.5,
                ["2"] = "three",
            });
        using var model = Load(folder);
        Assert.Equal(["1", "2.5", "three"], model.Model.Config.LabelNames!.OrderBy(label => label.Key).Select(label => label.Value));
    }

    private static void AddWeights(string folder, params string[] names)
    {
        var path = Path.Combine(folder, "model.safetensors");
        var all = new List<(string, Tensor)>();
        using (var weights = CheckpointWeights.Open(folder))
            all.AddRange(weights.Tensors.Keys.Select(key => (key, weights.Read(key))));
        SafetensorsWriter.Write(path + ".new", all.Concat(names.Select(name => (name, zeros(2)))));
        File.Move(path + ".new", path, overwrite: true);
        foreach (var (_, tensor) in all)
            tensor.Dispose();
    }

    private static CrossEncoder Load(string folder, CrossEncoderOptions? options = null) =>
        CrossEncoder.FromPretrained(
            folder,
            (options ?? new() { Report = _ => { } }) with
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
            }
        );

    /// <summary>A copy of a golden checkpoint with changes to its two configurations.</summary>
    private string Folder(string golden, Action<JsonObject>? config = null, Action<JsonObject>? tokenizer = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_scratch.Path, Guid.NewGuid().ToString("N"))).FullName;
        foreach (var file in Directory.GetFiles(Shared.Path($"golden/models/{golden}")))
        {
            var copy = Path.Combine(folder, Path.GetFileName(file));
            File.Copy(file, copy);
            File.SetAttributes(copy, FileAttributes.Normal);
            var change = Path.GetFileName(file) switch
            {
                "config.json" => config,
                "tokenizer_config.json" => tokenizer,
                _ => null,
            };
            if (change is null)
                continue;
            var json = JsonNode.Parse(File.ReadAllText(copy))!.AsObject();
            change(json);
            File.WriteAllText(copy, json.ToJsonString());
        }

        return folder;
    }
}
