using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class ModelFilesTests
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("sentencepiece.bpe.model")]
    [InlineData("modules.json")]
    [InlineData("model.safetensors")]
    [InlineData("model-00001-of-00002.safetensors")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("model.fp16.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model-00001-of-00002.bin")]
    [InlineData("pytorch_model.bin.index.json")]
    [InlineData("adapter_config.json")]
    [InlineData("adapter_model.safetensors")]
    [InlineData("tf_model.h5")]
    [InlineData("flax_model.msgpack")]
    [InlineData("model.onnx_data")]
    [InlineData("chat_template.jinja")]
    [InlineData("sentence_distilbert_config.json")]
    [InlineData("CrossEncoder_config.json")]
    public void PartsOfAModelGoWithIt(string name) => Assert.True(ModelFiles.IsPart(name));

    [Theory]
    [InlineData("README.md")]
    [InlineData("MODEL_CARD.md")]
    [InlineData("my_config.json")]
    [InlineData("config.json.bak")]
    [InlineData("Config.json")]
    [InlineData("model.py")]
    [InlineData("my_model.safetensors")]
    [InlineData("models.txt")]
    [InlineData("training_args.bin")]
    [InlineData("optimizer.pt")]
    [InlineData("notes.json")]
    [InlineData("")]
    public void FilesOfOthersStay(string name) => Assert.False(ModelFiles.IsPart(name));

    [Theory]
    [InlineData("1_Pooling", true)]
    [InlineData("2_Dense", true)]
    [InlineData("12_Normalize", true)]
    [InlineData("0_Transformer", true)]
    [InlineData("onnx", true)]
    [InlineData("openvino", true)]
    [InlineData("1_Drafts", false)]
    [InlineData("123_Pooling", false)]
    [InlineData("Pooling", false)]
    [InlineData("1_Pooling\n", false)]
    [InlineData("1_pooling", false)]
    [InlineData("my 1_Pooling", false)]
    [InlineData("ONNX", false)]
    [InlineData("checkpoints", false)]
    public void OnlyFoldersThatLibrariesMakeArePartsOfAModel(string name, bool expected) =>
        Assert.Equal(expected, ModelFiles.IsPartFolder(name));

    [Theory]
    [InlineData("config.json", true)]
    [InlineData("model.safetensors", true)]
    [InlineData("encoder_quantized.onnx", true)]
    [InlineData("encoder.onnx_data", true)]
    [InlineData("openvino_model.xml", true)]
    [InlineData("openvino_model_qint8.bin", true)]
    [InlineData("encoder.xml", false)]
    [InlineData("readme.txt", false)]
    public void InSuchAFolderOtherFormsOfWeightsCountToo(string name, bool expected) =>
        Assert.Equal(expected, ModelFiles.IsInPartFolder(name));

    [Theory]
    [InlineData("adapter_config.json", true)]
    [InlineData("adapter_model.bin", true)]
    [InlineData("adapter_model.safetensors", true)]
    [InlineData("adapter_model", false)]
    [InlineData("adapter.safetensors", false)]
    [InlineData("config.json", false)]
    public void AnAdaptersFilesAreKnown(string name, bool expected) => Assert.Equal(expected, ModelFiles.IsAdapters(name));

    [Theory]
    [InlineData("model.safetensors", true)]
    [InlineData("model-00001-of-00002.safetensors", true)]
    [InlineData("pytorch_model.bin", true)]
    [InlineData("2_Dense/model.safetensors", true)]
    [InlineData("2_Dense/config.json", false)]
    [InlineData("modules.json", false)]
    [InlineData("config.json", false)]
    public void WeightsAreFetchedLast(string name, bool expected) => Assert.Equal(expected, ModelFiles.IsWeights(name));

    [Theory]
    [InlineData("config.json model.safetensors", "config.json model.safetensors")]
    [InlineData("model.safetensors pytorch_model.bin config.json", "config.json model.safetensors")]
    [InlineData("config.json pytorch_model.bin tf_model.h5 onnx/model.onnx", "config.json pytorch_model.bin")]
    [InlineData(
        "README.md .gitattributes vocab.txt tokenizer.json config.json model.safetensors",
        "config.json tokenizer.json vocab.txt model.safetensors"
    )]
    [InlineData(
        "config.json modules.json 1_Pooling/config.json 1_Pooling/notes.txt model.safetensors",
        "config.json modules.json 1_Pooling/config.json model.safetensors"
    )]
    [InlineData(
        "config.json 2_Dense/config.json 2_Dense/pytorch_model.bin 2_Dense/model.safetensors pytorch_model.bin",
        "config.json 2_Dense/config.json 2_Dense/model.safetensors pytorch_model.bin"
    )]
    [InlineData("config.json model.safetensors old/1_Pooling/config.json runs/model.safetensors", "config.json model.safetensors")]
    [InlineData(
        "config.json model.safetensors.index.json model-00002-of-00002.safetensors model-00001-of-00002.safetensors",
        "config.json model.safetensors.index.json model-00002-of-00002.safetensors model-00001-of-00002.safetensors"
    )]
    public void OfEachLayoutOneFormOfTheWeightsIsFetched(string all, string expected)
    {
        var (files, missing) = ModelFiles.Select(all.Split(' '), null);
        Assert.Equal(expected.Split(' '), files);
        Assert.Null(missing);
    }

    [Theory]
    [InlineData("model.safetensors", "no config.json")]
    [InlineData("onnx/config.json model.safetensors", "no config.json")]
    [InlineData("config.json", "no complete weights")]
    [InlineData("config.json tf_model.h5", "no complete weights")]
    [InlineData("config.json model.safetensors.index.json", "no complete weights")]
    [InlineData("config.json model.safetensors.index.json model-00001-of-00002.safetensors", "no complete weights")]
    [InlineData("config.json model-00001-of-00001.safetensors", "no complete weights")] // without an index
    public void WhatIsMissingIsSaid(string all, string expected) =>
        Assert.StartsWith(expected, ModelFiles.Select(all.Split(' '), null).Missing);

    [Theory]
    [InlineData("model", "pytorch_model.bin", "pytorch_model.bin")]
    [InlineData("model", "", null)]
    public void AnIncompleteFormGivesWayToTheNext(string stem, string other, string? expected)
    {
        string[] all = [$"{stem}.safetensors.index.json", $"{stem}-00001-of-00002.safetensors", other];
        Assert.Equal(expected is null ? null : [expected], WeightForms.Find(all));
    }

    [Theory]
    [InlineData("model-0001-of-0001.safetensors")]
    [InlineData("model-00001-of-00001.extra.safetensors")]
    [InlineData("model-00001-of-00003.safetensors")]
    [InlineData("model_00001-of-00001.safetensors")]
    [InlineData("2_Dense/model-00001-of-00001.safetensors")]
    public void WhatIsNoShardCompletesNothing(string shard) => Assert.Null(WeightForms.Find(["model.safetensors.index.json", shard]));

    [Fact]
    public void PatternsChooseAndOneThatFindsNothingIsNamed()
    {
        string[] all = ["config.json", "a/config.json", "vocab.txt", "model.safetensors"];
        Assert.Equal(["config.json", "a/config.json"], ModelFiles.Select(all, ["*config.json"]).Files);
        Assert.Equal(["vocab.txt"], ModelFiles.Select(all, ["vocab.???"]).Files);
        Assert.Equal(all, ModelFiles.Select(all, ["*", "config.json"]).Files); // each once
        Assert.Equal("no file '*.bin'", ModelFiles.Select(all, ["config.json", "*.bin"]).Missing);
        Assert.Equal("no file 'VOCAB.txt'", ModelFiles.Select(all, ["VOCAB.txt"]).Missing);
    }
}
