using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Tiny models in sentence-transformers' layout against its own scores and vectors (../shared/golden/modules).</summary>
public sealed class ModuleParityTests
{
    private static readonly string[] AllCrossEncoders =
    [
        "bert-lasttoken",
        "bert-max",
        "bert-mean-head-3-labels",
        "bert-mean-sqrt-len-tokens",
        "bert-prompts",
        "bert-two-activations",
        "bert-weightedmean",
        "modernbert-cls-head",
        "qwen2-logits",
        "qwen3-logits",
        "qwen3-sequence-classification",
    ];
    private static readonly string[] AllBiEncoders = ["biencoder-cls", "biencoder-mean-dense"];

    public static TheoryData<string> CrossEncoders => [.. AllCrossEncoders.Where(IsHere)];

    public static TheoryData<string> BiEncoders => [.. AllBiEncoders.Where(IsHere)];

    [Fact]
    public void EveryModelIsHere()
    {
        var missing = AllCrossEncoders.Concat(AllBiEncoders).Concat(AdapterParityTests.All).Where(name => !IsHere(name)).ToList();
        Assert.SkipUnless(missing.Count == 0, $"needs ../shared/golden/modules for {string.Join(", ", missing)}");
    }

    [Theory]
    [MemberData(nameof(CrossEncoders))]
    public void TokensLogitsAndScoresEqualTheReference(string name)
    {
        var folder = Folder(name);
        using var cases = Cases(folder);
        var pairs = Pairs(cases.RootElement);
        foreach (var result in cases.RootElement.GetProperty("results").EnumerateArray())
        {
            using var model = Load(folder, result.GetProperty("prompt").GetString());
            Assert.Equal(cases.RootElement.GetProperty("max_seq_length").GetInt32(), model.MaxLength);
            Assert.Equal(result.GetProperty("used_prompt").GetString() ?? "", model.Prompt);
            Assert.Equal(
                result.GetProperty("ids").EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray()),
                model.Tokenize(pairs).Select(text => text.Ids)
            );
            AssertClose(Numbers(result.GetProperty("logits_in_one_batch")), model.Score(pairs));
            AssertClose(Numbers(result.GetProperty("logits")), [.. pairs.SelectMany(pair => model.Score([pair]))]);
            AssertClose(Numbers(result.GetProperty("predict")), model.Predict(pairs));
        }
    }

    [Theory]
    [MemberData(nameof(CrossEncoders))]
    public void ASavedModelHasTheSameFilesAndScores(string name)
    {
        var folder = Folder(name);
        using var cases = Cases(folder);
        var pairs = Pairs(cases.RootElement);
        using var scratch = new ScratchFolder();
        using var model = Load(folder);
        var target = scratch["saved"];
        model.SavePretrained(target);
        using var saved = Load(target);
        Assert.Equal(model.Predict(pairs), saved.Predict(pairs));
        AssertSameSettings(folder, target);
    }

    [Theory]
    [MemberData(nameof(BiEncoders))]
    public void ASavedBiEncoderHasTheSameFilesAndVectors(string name)
    {
        var folder = Folder(name);
        using var cases = Cases(folder);
        string[] texts = [.. cases.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        using var scratch = new ScratchFolder();
        using var model = ModelFolder.LoadBi(folder);
        var target = scratch["saved"];
        model.SavePretrained(target);
        using var saved = ModelFolder.LoadBi(target);
        Assert.Equal(model.EmbedQueries(texts), saved.EmbedQueries(texts));
        Assert.Equal(model.EmbedPassages(texts), saved.EmbedPassages(texts));
        AssertSameSettings(folder, target);
    }

    [Theory]
    [MemberData(nameof(BiEncoders))]
    public void VectorsEqualTheReference(string name)
    {
        var folder = Folder(name);
        using var cases = Cases(folder);
        string[] texts = [.. cases.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        var notes = new List<string>();
        using var model = BiEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Report = notes.Add,
            }
        );
        Assert.Empty(notes);
        Assert.Equal(cases.RootElement.GetProperty("max_seq_length").GetInt32(), model.MaxLength);
        foreach (var result in cases.RootElement.GetProperty("results").EnumerateArray())
        {
            float[][] expected = [.. result.GetProperty("embeddings").EnumerateArray().Select(Numbers)];
            float[][] actual;
            switch (result.GetProperty("prompt_name").GetString())
            {
                case "query":
                    actual = model.EmbedQueries(texts);
                    break;
                case "document":
                    actual = model.EmbedPassages(texts);
                    break;
                default:
                    using (
                        var bare = BiEncoder.FromPretrained(
                            folder,
                            new()
                            {
                                Device = "cpu",
                                ComputeType = ScalarType.Float32,
                                QueryPrefix = "",
                            }
                        )
                    )
                        actual = bare.EmbedQueries(texts);
                    break;
            }

            Assert.Equal(expected.Length, actual.Length);
            foreach (var (wanted, found) in expected.Zip(actual))
            {
                Assert.Equal(wanted.Length, found.Length);
                Assert.InRange(TensorPrimitives.Distance(wanted, found), 0, 1e-5f);
            }
        }
    }

    private static CrossEncoder Load(string folder, string? prompt = null) =>
        CrossEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Prompt = prompt,
                Report = _ => { },
            }
        );

    private static void AssertSameSettings(string folder, string target)
    {
        Assert.Equal(
            Files(folder).Except(["cases.json", "generation_config.json"]).Append("README.md").Order(StringComparer.Ordinal),
            Files(target).Order(StringComparer.Ordinal)
        );
        foreach (var file in Files(folder).Where(file => file.EndsWith("config.json", StringComparison.Ordinal) || file == "modules.json"))
        {
            if (file == "generation_config.json")
                continue; // how a model writes, and not how it scores
            JsonNode Json(string of) => JsonNode.Parse(File.ReadAllText(Path.Combine(of, file)))!;
            Assert.True(JsonNode.DeepEquals(Json(folder), Json(target)), $"{file}: {Json(target).ToJsonString()}");
        }
    }

    private static string Folder(string name) => Path.GetDirectoryName(Shared.Path($"golden/modules/{name}/cases.json"))!;

    private static JsonDocument Cases(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));

    private static TextPair[] Pairs(JsonElement cases) =>
        [.. cases.GetProperty("pairs").EnumerateArray().Select(pair => new TextPair(pair[0].GetString()!, pair[1].GetString()!))];

    private static float[] Numbers(JsonElement values) =>
        [.. values.EnumerateArray().SelectMany(value => value.ValueKind == JsonValueKind.Array ? Numbers(value) : [value.GetSingle()])];

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.InRange(Math.Abs(expected[i] - actual[i]), 0, 1e-5 * Math.Max(1, Math.Abs(expected[i])));
    }

    private static string[] Files(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')),
        ];

    /// <summary>Those of the models that are here, in the archive or in ../shared.</summary>
    internal static IEnumerable<string> Here(params string[] names) => names.Where(IsHere);

    private static bool IsHere(string name) => Shared.Has($"golden/modules/{name}/cases.json");
}
