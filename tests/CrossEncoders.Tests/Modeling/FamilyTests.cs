using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Names of parameters in checkpoints: prefixes, older names, heads, and what is passed over.</summary>
public sealed class FamilyTests
{
    [Theory]
    [InlineData("bert", "bert.pooler.dense.weight,classifier.weight", "bert.encoder.layer.0.output.dense.weight,classifierx.weight")]
    [InlineData("roberta", "classifier.dense.bias,classifier.out_proj.weight", "roberta.pooler.dense.weight")]
    [InlineData("distilbert", "pre_classifier.weight,classifier.bias", "distilbert.embeddings.word_embeddings.weight")]
    [InlineData("electra", "classifier.dense.weight,classifier.out_proj.bias", "electra.embeddings_project.weight")]
    [InlineData("modernbert", "head.dense.weight,head.norm.weight,classifier.bias", "model.final_norm.weight,head.other.weight")]
    [InlineData("deberta-v2", "pooler.dense.weight,classifier.weight", "deberta.encoder.LayerNorm.weight")]
    public void AHeadIsToldFromItsEncoder(string family, string head, string encoder)
    {
        Assert.All(head.Split(','), name => Assert.True(Of(family).IsHead(name), name));
        Assert.All(encoder.Split(','), name => Assert.False(Of(family).IsHead(name), name));
    }

    [Theory]
    [InlineData("bert", "bert.embeddings.position_ids", true)] // a buffer that older versions saved
    [InlineData("bert", "embeddings.position_ids", true)]
    [InlineData("bert", "pooler.dense.weight", true)] // a bare encoder's
    [InlineData("bert", "cls.predictions.bias", true)]
    [InlineData("roberta", "lm_head.dense.weight", true)]
    [InlineData("electra", "discriminator_predictions.dense.weight", true)]
    [InlineData("distilbert", "vocab_transform.weight", true)]
    [InlineData("distilbert", "qa_outputs.weight", true)]
    [InlineData("modernbert", "decoder.bias", true)]
    [InlineData("deberta-v2", "mask_predictions.dense.weight", true)]
    [InlineData("bert", "bert.encoder.layer.2.output.dense.weight", true)] // above those wanted
    [InlineData("modernbert", "model.layers.7.mlp.Wi.weight", true)]
    [InlineData("bert", "bert.encoder.layer.1.output.extra.weight", false)]
    [InlineData("bert", "bert.embeddings.more.weight", false)]
    [InlineData("bert", "loss.weight", false)]
    [InlineData("bert", "my.cls.weight", false)]
    public void KnownLeftoversArePassedOverAndOthersAreNot(string family, string name, bool unused) =>
        Assert.Equal(unused, Of(family).IsUnused(name, layers: 2));

    [Theory]
    [InlineData("bert.embeddings.word_embeddings.weight", "bert.embeddings.LayerNorm.weight", "bert.embeddings.LayerNorm.weight")]
    [InlineData("embeddings.word_embeddings.weight", "bert.embeddings.LayerNorm.weight", "embeddings.LayerNorm.weight")] // a bare encoder
    [InlineData("embeddings.word_embeddings.weight", "classifier.weight", "classifier.weight")]
    [InlineData("bert.embeddings.LayerNorm.gamma", "bert.embeddings.LayerNorm.weight", "bert.embeddings.LayerNorm.gamma")]
    [InlineData("bert.embeddings.LayerNorm.beta", "bert.embeddings.LayerNorm.bias", "bert.embeddings.LayerNorm.beta")]
    [InlineData("embeddings.LayerNorm.beta", "bert.embeddings.LayerNorm.bias", "embeddings.LayerNorm.beta")]
    [InlineData("bert.a.LayerNorm.gamma,bert.a.LayerNorm.weight", "bert.a.LayerNorm.weight", "bert.a.LayerNorm.weight")]
    public void ANameIsLookedUpAsTheCheckpointHasIt(string stored, string wanted, string found)
    {
        using var folder = new ScratchFolder();
        using (NewDisposeScope())
            SafetensorsWriter.Write(folder["model.safetensors"], stored.Split(',').Select(name => (name, zeros(1))));
        using var weights = CheckpointWeights.Open(folder.Path);
        Assert.Equal(found, Of("bert").NameIn(weights)(wanted));
    }

    [Theory]
    [InlineData("BertForSequenceClassification", true)]
    [InlineData("XLMRobertaForMaskedLM", true)] // another family's class: the model_type decides
    [InlineData("FlaxBertModel", true)]
    [InlineData("SomethingElse", true)] // without code of its own only a head is of interest
    [InlineData("SomethingForSequenceClassification", false)]
    [InlineData("XBertForSequenceClassification", false)]
    public void AClassThatNoLibraryHasIsRefused(string architecture, bool known)
    {
        var config = new ModelConfig { ModelType = "bert", Architectures = [architecture] };
        if (known)
            Assert.Equal("bert.", Family.Of(config).Prefix);
        else
            Assert.Contains($"'{architecture}' is not supported", Assert.Throws<CrossEncoderException>(() => Family.Of(config)).Message);
    }

    [Fact]
    public void EveryFamilyIsNamedWhereOneIsNotSupported()
    {
        var message = Assert.Throws<CrossEncoderException>(() => Of("llama")).Message;
        Assert.Contains("'llama' is not supported", message);
        Assert.All(Family.Supported, family => Assert.Contains(family, message));
        Assert.Equal(10, Family.Supported.Count());
    }

    [Fact]
    public void RobertasCountPositionsAfterThePadding()
    {
        Assert.Equal(["roberta", "xlm-roberta"], Family.Supported.Where(name => Of(name).PositionsAfterPadding));
        var folder = Shared.Path("golden/models/roberta");
        var config = ModelConfig.Load(folder);
        using var model = SequenceClassifier.Load(folder, CPU, config, out _);
        Assert.Equal(config.MaxPositions - config.PaddingId!.Value - 1, model.Encoder.MaxLength);
    }

    private static Family Of(string family) => Family.Of(new() { ModelType = family });
}
