using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>gte-multilingual's architecture, against plain arithmetic over its weights.</summary>
public sealed class NewEncoderTests : IDisposable
{
    private const string Scaled = """{"type": "ntk", "factor": 8.0}""";
    private const double Theta = 50;

    private readonly ScratchFolder _scratch = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(Scaled, true)]
    [InlineData("null", true)]
    [InlineData(Scaled, false)]
    public void AScoreIsWhatPlainArithmeticMakesOfTheWeights(string scaling, bool packed)
    {
        using var model = Create(json => (json["rope_scaling"], json["pack_qkv"]) = (JsonNode.Parse(scaling), packed));
        using var guard = no_grad();
        long[][] texts =
        [
            [5, 6, 7, 8, 9, 10, 11],
            [12, 13, 14],
            [15],
        ];
        var expected = texts.Select(text => PlainNewModel.Logit(model, text, Theta, scaling == "null" ? 1 : 8)).ToArray();
        Assert.True(expected.Max() - expected.Min() > 0.1);
        CheckpointParityTests.AssertClose(expected, [.. texts.Select(text => Forward(model, [text])[0])], 1e-5);
        CheckpointParityTests.AssertClose(expected, Forward(model, texts), 1e-5);
        Assert.NotEqual(PlainNewModel.Logit(model, texts[0], Theta, 2), expected[0], 1e-3); // so that the speeds matter
    }

    [Fact]
    public void AFolderIsReadWithoutItsCodeAndWrittenAsItCame()
    {
        var folder = TinyModels.NewFolder(_scratch["model"]);
        using var model = ModelFolder.Load(folder);
        TextPair[] pairs = [new("dome", "The dome is high."), new("why?", "because of the wind")];
        var scores = model.Score(pairs);
        Assert.NotEqual(scores[0], scores[1]);
        Assert.Equal([.. pairs.SelectMany(pair => model.Score([pair]))], scores, (a, b) => MathF.Abs(a - b) < 1e-5f);
        model.SavePretrained(_scratch["saved"]);
        using var saved = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(scores, saved.Score(pairs));
        var json = JsonNode.Parse(File.ReadAllText(_scratch["saved/config.json"]))!;
        Assert.Equal("Alibaba-NLP/new-impl--modeling.NewModel", (string?)json["auto_map"]!["AutoModel"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Scaled), json["rope_scaling"]));

        // an embedder of the same architecture, saved bare
        ModelFolder.Reweigh(folder, (name, tensor) => (name.StartsWith("new.", StringComparison.Ordinal) ? name[4..] : name, tensor));
        ModelFolder.Edit(folder, "config.json", config => config["architectures"] = new JsonArray("NewModel"));
        using var embedder = ModelFolder.LoadBi(
            folder,
            new()
            {
                Pooling = Pooling.Cls,
                QueryPrefix = "",
                PassagePrefix = "",
            }
        );
        Assert.Equal(1, embedder.EmbedQueries(["dome"])[0].Sum(x => x * x), 1e-5f);
    }

    [Theory]
    [InlineData("position_embedding_type", "\"absolute\"", "\"position_embedding_type\" is absolute")]
    [InlineData("layer_norm_type", "\"rms_norm\"", "\"layer_norm_type\" is rms_norm")]
    [InlineData("logn_attention_scale", "true", "attention scaled by length is not supported")]
    [InlineData("rope_theta", "0", "\"rope_theta\" is 0")]
    [InlineData("rope_theta", "\"fast\"", "cannot be read")]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 8.0}""", "expected the type ntk")]
    [InlineData("rope_scaling", """{"type": "ntk"}""", "a factor of at least 1")]
    [InlineData("rope_scaling", """{"type": "ntk", "factor": 8.0, "mixed_b": 0.9}""", "mixed speeds are not supported")]
    [InlineData("num_attention_heads", "8", "heads of an even width")]
    [InlineData("auto_map", """{"AutoModel": "modeling.OtherModel"}""", "'OtherModel' is not supported")]
    [InlineData("model_type", "\"bert\"", "'NewForSequenceClassification' is not supported")]
    public void WhatIsNotComputedIsRefusedByName(string key, string value, string complaint)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Create(json => json[key] = JsonNode.Parse(value)));
        Assert.Contains(complaint, error.Message);
    }

    private static float[] Forward(SequenceClassifier model, long[][] texts)
    {
        var width = texts.Max(text => text.Length);
        long[] Fill(long[] text, long with) => [.. text, .. Enumerable.Repeat(with, width - text.Length)];
        var ids = tensor(texts.SelectMany(text => Fill(text, 1)).ToArray()).view(texts.Length, width);
        var mask = tensor(texts.SelectMany(text => Fill([.. text.Select(_ => 1L)], 0)).ToArray()).view(texts.Length, width).ne(0);
        return model.Forward(ids, zeros_like(ids), texts.Length == 1 ? null : mask).data<float>().ToArray();
    }

    private SequenceClassifier Create(Action<JsonObject> change)
    {
        var json = TinyModels.New(32);
        change(json);
        return TinyModels.Create(TinyModels.Config(_scratch.Path, json));
    }
}
