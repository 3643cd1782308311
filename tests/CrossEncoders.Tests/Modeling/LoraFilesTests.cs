using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Adapters on disk: what is written, and what of it does not fit a model.</summary>
public sealed class LoraFilesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ParameterSet _model = new();

    public LoraFilesTests()
    {
        _ = new Dense(_model, 3, 4, "layer.0.query", "layer.0.key");
        _ = new Dense(_model, 2, 3, "layer.0.dense");
        _model.Allocate(CPU);
    }

    public void Dispose()
    {
        _model.Adapter?.Dispose();
        _model.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ASavedAdapterIsLaidOutAsPeftDoesAndComesBackWhole()
    {
        var adapter = Attach(
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
        var loaded = LoraAdapter.Load(_model, LoraFiles.Read(_folder["adapter"]));
        Assert.Same(loaded, _model.Adapter);
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
        var adapter = Attach(new() { Rank = 2 });
        adapter.Save(_folder["adapter"]);
        adapter.Dispose();
        ModelFolder.Edit(_folder["adapter"], "adapter_config.json", json =>
        {
            json.Remove(key);
            if (value is not null)
                json[key] = JsonNode.Parse(value);
        });
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Load(_model, LoraFiles.Read(_folder["adapter"])));
        Assert.Contains(complaint, error.Message);
        Assert.Null(_model.Adapter);
        Assert.All(_model.Parameters, parameter => Assert.Null(parameter.Changes));
    }

    [Fact]
    public void WeightsThatAreMissingAreNamed()
    {
        var adapter = Attach(new() { Rank = 2 });
        adapter.Save(_folder["adapter"]);
        adapter.Dispose();
        File.Delete(_folder["adapter/adapter_model.safetensors"]);
        var error = Assert.Throws<CrossEncoderException>(() => LoraAdapter.Load(_model, LoraFiles.Read(_folder["adapter"])));
        Assert.Contains("adapter_model.safetensors", error.Message);
        Assert.Null(_model.Adapter);
    }

    /// <summary>An adapter that has been trained: both of its factors are drawn at random.</summary>
    private LoraAdapter Attach(LoraOptions options)
    {
        var adapter = LoraAdapter.Attach(_model, options);
        adapter.Parameters.Flat.normal_(0, 0.5);
        adapter.Parameters.Refresh();
        return adapter;
    }

    private static Dictionary<string, Tensor> Named(ParameterSet parameters) =>
        parameters.Named().ToDictionary(entry => entry.Name, entry => entry.Tensor);

    private static float[] Numbers(Tensor values) => values.to_type(ScalarType.Float32).contiguous().data<float>().ToArray();
}
