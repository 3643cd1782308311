using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using CrossEncoders.Modeling;

namespace CrossEncoders.Tests;

/// <summary>What sentence-transformers' files in a folder decide for a bi-encoder.</summary>
public sealed class BiEncoderFolderTests : IDisposable
{
    private const string Question = "How is the anemometer cleaned?";
    private const string Passage = "Clean the cups every two weeks with a soft brush.";
    private const string Prompt = "Represent this sentence for searching relevant passages: ";

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void PoolingPromptsAndLengthAreTheFolders()
    {
        var notes = new List<string>();
        var folder = ModelFolder.Copy(ModelFolder.Shipped("multilingual-e5-small-enzh"), _scratch["model"], "biencoder-pooling");
        using var model = ModelFolder.LoadBi(folder, new() { Report = notes.Add });
        using var spelledOut = ModelFolder.LoadBi(
            ModelFolder.Shipped("multilingual-e5-small-enzh"),
            new()
            {
                Pooling = Pooling.Cls,
                QueryPrefix = Prompt,
                PassagePrefix = "",
                MaxLength = 16,
            }
        );
        Assert.Equal(16, model.MaxLength);
        Assert.Equal(spelledOut.EmbedQueries([Question]), model.EmbedQueries([Question]));
        Assert.Equal(spelledOut.EmbedPassages([Passage]), model.EmbedPassages([Passage]));
        Assert.Empty(notes);
    }

    [Fact]
    public void AnOptionGoesBeforeTheFolder()
    {
        var folder = ModelFolder.Copy(ModelFolder.Shipped("multilingual-e5-small-enzh"), _scratch["model"], "biencoder-pooling");
        using var model = ModelFolder.LoadBi(
            folder,
            new()
            {
                Pooling = Pooling.Mean,
                QueryPrefix = "query: ",
                PassagePrefix = "passage: ",
                MaxLength = 512,
            }
        );
        using var plain = ModelFolder.LoadBi(ModelFolder.Shipped("multilingual-e5-small-enzh"));
        Assert.Equal(plain.EmbedQueries([Question]), model.EmbedQueries([Question]));
        Assert.Equal(plain.EmbedPassages([Passage]), model.EmbedPassages([Passage]));
        Assert.Equal(512, model.MaxLength);
    }

    [Fact]
    public void AFolderThatSaysNothingIsReadAsE5AndSaysSoUnlessItIsE5()
    {
        var notes = new List<string>();
        using (ModelFolder.LoadBi(ModelFolder.Shipped("multilingual-e5-small-enzh"), new() { Report = notes.Add }))
            Assert.Empty(notes);
        var bare = Shared.Path("golden/models/bert-bare");
        using (ModelFolder.LoadBi(bare, new() { Report = notes.Add }))
            Assert.Contains("\"query: \"", Assert.Single(notes));
        notes.Clear();
        using (
            ModelFolder.LoadBi(
                bare,
                new()
                {
                    QueryPrefix = "",
                    PassagePrefix = "",
                    Report = notes.Add,
                }
            )
        )
            Assert.Empty(notes);
    }

