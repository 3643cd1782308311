using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Weights;

namespace CrossEncoders.Tests.Modeling;

/// <summary>
/// Adapters as PEFT writes them, trained head included, against its own scores (../shared/golden/modules), and one made by hand.
/// </summary>
public sealed class AdapterParityTests : IDisposable
{
    private const string ByHand = "by hand";
    private readonly ScratchFolder _scratch = new();

    internal static readonly string[] All = ["peft-modules-to-save", "peft-rslora-dora-free"];

    public static TheoryData<string> Adapters => [ByHand, .. All.Where(name => Shared.Has($"golden/modules/{name}/cases.json"))];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Adapters))]
    public void AnAdaptersFolderGivesTheScoresOfItsModel(string name)
    {
        var folder = Folder(name);
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        using var model = Load(Path.Combine(folder, "adapter"), cases.RootElement, out var notes);
        Assert.DoesNotContain(notes, note => !note.Contains("were truncated", StringComparison.Ordinal));
        AssertClose(cases.RootElement, "logits", model);
        using (var other = CheckpointParityTests.Load(Path.Combine(folder, "base"), model.MaxLength))
        {
            AssertClose(cases.RootElement, "logits_of_the_base", other);
            other.LoadAdapter(Path.Combine(folder, "adapter"));
            AssertClose(cases.RootElement, "logits", other);
        }

        model.Adapter!.Merge();
        AssertClose(cases.RootElement, "logits", model);
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void AnAdapterIsWrittenBackAsItCame(string name)
    {
        var folder = Folder(name);
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        using var model = Load(Path.Combine(folder, "adapter"), cases.RootElement, out _);
        model.Adapter!.Save(_scratch["saved"]);
        using var saved = Load(_scratch["saved"], cases.RootElement, out _);
        AssertClose(cases.RootElement, "logits", saved);

        var (before, after) = (Config(Path.Combine(folder, "adapter")), Config(_scratch["saved"]));
        Assert.NotEqual((string?)before["base_model_name_or_path"], (string?)after["base_model_name_or_path"]); // it is elsewhere now
        before["base_model_name_or_path"] = after["base_model_name_or_path"]?.DeepClone();
        Assert.True(JsonNode.DeepEquals(before, after), after.ToJsonString());
        using var expected = new SafetensorsFile(Path.Combine(folder, "adapter", "adapter_model.safetensors"));
        using var actual = new SafetensorsFile(_scratch["saved/adapter_model.safetensors"]);
        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), actual.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var key in expected.Tensors.Keys)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            Assert.Equal(expected.Read(key).data<float>().ToArray(), actual.Read(key).data<float>().ToArray());
        }
    }

    [Fact]
    public void WhatPeftWritesTwiceWithEveryBiasIsReadOnce()
    {
        var folder = AdapterByHand.Write(_scratch["made"]);
        var path = Path.Combine(folder, "adapter", "adapter_model.safetensors");
        var again = path + ".again";
        using (TorchSharp.torch.NewDisposeScope())
        using (var weights = new SafetensorsFile(path))
        {
            var bias = weights.Read("base_model.model.classifier.bias");
            var named = weights.Tensors.Keys.Select(key => (key, weights.Read(key))).ToList();
            foreach (var copy in new[] { "modules_to_save", "original_module" })
                named.Add(($"base_model.model.classifier.{copy}.bias", bias + 1));
            SafetensorsWriter.Write(again, named);
        }

        File.Move(again, path, overwrite: true);
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        using var model = Load(Path.Combine(folder, "adapter"), cases.RootElement, out _);
        AssertClose(cases.RootElement, "logits", model);
    }

    [Theory]
    [InlineData("models/bert", "BertForSequenceClassification", "transformers.models.bert.modeling_bert")]
    [InlineData("models/deberta-v2", "DebertaV2ForSequenceClassification", "transformers.models.deberta_v2.modeling_deberta_v2")]
    [InlineData("modules/qwen3-logits", "Qwen3ForCausalLM", "transformers.models.qwen3.modeling_qwen3")]
    [InlineData("modules/bert-mean-head-3-labels", null, null)] // no class has its modules
    public void ANewAdapterNamesTheClassBelowItForPeft(string name, string? expected, string? module)
    {
        using var model = ModelFolder.Load(Shared.Path($"golden/{name}"));
        model.AttachAdapter(new() { Rank = 2 }).Save(_scratch["adapter"], "some/model");
        var config = Config(_scratch["adapter"]);
        Assert.Null(config["task_type"]);
        Assert.Equal(expected, (string?)config["auto_mapping"]?["base_model_class"]);
        Assert.Equal(module, (string?)config["auto_mapping"]?["parent_library"]);
    }

    private string Folder(string name) => name == ByHand ? AdapterByHand.Write(_scratch["made"]) : Shared.Path($"golden/modules/{name}");

    private static JsonObject Config(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")))!.AsObject();

    private static CrossEncoder Load(string folder, JsonElement cases, out List<string> notes) =>
        ModelFolder.Load(folder, new() { MaxLength = cases.GetProperty("max_length").GetInt32(), Report = (notes = []).Add });

    /// <summary>The case of two empty texts was made by a call with one pair, in which an empty second text is no segment.</summary>
    private static void AssertClose(JsonElement cases, string key, CrossEncoder model)
    {
        var pairs = cases.GetProperty("pairs").EnumerateArray().Select(pair => new TextPair(pair[0].GetString()!, pair[1].GetString()!));
        var compared = 0;
        foreach (var (pair, expected) in pairs.Zip(cases.GetProperty(key).EnumerateArray().Select(value => value.GetSingle())))
        {
            if (pair.Passage.Length == 0)
                continue;
            Assert.InRange(Math.Abs(expected - model.Score([pair])[0]), 0, 1e-5 * Math.Max(1, Math.Abs(expected)));
            compared++;
        }

        Assert.True(compared >= 10);
    }
}
