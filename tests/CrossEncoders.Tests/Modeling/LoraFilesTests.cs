using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Adapters on disk: what is written, and what of it does not fit a model.</summary>
public sealed class LoraFilesTests : TensorTest
{
    private readonly ScratchFolder _folder = new();

    public LoraFilesTests()
    {
        _ = new Dense(Parameters, 3, 4, "layer.0.query", "layer.0.key");
        _ = new Dense(Parameters, 2, 3, "layer.0.dense");
        Parameters.Allocate(CPU);
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }

    [Fact]
    public void ASavedAdapterIsLaidOutAsPeftDoesAndComesBackWhole()
    {
        var adapter = Trained(
            Parameters,
            new()
            {
                Rank = 2,
                Alpha = 6,
                Targets = ["dense", "query", "key"],
            }
        );
        var values = Named(adapter.Parameters).ToDictionary(entry => entry.Key, entry => Numbers(entry.Value));
        adapter.Save(_folder["adapter"], "some/model");
        var config = JsonNode.Parse(File.ReadAllText(_folder["adapter/adapter_config.json"]))!;
        Assert.Equal(
            ("LORA", "some/model", 2, 6.0),
            ((string?)config["peft_type"], (string?)config["base_model_name_or_path"], (int)config["r"]!, (double)config["lora_alpha"]!)
        );
        Assert.Equal(["layer.0.query", "layer.0.key", "layer.0.dense"], config["target_modules"]!.AsArray().Select(name => (string)name!));
        using (var file = new SafetensorsFile(_folder["adapter/adapter_model.safetensors"]))
        {
            Assert.Equal([2L, 4], file.Tensors["base_model.model.layer.0.key.lora_A.weight"].Shape);
            Assert.Equal([3L, 2], file.Tensors["base_model.model.layer.0.key.lora_B.weight"].Shape);
            Assert.Equal(6, file.Tensors.Count);
        }

        adapter.Dispose();
        var loaded = LoraAdapter.Load(Parameters, LoraFiles.Read(_folder["adapter"]));
        Assert.Same(loaded, Parameters.Adapter);
        Assert.Equal((2, 6), (loaded.Options.Rank, loaded.Options.Alpha));
        foreach (var (name, tensor) in Named(loaded.Parameters))
            Assert.Equal(values[name], Numbers(tensor));
    }

    [Theory]
    [InlineData("r", null, "Expected r, lora_alpha and target_modules")]
    [InlineData("r", "\"two\"", "Expected r, lora_alpha and target_modules")]
    [InlineData("r", "0", "rank of the adapter is 0")]
    [InlineData("r", "3", "wrong shape base_model.model.layer.0.query.lora_A.weight: expected (3, 4), found (2, 4)")]
    [InlineData("lora_alpha", null, "Expected r, lora_alpha and target_modules")]
    [InlineData("target_modules", null, "Expected r, lora_alpha and target_modules")]
    [InlineData("target_modules", "\"all-linear\"", "Expected r, lora_alpha and target_modules")]
    [InlineData("target_modules", "[\"layer.1.dense\"]", "No matrix of the model ends with layer.1.dense")]
    [InlineData("target_modules", "[\"dense\"]", "has no place for: base_model.model.layer.0.")]
    public void ASavedAdapterThatDoesNotFitChangesNothing(string key, string? value, string complaint)
    {
        var adapter = Trained(Parameters, new() { Rank = 2 });
        adapter.Save(_folder["adapter"]);
        adapter.Dispose();
        ModelFolder.Edit(_folder["adapter"], "adapter_config.json", json =>
        {
            json.Remove(key);
            if (value is not null)
                json[key] = JsonNode.Parse(value);
        });
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Load(Parameters, LoraFiles.Read(_folder["adapter"])));
        Assert.Contains(complaint, error.Message);
        Assert.Null(Parameters.Adapter);
        Assert.All(Parameters.Parameters, parameter => Assert.Null(parameter.Changes));
    }

    [Fact]
    public void WeightsThatAreMissingAreNamed()
    {
        var adapter = Trained(Parameters, new() { Rank = 2 });
        adapter.Save(_folder["adapter"]);
        adapter.Dispose();
        File.Delete(_folder["adapter/adapter_model.safetensors"]);
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Load(Parameters, LoraFiles.Read(_folder["adapter"])));
        Assert.Contains("adapter_model.safetensors", error.Message);
        Assert.Null(Parameters.Adapter);
    }

    /// <summary>An adapter that has been trained: both of its factors are drawn at random.</summary>
    internal static LoraAdapter Trained(ParameterSet model, LoraOptions options)
    {
        var adapter = LoraAdapter.Attach(model, options);
        adapter.Parameters.Flat.normal_(0, 0.5);
        adapter.Parameters.Refresh();
        return adapter;
    }
}
