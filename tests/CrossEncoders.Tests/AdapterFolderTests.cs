using System.Text.Json.Nodes;
using CrossEncoders.Tests.Hub;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>A folder with an adapter alone, loaded with the model below it.</summary>
public sealed class AdapterFolderTests : IDisposable
{
    private static readonly TextPair[] Pairs = [new("why?", "because of the wind"), new("什么？", "这是一个段落")];
    private readonly ScratchFolder _scratch = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AHeadThatStartedAtRandomComesBackWithTheAdapter()
    {
        ModelFolder.Copy(Shared.Path("golden/models/bert"), _scratch["base"]);
        ModelFolder.Edit(_scratch["base"], "config.json", json => json["architectures"] = new JsonArray("BertModel"));
        ModelFolder.Reweigh(_scratch["base"], (name, tensor) =>
            (name.StartsWith("bert.encoder", StringComparison.Ordinal) || name.Contains("embeddings") ? name : "cls." + name, tensor)
        );
        float[] trained;
        using (var model = Load("base"))
        {
            Assert.Contains("start at random", Assert.Single(_notes));
            var adapter = model.AttachAdapter(new() { Rank = 2 });
            Assert.Equal(["bert.pooler.dense", "classifier"], adapter.Options.ModulesToSave!.Order(StringComparer.Ordinal));
            using (no_grad())
                adapter.Parameters.Flat.add_(0.01);
            trained = model.Score(Pairs);
            adapter.Save(_scratch["adapter"], "../base");
        }

        _notes.Clear();
        using var loaded = Load("adapter");
        Assert.Empty(_notes);
        Assert.Empty(loaded.RandomWeights);
        Assert.Equal(trained, loaded.Score(Pairs));
        using var given = Load("base");
        Assert.NotEmpty(given.RandomWeights);
        given.LoadAdapter(_scratch["adapter"]);
        Assert.Empty(given.RandomWeights); // so that it can be merged and exported
        Assert.Equal(trained, given.Score(Pairs));
        Assert.Contains("Merge", Assert.Throws<CrossEncoderException>(() => loaded.SavePretrained(_scratch["whole"])).Message);
    }

    [Fact]
    public void AModuleThatWasTrainedWholeComputesInTheTypeOfTheModel()
    {
        var bert = Shared.Path("golden/models/bert");
        using (var model = ModelFolder.Load(bert))
        {
            var adapter = model.AttachAdapter(new() { Rank = 2, ModulesToSave = ["intermediate.dense"] });
            using (no_grad())
                adapter.Parameters.Flat.add_(0.01);
            adapter.Save(_scratch["adapter"], bert);
        }

        var options = new CrossEncoderOptions { Device = "cpu", ComputeType = ScalarType.BFloat16 };
        using var given = CrossEncoder.FromPretrained(bert, options);
        given.LoadAdapter(_scratch["adapter"]);
        using var loaded = CrossEncoder.FromPretrained(_scratch["adapter"], options);
        Assert.Equal(given.Score(Pairs), loaded.Score(Pairs));
    }

    [Fact]
    public void WhatLiesBesideAnAdapterSaysHowPairsAreRead()
    {
        Adapter(Shared.Path("golden/models/bert"));
        ModelFolder.Edit(_scratch["adapter"], "config_sentence_transformers.json", json =>
        {
            json["model_type"] = "CrossEncoder";
            json["activation_fn"] = "torch.nn.modules.linear.Identity";
            json["prompts"] = new JsonObject { ["ask"] = "Question: " };
            json["default_prompt_name"] = "ask";
        });
        using var model = Load("adapter");
        Assert.Equal("Question: ", model.Prompt);
        Assert.Equal(model.Score(Pairs), model.Predict(Pairs));
    }

    [Theory]
    [InlineData("base_model_name_or_path", "null", "names no model below the adapter")]
    [InlineData("base_model_name_or_path", "\"../elsewhere\"", "there is no such folder")]
    [InlineData("base_model_name_or_path", "\"../adapter\"", "names its own folder")]
    [InlineData("use_dora", "true", "use_dora to true, which is not supported")]
    [InlineData("peft_type", "\"IA3\"", "peft_type to \"IA3\", which is not supported")]
    public void WhatCannotBeLoadedIsRefusedByName(string key, string value, string complaint)
    {
        Adapter(Shared.Path("golden/models/bert"));
        ModelFolder.Edit(_scratch["adapter"], "adapter_config.json", json => json[key] = JsonNode.Parse(value));
        Assert.Contains(complaint, Assert.Throws<CrossEncoderException>(() => Load("adapter")).Message);
    }

    [Fact]
    public void AnAdapterOnAnAdapterOrBelowABiEncoderIsRefused()
    {
        Adapter(Shared.Path("golden/models/bert"));
        ModelFolder.Copy(_scratch["adapter"], _scratch["second"]);
        ModelFolder.Edit(_scratch["second"], "adapter_config.json", json => json["base_model_name_or_path"] = "../adapter");
        Assert.Contains("names another adapter", Assert.Throws<CrossEncoderException>(() => Load("second")).Message);
        Assert.Contains(
            "supported for cross-encoders only",
            Assert.Throws<CrossEncoderException>(() => ModelFolder.LoadBi(_scratch["adapter"])).Message
        );
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "use_dora")]
    [InlineData(false, "'mamba' is not supported")]
    public void AnAdapterOfTheHubIsJudgedWithItsBaseBeforeItsWeightsAreFetched(bool loads, string complaint)
    {
        using var hub = new FakeHub();
        var bert = ModelFolder.Copy(Shared.Path("golden/models/bert"), _scratch["base"]);
        Adapter(bert);
        ModelFolder.Edit(_scratch["adapter"], "adapter_config.json", json =>
        {
            json["base_model_name_or_path"] = bert;
            json["use_dora"] = complaint == "use_dora";
        });
        if (complaint.Contains("mamba"))
            ModelFolder.Edit(bert, "config.json", json => json["model_type"] = "mamba");
        hub.Files.Clear();
        foreach (var file in Directory.EnumerateFiles(_scratch["adapter"]))
            hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        PretrainedFiles Open() =>
            Pretrained.Open(FakeHub.Id, "main", CrossEncoders.Modeling.ModelConfig.Load, pairs: true, ownLength: false, hub.Options);
        if (loads)
        {
            var found = Open();
            Assert.Equal((bert, 4), (found.Folder, found.Adapter!.Options.Rank));
            hub.Options = hub.Options with { Offline = true };
            Assert.Equal(bert, Open().Folder);
            return;
        }

        Assert.Contains(complaint, Assert.Throws<CrossEncoderException>(Open).Message);
        Assert.DoesNotContain(hub.HubRequests, request => request.Path.Contains("adapter_model") && request.Method == "GET");
        Assert.Empty(hub.StorageRequests);
    }

    private void Adapter(string below)
    {
        using var model = ModelFolder.Load(below);
        model.AttachAdapter(new() { Rank = 4 }).Save(_scratch["adapter"], below);
    }

    private CrossEncoder Load(string name) => ModelFolder.Load(_scratch[name], new() { Report = _notes.Add });
}
