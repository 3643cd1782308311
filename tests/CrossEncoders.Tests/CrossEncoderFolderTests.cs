using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>What sentence-transformers' files in a folder decide for a cross-encoder, on the models that the kit ships.</summary>
public sealed class CrossEncoderFolderTests : IDisposable
{
    private static readonly TextPair Pair = new("How is the anemometer cleaned?", "Clean the cups every two weeks with a soft brush.");

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void TheActivationMayStandInAFileOfItsOwn()
    {
        var folder = Overlaid("st54-activation");
        using var model = ModelFolder.Load(folder);
        Assert.Equal(model.Score([Pair]), model.Predict([Pair]));
        Assert.NotInRange(model.Predict([Pair])[0], 0f, 1f); // a logit, not its sigmoid

        var saved = _scratch["saved"];
        model.SavePretrained(saved);
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(File.ReadAllText(Path.Combine(folder, ModelSettings.ModelFile))),
                JsonNode.Parse(File.ReadAllText(Path.Combine(saved, ModelSettings.ModelFile)))
            )
        );
        using var again = ModelFolder.Load(saved);
        Assert.Equal(model.Predict([Pair]), again.Predict([Pair]));

        using var asked = ModelFolder.Load(folder, new() { Activation = x => 2 * x, Report = _ => { } });
        Assert.Equal(2 * model.Score([Pair])[0], asked.Predict([Pair])[0]);
    }

    [Fact]
    public void TheFileOfItsOwnGoesBeforeTheOlderKey()
    {
        var folder = Overlaid("st54-activation");
        ModelFolder.Edit(folder, "config.json", json => json["sbert_ce_default_activation_function"] = "torch.nn.modules.activation.Tanh");
        using (var model = ModelFolder.Load(folder))
            Assert.Equal(model.Score([Pair]), model.Predict([Pair]));
        ModelFolder.Edit(folder, ModelSettings.ModelFile, json => json["activation_fn"] = null);
        using var older = ModelFolder.Load(folder);
        Assert.Equal(MathF.Tanh(older.Score([Pair])[0]), older.Predict([Pair])[0]);
    }

    [Fact]
    public void TheMaximumLengthMayStandInAFileOfItsOwn()
    {
        var folder = Overlaid("st54-maxlength");
        using var model = ModelFolder.Load(folder);
        Assert.Equal(16, model.MaxLength);
        var text = Assert.Single(model.Tokenize([new("who", string.Concat(Enumerable.Repeat("word ", 600)))]));
        Assert.Equal((16, true), (text.Ids.Length, text.Truncated));

        using var longer = ModelFolder.Load(folder, new() { MaxLength = 40, Report = _ => { } });
        longer.SavePretrained(_scratch["saved"]);
        var json = JsonNode.Parse(File.ReadAllText(_scratch["saved/sentence_bert_config.json"]))!;
        Assert.Equal(40, (int)json["processing_kwargs"]!["text"]!["max_length"]!);
        using var saved = ModelFolder.Load(_scratch["saved"]);
        Assert.Equal(40, saved.MaxLength);
    }

    [Fact]
    public void ADenseLayerThatGivesScoresIsTheHead()
    {
        var notes = new List<string>();
        var folder = Overlaid("st54-dense-head", "multilingual-e5-small-enzh");
        using var model = ModelFolder.Load(folder, new() { Report = notes.Add });
        Assert.Empty(notes);
        var encoder = TextEncoder.Load(folder, CPU, ModelConfig.Load(folder), ModuleList.Plain(Pooling.Mean));
        using (encoder)
        using (NewDisposeScope())
        {
            var (ids, types, mask) = BatchTensors.Pad(model.Tokenize([Pair]), model.Tokenizer.PaddingId, CPU);
            var state = encoder.States(ids, types, mask).mean([1L]).squeeze(0); // (384)
            var weights = tensor(Enumerable.Range(0, 384).Select(i => 0.01f * (i % 7 - 3)).ToArray());
            Assert.Equal(state.dot(weights).item<float>() + 0.25f, model.Score([Pair])[0], 4);
        }

        Assert.Equal(ScoreActivation.Of("Sigmoid", "")!(model.Score([Pair])[0]), model.Predict([Pair])[0]);
    }

    [Theory]
    [InlineData("sentence_transformers.cross_encoder.modules.logit_score.LogitScore", "LogitScore (module 2, in '2_Dense')")]
    [InlineData("sentence_transformers.models.LSTM", "LSTM (module 2, in '2_Dense')")]
    [InlineData("my.own.Head", "Head (module 2, in '2_Dense')")]
    public void AModuleThatIsUnknownIsNamed(string type, string name)
    {
        var folder = Overlaid("st54-dense-head", "multilingual-e5-small-enzh");
        var path = Path.Combine(folder, "modules.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("sentence_transformers.base.modules.dense.Dense", type));
        var error = Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder));
        Assert.Contains(name, error.Message);
        Assert.Contains(path, error.Message);
    }

    [Theory]
    [InlineData("2_Dense/config.json", """{"activation_function": "my.own.Function"}""", "as ")]
    [InlineData("2_Dense/config.json", """{"activation_function": "torch.nn.modules.activation.PReLU"}""", "as ")]
    [InlineData("2_Dense/config.json", """{"module_input_name": "token_embeddings"}""", "as ")]
    [InlineData("2_Dense/config.json", """{"in_features": 385}""", "reads vectors of 385 numbers, but gets 384")]
    [InlineData("2_Dense/config.json", """{"in_features": 0}""", "a size of 0")]
    [InlineData("2_Dense/config.json", """{"out_features": 2}""", "expected (2, 384), found (1, 384)")]
    [InlineData("2_Dense/config.json", """{"module_output_name": "sentence_embedding"}""", "no module that gives \"scores\"")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": "median"}""", "the pooling of ")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": ["mean", 5]}""", "the pooling of ")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": 5}""", "\"pooling_mode\" is 5")]
    [InlineData("1_Pooling/config.json", """{"include_prompt": false}""", "include_prompt")]
    [InlineData("1_Pooling/config.json", """{"include_prompt": "no"}""", "cannot be read")]
    [InlineData("config_sentence_transformers.json", """{"default_prompt_name": "query"}""", "'query'")]
    [InlineData("config_sentence_transformers.json", """{"activation_fn": "torch.nn.modules.activation.GELU"}""", "option Activation")]
    [InlineData("config_sentence_transformers.json", """{"prompts": [1]}""", "cannot be read")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length": 0}""", "maximum length is 0")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length": 4}""", "maximum length of 4 tokens")]
    [InlineData("sentence_bert_config.json", """{"processing_kwargs": {"text": {"truncation": false}}}""", "text.truncation")]
    [InlineData("sentence_bert_config.json", """{"processing_kwargs": {"chat_template": {"x": [1]}}}""", "chat_template.x")]
    public void WhatCannotBeHonouredIsRefusedByName(string file, string settings, string message)
    {
        var folder = Overlaid("st54-dense-head", "multilingual-e5-small-enzh");
        ModelFolder.Edit(folder, file, json =>
        {
            foreach (var (key, value) in JsonNode.Parse(settings)!.AsObject())
                json[key] = value?.DeepClone();
        });
        Assert.Contains(message, Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder)).Message);
    }

    [Theory]
    [InlineData("2_Dense/config.json")]
    [InlineData("2_Dense/model.safetensors")]
    [InlineData("1_Pooling/config.json")]
    public void AFileOfAModuleThatIsMissingIsNamed(string file)
    {
        var folder = Overlaid("st54-dense-head", "multilingual-e5-small-enzh");
        File.Delete(Path.Combine(folder, file));
        var error = Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder));
        Assert.Contains(Path.Combine(folder, Path.GetDirectoryName(file)!), error.Message);
    }

    [Fact]
    public void AnEncoderThatCallsItselfACrossEncoderGetsNoRandomHead()
    {
        var folder = Overlaid("st54-activation", "multilingual-e5-small-enzh");
        Assert.Contains("head that scores pairs", Assert.Throws<CrossEncoderException>(() => ModelFolder.Load(folder)).Message);
        var bi = Overlaid("biencoder-pooling", "multilingual-e5-small-enzh"); // an embedder gets one, and says so
        var notes = new List<string>();
        using var model = ModelFolder.Load(bi, new() { Report = notes.Add });
        Assert.Contains("start at random", Assert.Single(notes));
        Assert.NotEmpty(model.RandomWeights);
        Assert.Equal(("", 512), (model.Prompt, model.MaxLength)); // what the folder says is about texts
    }

    [Fact]
    public void TheFrontOfAPairIsCutWhereTheTokenizerSaysSo()
    {
        var folder = ModelFolder.Copy(ModelFolder.Shipped("cross-encoder-small-enzh"), _scratch["left"]);
        var addition = Path.Combine(Path.GetDirectoryName(ModelFolder.Case("truncation-side"))!, "tokenizer_config-addition.json");
        ModelFolder.Edit(folder, "tokenizer_config.json", json =>
        {
            foreach (var (key, value) in JsonNode.Parse(File.ReadAllText(addition))!.AsObject())
                json[key] = value?.DeepClone();
        });
        var pair = new TextPair(Pair.Query, string.Concat(Enumerable.Repeat("The weather was fine. ", 200)) + Pair.Passage);
        using var left = ModelFolder.Load(folder);
        using var right = ModelFolder.Load(ModelFolder.Shipped("cross-encoder-small-enzh"));
        var (cut, plain) = (left.Tokenize([pair])[0].Ids, right.Tokenize([pair])[0].Ids);
        Assert.Equal((512, 512), (cut.Length, plain.Length));
        var answer = right.Tokenizer.EncodeToIds(Pair.Passage);
        Assert.Equal(answer, cut.SkipLast(1).TakeLast(answer.Count));
        Assert.NotEqual(answer, plain.SkipLast(1).TakeLast(answer.Count));
        Assert.NotEqual(left.Score([pair]), right.Score([pair]));
    }

    [Fact]
    public void PairsAreNotTrimmed()
    {
        using var model = ModelFolder.Load(Shared.Path("golden/models/roberta"));
        var blank = Pair with { Query = " " + Pair.Query };
        Assert.NotEqual(model.Tokenize([Pair])[0].Ids, model.Tokenize([blank])[0].Ids);
        Assert.Equal(model.Tokenizer.EncodePairs([(blank.Query, blank.Passage)])[0].Ids, model.Tokenize([blank])[0].Ids);
    }

    [Fact]
    public void OnlyTheSegmentThatTheFolderNamesGivesWay()
    {
        var folder = ModelFolder.Copy(Shared.Path("golden/modules/bert-prompts"), _scratch["model"]);
        ModelFolder.Edit(folder, "sentence_bert_config.json", json =>
            json["processing_kwargs"] = JsonNode.Parse("""{"text": {"truncation": "only_second", "padding": true}}""")
        );
        var words = string.Concat(Enumerable.Repeat("word ", 100));
        using var model = ModelFolder.Load(folder, new() { Prompt = "", Report = _ => { } });
        using var plain = ModelFolder.Load(Shared.Path("golden/modules/bert-prompts"), new() { Prompt = "", Report = _ => { } });
        Assert.Equal(102, model.Tokenize([new(words, words)])[0].TypeIds.Count(type => type == 0));
        Assert.NotEqual(102, plain.Tokenize([new(words, words)])[0].TypeIds.Count(type => type == 0));
        Assert.Equal(TruncationStrategy.OnlySecond, model.Model.Config.Settings.Texts.Truncation);
    }

    private string Overlaid(string name, string model = "cross-encoder-small-enzh") =>
        ModelFolder.Copy(ModelFolder.Shipped(model), _scratch[$"{name}-{model}"], name);
}
