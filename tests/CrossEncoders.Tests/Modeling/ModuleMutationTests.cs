using System.Text;
using CrossEncoders.Modeling;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Broken JSON in sentence-transformers' files and in an adapter's: an error of ours, or settings that can be used.</summary>
[Trait("Speed", "Slow")]
public sealed class ModuleMutationTests
{
    private const int Mutations = 10_000;
    private const long MostBytes = 16L << 20;

    private static readonly string[] Values =
    [
        "0",
        "-1",
        "2.5",
        "1e308",
        "4294967296",
        "null",
        "true",
        "\"\"",
        "\"mean\"",
        "\"..\"",
        "\"torch.nn.modules.activation.Tanh\"",
        "[]",
        "[[]]",
        "{}",
        "{\"text\": 1}",
        "[\"cls\", \"max\"]",
    ];

    public static TheoryData<string, string> SettingsFiles
    {
        get
        {
            var rows = new TheoryData<string, string>
            {
                { "bert-mean-head-3-labels", "modules.json" },
                { "bert-mean-head-3-labels", "1_Pooling/config.json" },
                { "bert-mean-head-3-labels", "2_Dense/config.json" },
                { "bert-prompts", "config_sentence_transformers.json" },
                { "bert-prompts", "sentence_bert_config.json" },
            };
            foreach (var name in ModuleParityTests.Here("modernbert-cls-head"))
                rows.Add(name, "3_LayerNorm/config.json");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(SettingsFiles))]
    public void NoSettingsFileCrashesOrAsksForMuchMemory(string model, string file)
    {
        using var scratch = new ScratchFolder();
        var source = Shared.Path($"golden/modules/{model}");
        foreach (var path in Directory.EnumerateFiles(source, "*.json", SearchOption.AllDirectories))
        {
            var copy = scratch[Path.GetRelativePath(source, path)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
            File.SetAttributes(copy, FileAttributes.Normal);
        }

        Check(scratch[file], () =>
        {
            var config = ModelConfig.Load(scratch.Path);
            var chosen = CrossEncoderChoice.Of(config, scratch.Path, new() { Activation = x => x });
            if (chosen.Modules is { } modules)
                Assert.InRange(new ModularHead(chosen.HiddenSize, modules, new()).Outputs, 1, 65536);
            _ = BiEncoderChoice.Of(BiEncoderChoice.Config(config, scratch.Path).Settings, scratch.Path, scratch.Path, new());
        });
    }

    [Fact]
    public void NoAdaptersFileCrashes()
    {
        using var scratch = new ScratchFolder();
        using var model = ModelFolder.Load(Shared.Path("golden/models/bert"));
        using (var adapter = model.AttachAdapter(new() { Rank = 2, Targets = ["dense"] }))
            adapter.Save(scratch["adapter"]);
        Check(scratch["adapter/adapter_config.json"], () => LoraFiles.Read(scratch["adapter"]));
    }

    private static void Check(string path, Action read)
    {
        var original = File.ReadAllText(path);
        read();
        var (random, refused) = (new Random(2026), 0);
        for (var i = 0; i < Mutations; i++)
        {
            var mutated =
                random.Next(3) == 0
                    ? Encoding.UTF8.GetString(Damage.Of(Encoding.UTF8.GetBytes(original), random, Damage.Json))
                    : Damage.Value(original, random, Values);
            File.WriteAllText(path, mutated);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read();
            }
            catch (CrossEncoderException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"mutation {i}: {error}\n{mutated}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }

        Assert.InRange(refused, Mutations / 20, Mutations - 1);
    }
}