    [Theory]
    [InlineData("multilingual-e5-small", "{}", "query: ", "passage: ")] // E5's own folders declare no prompts
    [InlineData("some-model", "{}", "", "")]
    [InlineData("beats5", "{}", "", "")]
    [InlineData("e5", """{"prompts": {"query": "q "}}""", "q ", "")]
    [InlineData("m", """{"prompts": {"passage": "p "}}""", "", "p ")]
    [InlineData("m", """{"prompts": {"corpus": "c ", "document": "d "}}""", "", "d ")]
    [InlineData("m", """{"prompts": {"all": "a ", "query": "q "}, "default_prompt_name": "all"}""", "q ", "a ")]
    [InlineData("m", """{"prompts": {"query": null}}""", "", "")]
    public void PromptsAreFoundByTheNamesOfSentenceTransformers(string name, string settings, string query, string passage)
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/modules/biencoder-cls"), _scratch[name]);
        File.WriteAllText(Path.Combine(folder, ModelSettings.ModelFile), settings);
        var choice = BiEncoderChoice.Of(ModelSettings.Load(folder), folder, folder, new());
        Assert.Equal((query, passage, null), (choice.QueryPrefix, choice.PassagePrefix, choice.Note));
    }

    [Fact]
    public void SeveralPoolingsAreJoined()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/modules/biencoder-cls"), _scratch["model"]);
        float[] Vector(string pooling)
        {
            ModelFolder.Edit(folder, "1_Pooling/config.json", json => json["pooling_mode"] = JsonNode.Parse(pooling));
            using var model = ModelFolder.LoadBi(folder);
            return model.EmbedQueries([Question])[0];
        }

        var (cls, max, both) = (Vector("\"cls\""), Vector("\"max\""), Vector("""["cls", "max"]"""));
        Assert.Equal(cls.Length + max.Length, both.Length);
        Assert.Equal(1, TensorPrimitives.CosineSimilarity(cls, both.AsSpan(0, cls.Length)), 5);
        Assert.Equal(1, TensorPrimitives.CosineSimilarity(max, both.AsSpan(cls.Length)), 5);
        Assert.Equal(1, TensorPrimitives.Norm(both), 5);
    }

    [Fact]
    public void TheOlderKeysOfAPoolingAreRead()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/modules/biencoder-cls"), _scratch["model"]);
        var path = Path.Combine(folder, "1_Pooling/config.json");
        File.WriteAllText(path, """{"word_embedding_dimension": 32, "pooling_mode_max_tokens": true, "pooling_mode_cls_token": true}""");
        Assert.Equal([Pooling.Cls, Pooling.Max], ModuleList.Load(folder)!.Pooling);
        File.WriteAllText(path, """{"word_embedding_dimension": 32, "pooling_mode_mean_tokens": false}""");
        Assert.Equal([Pooling.Mean], ModuleList.Load(folder)!.Pooling);
    }

    [Theory]
    [InlineData(ModelSettings.ModelFile, """{"model_type": "SparseEncoder"}""", "SparseEncoder")]
    [InlineData(ModelSettings.ModelFile, """{"model_type": "MultiVectorEncoder"}""", "MultiVectorEncoder")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length": 3}""", "maximum length of 3 tokens")]
    [InlineData("2_Normalize/config.json", """{"module_input_name": "token_embeddings"}""", "Normalize (module 2, in '2_Normalize')")]
    public void WhatCannotBeHonouredIsRefusedByName(string file, string settings, string message)
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/modules/biencoder-cls"), _scratch["model"]);
        ModelFolder.Edit(folder, file, json =>
        {
            foreach (var (key, value) in JsonNode.Parse(settings)!.AsObject())
                json[key] = value?.DeepClone();
        });
        Assert.Contains(message, Assert.Throws<CrossEncoderException>(() => ModelFolder.LoadBi(folder)).Message);
    }

    [Fact]
    public void VectorsComparedByDotProductAreRefusedUnlessTheyAreOfUnitLength()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/modules/biencoder-cls"), _scratch["model"]);
        ModelFolder.Edit(folder, ModelSettings.ModelFile, json => json["similarity_fn_name"] = "dot");
        using (ModelFolder.LoadBi(folder)) { }

        var modules = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "modules.json")))!.AsArray();
        modules.RemoveAt(2);
        File.WriteAllText(Path.Combine(folder, "modules.json"), modules.ToJsonString());
        Assert.Contains("\"dot\"", Assert.Throws<CrossEncoderException>(() => ModelFolder.LoadBi(folder)).Message);
    }

    [Fact]
    public void TextsAreLowerCasedWhereTheFolderSaysSo()
    {
        var folder = ModelFolder.Copy(ModelFolder.Shipped("multilingual-e5-small-enzh"), _scratch["model"], "biencoder-pooling");
        ModelFolder.Edit(folder, "sentence_bert_config.json", json => json["do_lower_case"] = true);
        using var model = ModelFolder.LoadBi(folder);
        Assert.Equal(model.EmbedPassages([Passage.ToLowerInvariant()]), model.EmbedPassages([Passage.ToUpperInvariant()]));
    }

    [Fact]
    public void ACrossEncodersFolderGivesItsEncoder()
    {
        using var model = ModelFolder.LoadBi(Shared.Path("golden/modules/bert-mean-head-3-labels"), new() { QueryPrefix = "" });
        Assert.Equal(32, model.EmbedQueries([Question])[0].Length);
    }
}
