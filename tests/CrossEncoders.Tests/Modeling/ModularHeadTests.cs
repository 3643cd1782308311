using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Modules after the pooling, by hand, and the settings that describe them.</summary>
public sealed class ModularHeadTests : TensorTest
{
    [Theory]
    [InlineData("identity", false, new[] { 7f, -5 })]
    [InlineData("relu", false, new[] { 7f, 0 })]
    [InlineData("sigmoid", false, new[] { 0.999089f, 0.006692851f })]
    [InlineData("tanh", false, new[] { 0.9999983f, -0.9999092f })]
    [InlineData("identity", true, new[] { 8f, -3 })] // the input, 1 and 2, is added
    [InlineData("relu", true, new[] { 8f, 2 })] // after the activation
    public void ADenseModuleIsAProductAnActivationAndPerhapsTheInput(string activation, bool residual, float[] expected)
    {
        var head = Head(2, new DenseModule("2_Dense", 2, 2, true, activation, residual, "sentence_embedding"));
        Fill([1, 2, 0, -3], [2, 1]);
        AssertClose(expected, Numbers(head.Forward(tensor([1f, 2], [1, 1, 2]), null, null)), 1e-5);
    }

    [Fact]
    public void WhereSizesDifferTheInputIsProjectedBeforeItIsAdded()
    {
        var head = Head(2, new DenseModule("2_Dense", 2, 1, false, "identity", true, "sentence_embedding"));
        Assert.Equal(["2_Dense/linear.weight", "2_Dense/residual.weight"], Parameters.Parameters.SelectMany(parameter => parameter.Names));
        Fill([1, 1], [10, 100]);
        Assert.Equal([213f], Numbers(head.Forward(tensor([1f, 2], [1, 1, 2]), null, null)));
        Assert.Equal(1, head.Outputs);
    }

