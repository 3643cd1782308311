using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>What training needs of a model: gradients, with little memory if wanted, and adapters.</summary>
[Collection(Alone.Name)]
public class TrainingPassTests
{
    public static TheoryData<string> Architectures => CheckpointParityTests.Architectures;

    [Theory]
    [MemberData(nameof(Architectures))]
    public void ComputingLayersAgainGivesTheSameGradients(string architecture)
    {
        using var model = CheckpointParityTests.Load(Shared.Path($"golden/models/{architecture}"));
        var expected = Gradients(model, (ids, types, mask) =>
        {
            var logits = model.Model.Forward(ids, types, mask);
            logits.square().sum().backward();
        });
        var actual = Gradients(model, (ids, types, mask) =>
        {
            var pass = model.Model.ForwardCheckpointed(ids, types, mask, dropout: null, seed: 1);
            pass.Logits.square().sum().backward();
            pass.Backward();
        });
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, gradient) in expected)
            CheckpointParityTests.AssertClose(gradient, actual[name], 1e-5 * (1 + gradient.Max(Math.Abs)));
        Assert.Contains(expected, entry =>
            entry.Key.Contains("embeddings", StringComparison.Ordinal) && entry.Value.Any(value => value != 0)
        );
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void DropoutIsTheSameBothTimesAndOnlyInTraining(string architecture)
    {
        using var model = CheckpointParityTests.Load(Shared.Path($"golden/models/{architecture}"));
        Dictionary<string, float[]> Once() => Gradients(model, (ids, types, mask) =>
            {
                var pass = model.Model.ForwardCheckpointed(ids, types, mask, new Dropout(0.1, 0.1, 0.1), seed: 7);
                pass.Logits.square().sum().backward();
                pass.Backward();
            });
        var first = Once();
        foreach (var (name, gradient) in Once())
            Assert.Equal(first[name], gradient);

        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (ids, types, mask) = Batch(model);
        var plain = model.Model.Forward(ids, types, mask);
        Assert.True(plain.allclose(model.Model.Forward(ids, types, mask)));
        Assert.False(plain.allclose(model.Model.ForwardCheckpointed(ids, types, mask, new Dropout(0.1, 0.1, 0.1), seed: 7).Logits));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0.1)]
    [InlineData(ScalarType.BFloat16, 0.1)]
    [InlineData(ScalarType.Float32, 0.5)]
    public void DropoutDropsThatShareKeepsTheMeanAndIsSeeded(ScalarType type, double probability)
    {
        using var scope = NewDisposeScope();
        var states = ones([1000, 1003], type).requires_grad_(true);
        random.manual_seed(3);
        var dropped = Dropping.Apply(states, probability);
        dropped.sum().backward();
        Assert.Equal(dropped, states.grad!); // of ones: what was kept has the gradient of its scale
        var values = dropped.to_type(ScalarType.Float32).detach();
        Assert.Equal(probability, (values == 0).to_type(ScalarType.Float32).mean().item<float>(), 2e-3);
        Assert.Equal(1, values.mean().item<float>(), 5e-3);
        // the last column, too
        Assert.Equal(probability, (values.select(1, 1002) == 0).to_type(ScalarType.Float32).mean().item<float>(), 5e-2);
        Assert.Equal(2, values.unique().output.numel());
        random.manual_seed(3);
        Assert.Equal(dropped, Dropping.Apply(states, probability));
        Assert.NotEqual(dropped, Dropping.Apply(states, probability));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void AdapterChangesScoresIsSavedSmallAndMerges(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var scratch = new ScratchFolder();
        var target = Path.Combine(scratch.Path, "adapter");
        TextPair[] pairs = [new("why?", "because of the wind"), new("什么？", "这是一个段落"), new("who", "the astronomer on duty")];
        using var model = CheckpointParityTests.Load(folder);
        var before = model.Score(pairs);
        random.manual_seed(1);
        var adapter = model.AttachAdapter(new() { Rank = 2 });
        Assert.Equal(before, model.Score(pairs)); // B is zero
        Assert.Throws<CrossEncoderException>(() => model.SavePretrained(target));
        using (no_grad())
            adapter.Parameters.Flat.normal_(0, 0.1);
        var changed = model.Score(pairs);
        Assert.NotEqual(before, changed);
        adapter.Save(target, folder);

        using (var other = CheckpointParityTests.Load(folder))
        {
            other.LoadAdapter(target);
            Assert.Equal(changed, other.Score(pairs));
        }

        adapter.Merge();
        Assert.Null(model.Model.Adapter);
        CheckpointParityTests.AssertClose(changed, model.Score(pairs), 1e-4);
        model.SavePretrained(Path.Combine(scratch.Path, "merged"));
    }

    [Fact]
    public void AdapterThatDoesNotFitIsRefused()
    {
        using var scratch = new ScratchFolder();
        using var bert = CheckpointParityTests.Load(Shared.Path("golden/models/bert"));
        using var electra = CheckpointParityTests.Load(Shared.Path("golden/models/electra"));
        Assert.Contains("adapter_config.json", Assert.Throws<CrossEncoderException>(() => bert.LoadAdapter(scratch.Path)).Message);
        Assert.Contains(
            "ends with nothing",
            Assert.Throws<CrossEncoderException>(() => bert.AttachAdapter(new() { Targets = ["nothing"] })).Message
        );
        bert.AttachAdapter(new() { Targets = ["query", "key", "value"] }).Save(Path.Combine(scratch.Path, "adapter"));
        Assert.Throws<CrossEncoderException>(() => electra.LoadAdapter(Path.Combine(scratch.Path, "adapter")));
        Assert.Null(electra.Model.Adapter);
    }

    [Theory]
    [InlineData("query,densse", "ends with densse.")]
    [InlineData("query,key,value,densse", "ends with densse.")]
    public void EveryTargetOfAnAdapterIsChecked(string targets, string said)
    {
        using var model = CheckpointParityTests.Load(Shared.Path("golden/models/bert"));
        Assert.Contains(
            said,
            Assert.Throws<CrossEncoderException>(() => model.AttachAdapter(new() { Targets = targets.Split(',') })).Message
        );
        Assert.Null(model.Model.Adapter);
    }

    [Fact]
    public void AnAdapterStartsAsItsSeedSays()
    {
        float[] Start(int seed)
        {
            using var model = CheckpointParityTests.Load(Shared.Path("golden/models/bert"));
            return model.AttachAdapter(new() { Seed = seed }).Parameters.Flat.data<float>().ToArray();
        }

        random.manual_seed(3);
        var next = rand(1).item<float>();
        random.manual_seed(3);
        var start = Start(1);
        Assert.Equal(next, rand(1).item<float>()); // what is drawn elsewhere stays the same
        Assert.Equal(start, Start(1));
        Assert.NotEqual(start, Start(2));
    }

    [Theory]
    [InlineData("peft_type", "\"LOHA\"")]
    [InlineData("use_dora", "true")]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("layers_to_transform", "[0]")]
    [InlineData("exclude_modules", "\"query\"")]
    [InlineData("target_parameters", """["weight"]""")]
    [InlineData("use_tomorrows_trick", "true")]
    [InlineData("alpha_pattern", """{"query": 32}""")]
    [InlineData("rank_pattern", """{"query": 4}""")]
    [InlineData("fan_in_fan_out", "true")]
    [InlineData("bias", "\"some\"")]
    public void AnAdapterThatComputesOtherwiseIsRefused(string key, string value)
    {
        using var scratch = new ScratchFolder();
        using var model = CheckpointParityTests.Load(Shared.Path("golden/models/bert"));
        using (var adapter = model.AttachAdapter())
            adapter.Save(scratch.Path);
        var config = Path.Combine(scratch.Path, "adapter_config.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        foreach (
            var (usual, nothing) in new[]
            {
                ("init_lora_weights", "true"),
                ("layers_to_transform", "null"),
                ("use_dora", "false"),
                ("alpha_pattern", "{}"),
                ("rank_pattern", "{}"),
                ("modules_to_save", "null"),
            }
        )
            json[usual] = System.Text.Json.Nodes.JsonNode.Parse(nothing);
        File.WriteAllText(config, json.ToJsonString());
        model.LoadAdapter(scratch.Path).Dispose(); // as PEFT writes a plain one
        json[key] = System.Text.Json.Nodes.JsonNode.Parse(value);
        File.WriteAllText(config, json.ToJsonString());
        Assert.Contains(key, Assert.Throws<CrossEncoderException>(() => model.LoadAdapter(scratch.Path)).Message);
        Assert.Null(model.Model.Adapter);
    }

    private static Dictionary<string, float[]> Gradients(CrossEncoder model, Action<Tensor, Tensor, Tensor?> backward)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in model.Model.Parameters.Parameters)
            parameter.Value.requires_grad_(true);
        var (ids, types, mask) = Batch(model);
        backward(ids, types, mask);
        var gradients = new Dictionary<string, float[]>();
        foreach (var parameter in model.Model.Parameters.Parameters)
        {
            gradients[parameter.Names[0]] = parameter.Value.grad is { } gradient ? gradient.data<float>().ToArray() : [0];
            parameter.Value.grad = null;
            parameter.Value.requires_grad_(false);
        }

        return gradients;
    }

    private static (Tensor Ids, Tensor Types, Tensor? Mask) Batch(CrossEncoder model) =>
        BatchTensors.Pad(
            model.Tokenize([
                new("why?", "because of the wind"),
                new("which telescope is it?", "the large one in the northern dome of the observatory"),
            ]),
            model.Tokenizer.PaddingId,
            device("cpu")
        );
}
