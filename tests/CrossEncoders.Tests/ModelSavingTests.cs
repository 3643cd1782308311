using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>What a saved folder says, so that Python reads the same scores, and what it does not say.</summary>
public sealed class ModelSavingTests : IDisposable
{
    private static readonly TextPair[] Pairs = [new("why?", "because of the wind"), new("为什么？", "因为风太大")];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void APromptThatWasAskedForIsSaved()
    {
        using (var model = ModelFolder.Load(Shared.Path("golden/models/bert"), new() { Prompt = "Question: ", Report = _ => { } }))
        {
            model.SavePretrained(_scratch["saved"]);
            using var saved = ModelFolder.Load(_scratch["saved"]);
            Assert.Equal("Question: ", saved.Prompt);
            Assert.Equal(model.Predict(Pairs), saved.Predict(Pairs));
        }

        var settings = Json("saved", ModelSettings.ModelFile);
        Assert.Equal("CrossEncoder", (string?)settings["model_type"]);
        Assert.Equal("torch.nn.modules.activation.Sigmoid", (string?)settings["activation_fn"]);
        Assert.Equal("Question: ", (string?)settings["prompts"]![(string)settings["default_prompt_name"]!]);
        Assert.EndsWith(".Transformer", (string?)Json("saved", "modules.json")[0]!["type"]);
        Assert.Equal("sequence-classification", (string?)Json("saved", "sentence_bert_config.json")["transformer_task"]);
    }

    [Theory]
    [InlineData("claim", null, "Claim, to be checked: ")]
    [InlineData(null, null, "Question: ")]
    [InlineData("claim", "", "")]
    [InlineData(null, "Other: ", "Other: ")]
    public void ThePromptIsTheOneAskedForElseTheFolders(string? name, string? text, string expected)
    {
        var options = new CrossEncoderOptions
        {
            PromptName = name,
            Prompt = text,
            Report = _ => { },
        };
        using var model = ModelFolder.Load(Shared.Path("golden/modules/bert-prompts"), options);
        Assert.Equal(expected, model.Prompt);
        Assert.Equal(model.Tokenizer.EncodePairs([(expected + "a", "b")])[0].Ids, model.Tokenize([new("a", "b")])[0].Ids);
        model.SavePretrained(_scratch["saved"]);
        using var saved = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(expected, saved.Prompt);
        Assert.Contains("claim", Json("saved", ModelSettings.ModelFile)["prompts"]!.AsObject().Select(prompt => prompt.Key));
    }

    [Fact]
    public void AnUnknownPromptIsNamedWithThoseThatAreThere()
    {
        var error = Assert.Throws<CrossEncoderException>(() =>
            ModelFolder.Load(Shared.Path("golden/modules/bert-prompts"), new() { PromptName = "query" })
        );
        Assert.Contains("'query'", error.Message);
        Assert.Contains("claim, question", error.Message);
        Assert.Contains(
            "It has none",
            Assert
                .Throws<CrossEncoderException>(() => ModelFolder.Load(Shared.Path("golden/models/bert"), new() { PromptName = "q" }))
                .Message
        );
    }

    [Fact]
    public void AModelOfAnotherLayoutIsReplacedWhole()
    {
        var target = _scratch["saved"];
        using var modular = ModelFolder.Load(Shared.Path("golden/modules/bert-mean-head-3-labels"));
        using var plain = ModelFolder.Load(Shared.Path("golden/models/bert"));
        modular.SavePretrained(target);
        plain.SavePretrained(target);
        using (var saved = ModelFolder.Load(target))
            Assert.Equal(plain.Predict(Pairs), saved.Predict(Pairs));
        modular.SavePretrained(target);
        using (var saved = ModelFolder.Load(target))
            Assert.Equal(modular.Predict(Pairs), saved.Predict(Pairs));
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void ModulesAreStoredInTheTypeAskedFor(ScalarType type)
    {
        using var model = ModelFolder.Load(Shared.Path("golden/modules/bert-mean-head-3-labels"));
        model.SavePretrained(_scratch["saved"], type);
        using var weights = CheckpointWeights.Open(_scratch["saved/3_Dense"]);
        Assert.All(weights.Tensors.Values, tensor => Assert.Equal(type, tensor.Type.ToTorch()));
        using var saved = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(model.Score(Pairs)[0], saved.Score(Pairs)[0], 0.2);
    }

    [Fact]
    public void TheCardHasAHeaderAndNoPathOfThisMachine()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
        model.SavePretrained(_scratch["saved"]);
        var card = File.ReadAllText(_scratch["saved/README.md"]);
        Assert.StartsWith("---\nlibrary_name: sentence-transformers\npipeline_tag: text-ranking\n", card);
        Assert.DoesNotContain(Path.DirectorySeparatorChar + "golden", card);
        model.SavePretrained(_scratch["saved"], card: "mine");
        Assert.Equal("mine", File.ReadAllText(_scratch["saved/README.md"]));
    }

    [Fact]
    public void AModularModelIsTrainedAndComesBack()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/modules/bert-mean-head-3-labels"));
        var before = model.Score(Pairs);
        using (var adapter = model.AttachAdapter(new() { Targets = ["2_Dense/linear", "3_Dense/linear"] }))
        {
            Assert.Equal(before, model.Score(Pairs)); // the adapter starts from no change
            adapter.Parameters.Flat.fill_(0.1);
            Assert.NotEqual(before, model.Score(Pairs));
            adapter.Save(_scratch["adapter"]);
            adapter.Merge();
        }

        model.SavePretrained(_scratch["saved"]);
        using var saved = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(model.Score(Pairs), saved.Score(Pairs));
        using var other = ModelFolder.Load(Shared.Path("golden/modules/bert-mean-head-3-labels"));
        using var loaded = other.LoadAdapter(_scratch["adapter"]);
        Assert.Equal(saved.Score(Pairs)[0], other.Score(Pairs)[0], 3);
    }

    private JsonNode Json(string folder, string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(_scratch[folder], file)))!;
}
