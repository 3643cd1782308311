using System.Text;
using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Broken configurations beside intact weights: each is refused with an error of ours, or gives a model that computes.</summary>
public class ConfigMutationTests
{
    private const int Mutations = 10_000;
    private const long MostBytes = 32L << 20;

    private static readonly string[] Values =
    [
        "0",
        "-1",
        "1",
        "2",
        "3",
        "5",
        "7",
        "0.5",
        "1e9",
        "1e308",
        "2147483647",
        "4294967296",
        "-5",
        "null",
        "true",
        "\"\"",
        "\"mean\"",
        "\"relu\"",
        "\"p2c|c2p\"",
        "[]",
        "{}",
        "[\"c2p\"]",
        "[1]",
    ];

    [Fact]
    public void NoneCrashesOrAsksForMuchMemory()
    {
        var random = new Random(2024);
        var (loaded, refused) = (0, 0);
        foreach (var architecture in CheckpointParityTests.Architectures.Select(row => row.Data))
        {
            using var scratch = new ScratchFolder();
            var folder = Shared.Path($"golden/models/{architecture}");
            File.Copy(Path.Combine(folder, "model.safetensors"), Path.Combine(scratch.Path, "model.safetensors"));
            var original = File.ReadAllText(Path.Combine(folder, "config.json"));
            for (var i = 0; i < Mutations / CheckpointParityTests.Architectures.Count; i++)
            {
                var mutated = random.Next(3) == 0 ? MutateText(original, random) : MutateValue(original, random);
                File.WriteAllText(Path.Combine(scratch.Path, "config.json"), mutated);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    using var scope = NewDisposeScope();
                    using var model = SequenceClassifier.Load(scratch.Path, device("cpu"), ModelConfig.Load(scratch.Path), out _);
                    if (model.Encoder.MaxLength < 3)
                        continue;
                    var ids = tensor([1L, 2L, 3L], [1, 3]);
                    var logits = model.Forward(ids, zeros_like(ids), null);
                    Assert.Equal([1, model.Config.Labels], logits.shape);
                    loaded++;
                }
                catch (CrossEncoderException)
                {
                    refused++;
                }
                catch (Exception error)
                {
                    Assert.Fail($"{architecture}, mutation {i}: {error}\n{mutated}");
                }

                Assert.True(
                    GC.GetAllocatedBytesForCurrentThread() - before < MostBytes,
                    $"{architecture}, mutation {i}: too much memory\n{mutated}"
                );
            }
        }

        Assert.True(
            loaded > Mutations / 20 && refused > Mutations / 4,
            $"{loaded} loaded, {refused} refused: the mutations are too weak or too strong"
        );
    }

    private static string MutateValue(string json, Random random)
    {
        var config = JsonNode.Parse(json)!.AsObject();
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            var key = config.ElementAt(random.Next(config.Count)).Key;
            if (random.Next(5) == 0)
                config.Remove(key);
            else
                config[key] = JsonNode.Parse(Values[random.Next(Values.Length)]);
        }

        return config.ToJsonString();
    }

    private static string MutateText(string json, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        for (var times = random.Next(1, 4); times > 0; times--)
            bytes[random.Next(bytes.Length)] = (byte)"0123456789-.,:[]{}\"eE \\nt\u0000"[random.Next(26)];
        return Encoding.UTF8.GetString(random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
    }
}