    [Fact]
    public void ModulesFollowOneAnother()
    {
        var head = Head(
            2,
            new DenseModule("2_Dense", 2, 2, false, "identity", false, "sentence_embedding"),
            new LayerNormModule("3_LayerNorm", 2),
            new NormalizeModule("4_Normalize")
        );
        Fill([1, 0, 0, 2], [3, 4], [0, 0]); // weights of the dense layer and of the norm, biases of the norm
        // 1, 2 becomes 1, 4; normalized -1, 1; weighed -3, 4; of unit length
        AssertClose([-0.6f, 0.8f], Numbers(head.Forward(tensor([1f, 2], [1, 1, 2]), null, null)), 1e-4);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void NeighboursWhoseSizesDoNotFitAreRefused(int width)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Head(2, new LayerNormModule("2_LayerNorm", width)));
        Assert.Contains($"'2_LayerNorm' reads vectors of {width} numbers, but gets 2", error.Message);
    }

    [Fact]
    public void JoinedPoolingsWidenWhatTheNextModuleReads()
    {
        var list = new ModuleList([Pooling.Max, Pooling.Mean], true, [new LayerNormModule("2_LayerNorm", 4)], null, Files);
        Assert.Equal(4, new ModularHead(2, list, Parameters).Outputs);
    }

    [Theory]
    [InlineData("Dense", """{"in_features":4,"out_features":2}""", "tanh")] // the default of sentence-transformers
    [InlineData("Dense", """{"in_features":4,"out_features":2,"activation_function":"torch.nn.modules.linear.Identity"}""", "identity")]
    [InlineData("Dense", """{"in_features":4,"out_features":2,"activation_function":"torch.nn.modules.activation.GELU"}""", "gelu")]
    [InlineData("Dense", """{"in_features":4,"out_features":2,"activation_function":"torch.nn.modules.activation.SiLU"}""", "silu")]
    [InlineData("Dense", """{"in_features":4,"out_features":2,"activation_function":"torch.nn.modules.activation.Sigmoid"}""", "sigmoid")]
    [InlineData("Dense", """{"in_features":4,"out_features":2,"activation_function":"torch.nn.modules.activation.ELU"}""", null)]
    [InlineData("Dense", """{"in_features":4,"out_features":2,"activation_function":"mine.Tanh"}""", null)]
    [InlineData("Dense", """{"in_features":4,"out_features":2,"module_input_name":"token_embeddings"}""", null)]
    [InlineData("Dense", """{"in_features":4,"out_features":2,"module_output_name":"other"}""", null)]
    public void ADenseLayersActivationIsOneOfTorchs(string name, string json, string? activation)
    {
        var module = Module.Read(name, "2_Dense", JsonNode.Parse(json)!.AsObject(), "config.json");
        Assert.Equal(activation, (module as DenseModule)?.Activation);
    }

    [Theory]
    [InlineData("Dense", """{"in_features":0,"out_features":2}""", "has a size of 0; expected 1 to 65536")]
    [InlineData("Dense", """{"in_features":4,"out_features":65537}""", "has a size of 65537")]
    [InlineData("LayerNorm", "{}", "the module LayerNorm has a size of 0")]
    [InlineData("Dense", """{"in_features":"4"}""", "c.json cannot be read")]
    public void ImpossibleSizesAreRefused(string name, string json, string complaint)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Module.Read(name, "2", JsonNode.Parse(json)!.AsObject(), "c.json"));
        Assert.Contains(complaint, error.Message);
    }

    [Theory]
    [InlineData("""{"max_seq_length":128,"do_lower_case":true}""", 128, true, TruncationStrategy.LongestFirst)]
    [InlineData("""{"processing_kwargs":{"text":{"max_length":64,"truncation":"only_second"}}}""", 64, null, TruncationStrategy.OnlySecond)]
    [InlineData("""{"processing_kwargs":{"common":{"max_length":32,"truncation":true}}}""", 32, null, TruncationStrategy.LongestFirst)]
    [InlineData("""{"max_seq_length":9,"processing_kwargs":{"text":{"max_length":8}}}""", 8, null, TruncationStrategy.LongestFirst)]
    [InlineData("""{"processing_kwargs":{"text":{"padding":true},"audio":{"rate":1}}}""", null, null, TruncationStrategy.LongestFirst)]
    public void TextSettingsAreReadFromEitherKey(string json, int? longest, bool? lower, object strategy)
    {
        var settings = TextSettings.Read(JsonNode.Parse(json)!.AsObject(), "s.json");
        Assert.Equal((longest, lower, (TruncationStrategy)strategy), (settings.MaxLength, settings.LowerCase, settings.Truncation));
    }

    [Theory]
    [InlineData("""{"max_seq_length":0}""", "the maximum length is 0; expected at least 1 token")]
    [InlineData("""{"processing_kwargs":{"text":{"truncation":false}}}""", "sets text.truncation to false, which is not supported")]
    [InlineData("""{"processing_kwargs":{"text":{"truncation":"sideways"}}}""", "sets text.truncation to \"sideways\"")]
    [InlineData("""{"processing_kwargs":{"text":{"max_length":2.5}}}""", "sets text.max_length to 2.5")]
    [InlineData("""{"processing_kwargs":{"text":{"stride":4}}}""", "sets text.stride to 4")]
    [InlineData("""{"processing_kwargs":[]}""", "s.json cannot be read")]
    public void TextSettingsThatCannotBeHonouredAreRefused(string json, string complaint)
    {
        var error = Assert.Throws<CrossEncoderException>(() => TextSettings.Read(JsonNode.Parse(json)!.AsObject(), "s.json"));
        Assert.Contains(complaint, error.Message);
    }

    [Theory]
    [InlineData("""{"max_seq_length":128,"x":1}""", """{"max_seq_length":7,"x":1}""")]
    [InlineData("""{"processing_kwargs":{"text":{"max_length":64}}}""", """{"processing_kwargs":{"text":{"max_length":7}}}""")]
    [InlineData("""{"x":1}""", """{"x":1}""")]
    public void ANewMaximumLengthGoesUnderTheKeyThatIsThere(string before, string after) =>
        Assert.Equal(after, TextSettings.WithMaxLength(JsonNode.Parse(before)!.AsObject(), 7).ToJsonString());

    private static Dictionary<string, JsonNode> Files => [];

    private ModularHead Head(int width, params Module[] modules)
    {
        var head = new ModularHead(width, new([Pooling.Mean], true, modules, null, Files), Parameters);
        Parameters.Allocate(CPU);
        return head;
    }

    private void Fill(params float[][] values) => Parameters.Flat.copy_(tensor(values.SelectMany(part => part).ToArray()));
}
