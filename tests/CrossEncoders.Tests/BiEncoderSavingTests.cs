using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Bi-encoders saved in the layout that they came in.</summary>
public sealed class BiEncoderSavingTests : IDisposable
{
    private static readonly string[] Texts = ["How is the anemometer cleaned?", "a soft brush", "", "多久清洗一次?"];

    private readonly ScratchFolder _scratch = new();

    private string Saved => _scratch["saved"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("", ScalarType.Float32)]
    [InlineData("biencoder-pooling", ScalarType.Float16)] // the type of its weights: nothing is lost
    public void ARealModelComesBackAsItWas(string settings, ScalarType type)
    {
        var folder = ModelFolder.Copy(ModelFolder.Shipped("multilingual-e5-small-enzh"), _scratch["e5"], settings is "" ? null : settings);
        using var model = ModelFolder.LoadBi(folder);
        model.SavePretrained(Saved, type);
        SameVectors(model);
        SameFiles(folder);
    }

    [Fact]
    public void WhatAnOptionSetIsSaved()
    {
        var options = new BiEncoderOptions
        {
            Pooling = Pooling.Max,
            QueryPrefix = "ask ",
            PassagePrefix = "the ",
            MaxLength = 8,
        };
        var folder = Shared.Path("golden/modules/biencoder-cls");
        using var model = ModelFolder.LoadBi(folder, options);
        model.SavePretrained(Saved);
        SameVectors(model);
        using var plain = ModelFolder.LoadBi(folder);
        Assert.NotEqual(plain.EmbedQueries(Texts), model.EmbedQueries(Texts)); // so that it matters
        var pooling = Json(Saved, "1_Pooling/config.json");
        Assert.Equal("max", (string?)pooling["pooling_mode"]);
        Assert.Equal(32, (int?)pooling["embedding_dimension"]); // what was there besides stays
    }

    [Fact]
    public void OlderKeysOfAPoolingGiveWayToTheOneThatIsSet()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/modules/biencoder-cls"), _scratch["model"]);
        File.WriteAllText(
            Path.Combine(folder, "1_Pooling/config.json"),
            """{"word_embedding_dimension": 32, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"""
        );
        using var model = ModelFolder.LoadBi(folder, new() { Pooling = Pooling.LastToken });
        model.SavePretrained(Saved);
        SameVectors(model);
        Assert.DoesNotContain("cls_token", Json(Saved, "1_Pooling/config.json").ToJsonString());
    }

    [Theory]
    [InlineData("golden/models/bert-bare")]
    [InlineData("golden/modules/bert-mean-head-3-labels")] // a cross-encoder, whose encoder is taken
    public void AFolderWithoutModulesGetsThem(string path)
    {
        var notes = new List<string>();
        using var model = ModelFolder.LoadBi(Shared.Path(path), new() { MaxLength = 12, Report = _ => { } });
        model.SavePretrained(Saved);
        SameVectors(model, notes);
        Assert.Empty(notes); // it says how it is read
        var modules = JsonNode.Parse(File.ReadAllText(Path.Combine(Saved, "modules.json")))!.AsArray();
        Assert.Equal(["", "1_Pooling", "2_Normalize"], modules.Select(module => (string?)module!["path"]));
        Assert.Equal("mean", (string?)Json(Saved, "1_Pooling/config.json")["pooling_mode"]);
        Assert.Equal(12, (int?)Json(Saved, "sentence_bert_config.json")["max_seq_length"]);
        Assert.Equal("query: ", (string?)Json(Saved, "config_sentence_transformers.json")["prompts"]!["query"]);
    }

    [Fact]
    public void AnotherTypeIsRefusedBeforeAnythingIsWritten()
    {
        using var model = ModelFolder.LoadBi(Shared.Path("golden/modules/biencoder-cls"));
        Assert.Contains("Float64", Assert.Throws<CrossEncoderException>(() => model.SavePretrained(Saved, ScalarType.Float64)).Message);
        Assert.False(Directory.Exists(Saved));
    }

    [Fact]
    public void TheCardIsTheOneGivenAndNamesNoFolder()
    {
        using var model = ModelFolder.LoadBi(Shared.Path("golden/modules/biencoder-cls"));
        model.SavePretrained(Saved);
        var card = File.ReadAllText(Path.Combine(Saved, "README.md"));
        Assert.StartsWith("---\nlibrary_name: sentence-transformers\n", card);
        Assert.DoesNotContain(Path.GetDirectoryName(Shared.Path("golden/modules/biencoder-cls"))!, card);
        model.SavePretrained(Saved, card: "mine");
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Saved, "README.md")));
    }

    private void SameVectors(BiEncoder model, List<string>? notes = null)
    {
        using var saved = ModelFolder.LoadBi(Saved, new() { Report = note => notes?.Add(note) });
        Assert.Equal(model.MaxLength, saved.MaxLength);
        Assert.Equal(model.EmbedQueries(Texts), saved.EmbedQueries(Texts));
        Assert.Equal(model.EmbedPassages(Texts), saved.EmbedPassages(Texts));
    }

    /// <summary>Every settings file that the folder has, and the same in each; only prompts may be added where none were named.</summary>
    private void SameFiles(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
        {
            var file = Path.GetRelativePath(folder, path);
            if (file is "config.json" or "tokenizer.json" or "tokenizer_config.json")
                continue; // held by the tests of these
            Assert.True(JsonNode.DeepEquals(Json(folder, file, bare: true), Json(Saved, file, bare: true)), file);
        }
    }

    private static JsonNode Json(string folder, string file, bool bare = false)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!;
        if (bare && file == ModelSettings.ModelFile)
            json.AsObject().Remove("prompts");
        return json;
    }
}
