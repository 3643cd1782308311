using System.Text;
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
                var mutated =
                    random.Next(3) == 0
                        ? Encoding.UTF8.GetString(Damage.Of(Encoding.UTF8.GetBytes(original), random, Damage.Json))
                        : Damage.Value(original, random, Values);
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
}
