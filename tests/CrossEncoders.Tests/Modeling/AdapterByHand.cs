using System.Text.Json;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>
/// An adapter in PEFT's layout over the golden BERT, trained head included, with the scores of the checkpoint into which plain arithmetic
/// has worked the same change. It stands in every clone beside those that PEFT wrote.
/// </summary>
internal static class AdapterByHand
{
    private const int Rank = 4;
    private const int Width = 32;
    private const double Scale = 8.0 / Rank; // alpha over rank

    /// <summary>Writes base/, adapter/ and cases.json, as the folders in ../shared/golden/modules have them.</summary>
    public static string Write(string folder)
    {
        var random = new Random(11);
        var source = Shared.Path("golden/models/bert");
        var (plain, merged) = (Path.Combine(folder, "base"), Path.Combine(folder, "merged"));
        ModelFolder.Copy(source, plain);
        ModelFolder.Copy(source, merged);
        var adapter = new Dictionary<string, Tensor>();
        ModelFolder.Reweigh(merged, (name, weight) => (name, Changed(name, weight, adapter, random)));
        Directory.CreateDirectory(Path.Combine(folder, "adapter"));
        SafetensorsWriter.Write(
            Path.Combine(folder, "adapter", "adapter_model.safetensors"),
            adapter.Select(entry => ("base_model.model." + entry.Key, entry.Value))
        );
        foreach (var tensor in adapter.Values)
            tensor.Dispose();
        File.WriteAllText(
            Path.Combine(folder, "adapter", "adapter_config.json"),
            """
            {
              "base_model_name_or_path": "../base", "bias": "none", "fan_in_fan_out": false, "inference_mode": true, "lora_alpha": 8,
              "lora_dropout": 0.0, "modules_to_save": ["classifier"], "peft_type": "LORA", "r": 4, "target_modules": ["query", "value"],
              "task_type": "SEQ_CLS", "use_dora": false, "use_rslora": false
            }
            """
        );
        TextPair[] pairs = [.. Enumerable.Range(1, 12).Select(i => new TextPair($"why {i}?", $"because {i} of the wind"))];
        File.WriteAllText(
            Path.Combine(folder, "cases.json"),
            JsonSerializer.Serialize(
                new
                {
                    max_length = 64,
                    pairs = pairs.Select(pair => new[] { pair.Query, pair.Passage }),
                    logits = Logits(merged, pairs),
                    logits_of_the_base = Logits(plain, pairs),
                }
            )
        );
        return folder;
    }

    private static Tensor Changed(string name, Tensor weight, Dictionary<string, Tensor> adapter, Random random)
    {
        float[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        if (name is "classifier.weight" or "classifier.bias")
            return adapter[name] = tensor(Some((int)weight.numel()), weight.shape).DetachFromDisposeScope();
        if (!name.EndsWith("self.query.weight", StringComparison.Ordinal) && !name.EndsWith("self.value.weight", StringComparison.Ordinal))
            return weight;
        var (down, up, values) = (Some(Rank * Width), Some(Width * Rank), weight.data<float>().ToArray());
        for (var row = 0; row < Width; row++)
        for (var column = 0; column < Width; column++)
        {
            var change = 0.0;
            for (var i = 0; i < Rank; i++)
                change += (double)up[row * Rank + i] * down[i * Width + column];
            values[row * Width + column] += (float)(Scale * change);
        }

        var module = name[..^".weight".Length];
        adapter[module + ".lora_A.weight"] = tensor(down, [Rank, Width]).DetachFromDisposeScope();
        adapter[module + ".lora_B.weight"] = tensor(up, [Width, Rank]).DetachFromDisposeScope();
        return tensor(values, [Width, Width]);
    }

    private static float[] Logits(string folder, TextPair[] pairs)
    {
        using var model = CheckpointParityTests.Load(folder, 64);
        return model.Score(pairs);
    }
}
