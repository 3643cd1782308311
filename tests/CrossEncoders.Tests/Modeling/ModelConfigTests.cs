using System.Text.Json.Nodes;
using CrossEncoders.Modeling;

namespace CrossEncoders.Tests.Modeling;

/// <summary>What is read of <c>config.json</c>: the names of each family, what is unsaid, and values that cannot be.</summary>
public sealed class ModelConfigTests : IDisposable
{
    private const string Bert =
        """{"model_type":"bert","vocab_size":20,"hidden_size":8,"num_hidden_layers":2,"num_attention_heads":2,"intermediate_size":16}""";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model_type", null, "\"model_type\" is missing; expected a model family such as bert")]
    [InlineData("model_type", "\"\"", "\"model_type\" is missing")]
    [InlineData("vocab_size", null, "\"vocab_size\" is 0; expected 1 to 16777216")]
    [InlineData("vocab_size", "16777217", "\"vocab_size\" is 16777217")]
    [InlineData("hidden_size", null, "\"hidden_size\" is 0; expected 1 to 65536")]
    [InlineData("hidden_size", "65538", "\"hidden_size\" is 65538; expected 1 to 65536")]
    [InlineData("num_hidden_layers", null, "\"num_hidden_layers\" is 0; expected 1 to 1000")]
    [InlineData("num_hidden_layers", "1001", "\"num_hidden_layers\" is 1001")]
    [InlineData("num_attention_heads", null, "\"num_attention_heads\" is 0; expected a divisor of hidden_size 8")]
    [InlineData("num_attention_heads", "3", "\"num_attention_heads\" is 3; expected a divisor of hidden_size 8")]
    [InlineData("num_attention_heads", "-2", "\"num_attention_heads\" is -2")]
    [InlineData("intermediate_size", null, "\"intermediate_size\" is 0; expected 1 to 1048576")]
    [InlineData("max_position_embeddings", "2", "\"max_position_embeddings\" is 2; expected 3 to 1048576")]
    [InlineData("type_vocab_size", "-1", "\"type_vocab_size\" is -1; expected 0 to 1024")]
    [InlineData("pad_token_id", "20", "\"pad_token_id\" is 20; expected an id of the vocabulary")]
    [InlineData("pad_token_id", "-1", "\"pad_token_id\" is -1; expected an id of the vocabulary")]
    [InlineData("num_labels", "0", "\"id2label\" is 0; expected 1 to 65536 labels")]
    [InlineData("id2label", "{}", "\"id2label\" is 0; expected 1 to 65536 labels")]
    [InlineData("layer_norm_eps", "0", "\"layer_norm_eps\" is 0; expected a small positive number")]
    [InlineData("layer_norm_eps", "1", "\"layer_norm_eps\" is 1; expected a small positive number")]
    [InlineData("hidden_act", "\"mish\"", "\"hidden_act\" is mish; expected gelu, gelu_new")]
    [InlineData("head_activation", "\"mish\"", "\"head activation\" is mish; expected gelu")]
    [InlineData("embedding_size", "0", "\"embedding_size\" is 0; expected 1 to 65536")]
    [InlineData("classifier_pooling", "\"max\"", "\"classifier_pooling\" is max; expected cls or mean")]
    [InlineData("global_attn_every_n_layers", "0", "\"global_attn_every_n_layers\" is 0; expected at least 1")]
    [InlineData("layer_types", "[\"full_attention\"]", "\"layer_types\" is 1; expected one for each of the 2 layers")]
    [InlineData("local_attention", "0", "\"local_attention\" is 0; expected at least 1")]
    [InlineData("global_rope_theta", "0", "\"rope_theta\" is 0; expected a positive number")]
    [InlineData("max_relative_positions", "1048577", "\"max_relative_positions\" is 1048577")]
    [InlineData("position_buckets", "1048577", "\"position_buckets\" is 1048577")]
    [InlineData("position_embedding_type", "\"relative_key\"", "with position_embedding_type 'relative_key' is not supported")]
    [InlineData("model_type", "\"gpt2\"", "'gpt2' is not supported. Supported: bert, roberta, xlm-roberta")]
    [InlineData("hidden_size", "\"eight\"", "cannot be read as a model's configuration")]
    [InlineData("hidden_size", "8.5", "cannot be read as a model's configuration")]
    [InlineData("num_attention_heads", "9999999999", "cannot be read as a model's configuration")]
    [InlineData("architectures", "\"BertModel\"", "cannot be read as a model's configuration")]
    public void EachImpossibleValueIsToldByItsKey(string key, string? value, string complaint)
    {
        var json = JsonNode.Parse(Bert)!.AsObject();
        json.Remove(key);
        if (value is not null)
            json[key] = JsonNode.Parse(value);
        Assert.Contains(complaint, Assert.Throws<CrossEncoderException>(() => Load(json.ToJsonString())).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("3")]
    [InlineData("{\"model_type\":\"bert\",}")]
    public void AFileThatIsNoObjectIsRefusedByItsPath(string text)
    {
        var message = Assert.Throws<CrossEncoderException>(() => Load(text)).Message;
        Assert.StartsWith($"{_folder["config.json"]} cannot be read as a model's configuration: ", message);
    }

    [Fact]
    public void WhatBertLeavesUnsaidIsTransformersDefault()
    {
        var config = Load(Bert);
        Assert.Equal(("gelu", 0.1, 0.1), (config.Activation, config.HiddenDropout, config.AttentionDropout));
        Assert.Equal(
            (512, 2, 1e-12, 0.02),
            (config.MaxPositions, config.TypeVocabularySize, config.LayerNormEpsilon, config.InitializerRange)
        );
        Assert.Equal((2, false), (config.Labels, config.HasHead));
        Assert.Null(config.ClassifierDropout);
        Assert.Null(config.ScoreActivation);
    }

    [Fact]
    public void NullSaysNothing()
    {
        var config = Load(Bert[..^1] + ""","classifier_dropout":null,"max_position_embeddings":null,"hidden_act":null,"id2label":null}""");
        Assert.Equal((512, "gelu", 2), (config.MaxPositions, config.Activation, config.Labels));
    }

    [Fact]
    public void DistilBertNamesItsSizesDifferently()
    {
        var config = Load(
            """
            {"model_type":"distilbert","vocab_size":20,"dim":12,"n_layers":3,"n_heads":4,"hidden_dim":48,"activation":"relu",
             "dropout":0.2,"attention_dropout":0.3,"seq_classif_dropout":0.4,"max_position_embeddings":64}
            """
        );
        Assert.Equal((12, 3, 4, 48), (config.HiddenSize, config.Layers, config.Heads, config.IntermediateSize));
        Assert.Equal(("relu", 0.2, 0.3, 0.4), (config.Activation, config.HiddenDropout, config.AttentionDropout, config.ClassifierDropout));
        Assert.Equal(0, config.TypeVocabularySize); // it has none
    }

    [Fact]
    public void ModernBertHasItsOwnNamesAndDefaults()
    {
        const string Sizes =
            "\"model_type\":\"modernbert\",\"vocab_size\":20,\"hidden_size\":8,\"num_hidden_layers\":4,\"num_attention_heads\":2,"
            + "\"intermediate_size\":16";
        var unsaid = Load($"{{{Sizes}}}");
        Assert.Equal((0, 0, 1e-5), (unsaid.HiddenDropout, unsaid.AttentionDropout, unsaid.LayerNormEpsilon));
        Assert.False(unsaid.NormBias || unsaid.AttentionBias || unsaid.MlpBias || unsaid.HeadBias);
        Assert.Equal((160_000, 10_000, 0), (unsaid.GlobalRopeTheta, unsaid.LocalRopeTheta, unsaid.TypeVocabularySize));
        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(unsaid.AttendsEverywhere));

        var said = Load(
            $$$"""
            {{{{Sizes}}},"hidden_activation":"silu","mlp_dropout":0.2,"attention_dropout":0.3,"norm_eps":1e-6,
             "classifier_activation":"relu","classifier_bias":true,"norm_bias":true,"global_rope_theta":5000,"local_rope_theta":null,
             "layer_types":["sliding_attention","full_attention","sliding_attention","full_attention"]}
            """
        );
        Assert.Equal(("silu", 0.2, 0.3, 1e-6), (said.Activation, said.HiddenDropout, said.AttentionDropout, said.LayerNormEpsilon));
        Assert.Equal(("relu", true, true), (said.HeadActivation, said.HeadBias, said.NormBias));
        Assert.Equal((5000, 5000), (said.GlobalRopeTheta, said.LocalRopeTheta)); // null: one speed for all layers
        Assert.Equal([false, true, false, true], Enumerable.Range(0, 4).Select(said.AttendsEverywhere));
    }

    [Fact]
    public void NewerFilesGiveRotationsByKindOfAttention()
    {
        var config = Load(
            """
            {"model_type":"modernbert","vocab_size":20,"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,
             "intermediate_size":16,"global_rope_theta":1,
             "rope_parameters":{"full_attention":{"rope_theta":800.5},"sliding_attention":{"rope_theta":70}}}
            """
        );
        Assert.Equal((800.5, 70), (config.GlobalRopeTheta, config.LocalRopeTheta));
    }

    [Theory]
    [InlineData("\"p2c|c2p\"", "p2c,c2p")]
    [InlineData("\"c2p | p2c\"", "c2p,p2c")]
    [InlineData("[\"c2p\"]", "c2p")]
    public void DebertasAttentionMayBeAListOrJoined(string value, string kinds)
    {
        var config = Load(
            Bert.Replace("\"bert\"", "\"deberta-v2\"")[..^1]
                + $$""","pos_att_type":{{value}},"pooler_hidden_act":"gelu","cls_dropout":0.3}"""
        );
        Assert.Equal(kinds.Split(','), config.PositionAttention);
        Assert.Equal(("gelu", 0.3, 0), (config.HeadActivation, config.ClassifierDropout, config.TypeVocabularySize));
    }

    [Theory]
    [InlineData(""" "num_labels":5 """, 5)]
    [InlineData(""" "id2label":{"0":"no","1":"yes","2":"perhaps"} """, 3)]
    [InlineData(""" "id2label":{"0":"one"},"num_labels":5 """, 1)] // names go before a number
    public void LabelsAreCountedByTheirNamesElseByTheirNumber(string keys, int labels) =>
        Assert.Equal(labels, Load($"{Bert[..^1]},{keys}}}").Labels);

    [Theory]
    [InlineData("[\"BertForSequenceClassification\"]", true)]
    [InlineData("[\"BertModel\"]", false)]
    [InlineData("[\"BertForMaskedLM\"]", false)]
    [InlineData("[null]", false)]
    [InlineData("[]", false)]
    public void AHeadIsThereWhereTheClassHasOne(string architectures, bool head) =>
        Assert.Equal(head, Load($"{Bert[..^1]},\"architectures\":{architectures}}}").HasHead);

    [Fact]
    public void ASavedConfigurationKeepsUnknownKeysAndTellsWhatChanged()
    {
        var config = Load(
            Bert[..^1] + ""","note":{"of":"the author"},"torch_dtype":"float16","num_labels":3,"id2label":{"0":"no","1":"yes"}}"""
        ) with
        {
            Layers = 1,
            VocabularySize = 25,
        };
        var saved = config.ToJson("BertForSequenceClassification", "float32");
        Assert.Equal("the author", (string?)saved["note"]!["of"]);
        Assert.Equal((1, 25, "float32"), ((int)saved["num_hidden_layers"]!, (int)saved["vocab_size"]!, (string?)saved["dtype"]));
        Assert.False(saved.ContainsKey("torch_dtype") || saved.ContainsKey("num_labels"));
        Assert.Equal("""["BertForSequenceClassification"]""", saved["architectures"]!.ToJsonString());
        Assert.Equal("""{"no":0,"yes":1}""", saved["label2id"]!.ToJsonString());
        Assert.Equal(20, (int)config.Json["vocab_size"]!); // what was read stays as it was
        var again = Load(saved.ToJsonString());
        Assert.Equal((1, 25, 2, true), (again.Layers, again.VocabularySize, again.Labels, again.HasHead));
    }

    [Fact]
    public void FewerLayersAreSavedUnderTheFilesOwnKeyAndNewLabelsGetNames()
    {
        var config = Load(
            """
            {"model_type":"distilbert","vocab_size":20,"dim":8,"n_layers":3,"n_heads":2,"hidden_dim":16,"layer_types":["a","b","c"]}
            """
        ) with
        {
            Layers = 2,
            LabelCount = 2,
        };
        var saved = config.ToJson("DistilBertForSequenceClassification", "float32");
        Assert.Equal(2, (int)saved["n_layers"]!);
        Assert.False(saved.ContainsKey("num_hidden_layers"));
        Assert.Equal("""["a","b"]""", saved["layer_types"]!.ToJsonString());
        Assert.Equal("""{"0":"LABEL_0","1":"LABEL_1"}""", saved["id2label"]!.ToJsonString());
    }

    private ModelConfig Load(string json)
    {
        File.WriteAllText(_folder["config.json"], json);
        return ModelConfig.Load(_folder.Path);
    }
}
