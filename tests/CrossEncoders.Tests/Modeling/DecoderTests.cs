using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Decoders as re-rankers: padding on either side, two rows of the output matrix, adapters, refusals.</summary>
public sealed class DecoderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("qwen2", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", false)]
    [InlineData("qwen3", true)]
    public void PaddingOnEitherSideChangesNoScore(string family, bool logits)
    {
        using var model = Create(family, logits);
        using var guard = no_grad();
        long[][] texts =
        [
            [5, 6, 7, 8, 9, 10, 11],
            [12, 13, 14],
            [15],
        ];
        var alone = texts.Select(text => Forward(model, [text], 0, left: false)[0]).ToArray();
        Assert.True(alone.Distinct().Count() == 3);
        foreach (var left in (bool[])[false, true])
        {
            CheckpointParityTests.AssertClose(alone, Forward(model, texts, 0, left), 1e-5);
            CheckpointParityTests.AssertClose(alone, Forward(model, texts, 9, left), 1e-5); // whatever fills it up
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AScoreIsTheLogitOfYesLessThatOfNo(bool tied)
    {
        using var model = Create("qwen3", logits: true, json => json["tie_word_embeddings"] = tied);
        using var guard = no_grad();
        var ids = tensor(new long[] { 5, 6, 7, 8 }).view(1, 4);
        var last = model.Encoder.Forward(ids, zeros_like(ids), null, firstTokenOnly: false).select(1, -1);
        var matrix = model.Parameters.Parameters.Single(each => each.Names[0] == (tied ? "model.embed_tokens.weight" : "lm_head.weight"));
        var all = last.matmul(matrix.Master.t()).data<float>().ToArray();
        Assert.Equal(
            all[3] - all[4],
            Forward(
                model,
                [
                    [5, 6, 7, 8],
                ],
                0,
                false
            )[0],
            1e-5
        );
        Assert.NotEqual(tied, model.Parameters.Named().Any(entry => entry.Name == "lm_head.weight"));
    }

    [Fact]
    public void NamesAndShapesAreThoseOfTransformers()
    {
        using var model = Create("qwen3", logits: false);
        var named = model.Parameters.Named().ToDictionary(entry => entry.Name, entry => string.Join('x', entry.Tensor.shape));
        Assert.Equal("16x8", named["model.layers.1.self_attn.q_proj.weight"]);
        Assert.Equal("8x8", named["model.layers.1.self_attn.v_proj.weight"]);
        Assert.Equal("8x16", named["model.layers.0.self_attn.o_proj.weight"]);
        Assert.Equal("4", named["model.layers.0.self_attn.k_norm.weight"]);
        Assert.Equal("12x8", named["model.layers.0.mlp.gate_proj.weight"]);
        Assert.Equal("1x8", named["score.weight"]);
        Assert.DoesNotContain("model.layers.0.self_attn.q_proj.bias", named.Keys);
        using var two = Create("qwen2", logits: false);
        Assert.Contains(two.Parameters.Named(), entry => entry.Name == "model.layers.0.self_attn.v_proj.bias");
        Assert.DoesNotContain(two.Parameters.Named(), entry => entry.Name.Contains("q_norm", StringComparison.Ordinal));
    }

    [Fact]
    public void AnAdapterOnADecoderIsTrainedAndComesBack()
    {
        using var model = Create("qwen3", logits: false);
        var adapter = LoraAdapter.Attach(model.Parameters, new() { Targets = ["q_proj", "v_proj"], ModulesToSave = ["score"] });
        adapter.Parameters.Flat.normal_(0, 0.3);
        foreach (var parameter in adapter.Parameters.Parameters)
            parameter.Value.requires_grad_(true);
        var ids = tensor(new long[] { 5, 6, 7, 8 }).view(1, 4);
        model.Forward(ids, zeros_like(ids), null).sum().backward();
        Assert.All(adapter.Parameters.Parameters, parameter => Assert.True(parameter.Value.grad!.abs().sum().item<float>() > 0));
        foreach (var parameter in adapter.Parameters.Parameters)
            parameter.Value.requires_grad_(false);
        var score = Forward(
            model,
            [
                [5, 6, 7, 8],
            ],
            0,
            false
        );
        adapter.Save(_scratch["adapter"]);
        adapter.Dispose();
        Assert.NotEqual(
            score,
            Forward(
                model,
                [
                    [5, 6, 7, 8],
                ],
                0,
                false
            )
        );
        LoraAdapter.Load(model.Parameters, LoraFiles.Read(_scratch["adapter"]));
        Assert.Equal(
            score,
            Forward(
                model,
                [
                    [5, 6, 7, 8],
                ],
                0,
                false
            )
        );
    }

    [Theory]
    [InlineData("num_key_value_heads", "3", "a divisor of num_attention_heads 4")]
    [InlineData("head_dim", "5", "an even number")]
    [InlineData("use_sliding_window", "true", "attention to a window is not supported")]
    [InlineData("layer_types", """["full_attention", "sliding_attention"]""", "attention to a window is not supported")]
    [InlineData("rope_scaling", """{"type": "yarn", "factor": 4}""", "\"rope_scaling\" is yarn")]
    [InlineData("rope_parameters", """{"rope_type": "linear"}""", "\"rope_parameters\" is linear")]
    [InlineData("rope_theta", "0", "\"rope_theta\" is 0")]
    [InlineData("model_type", "\"llama\"", "'llama' is not supported")]
    public void WhatIsNotComputedIsRefusedByName(string key, string value, string complaint)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Create("qwen3", false, json => json[key] = JsonNode.Parse(value)));
        Assert.Contains(complaint, error.Message);
    }

    private static float[] Forward(SequenceClassifier model, long[][] texts, long padding, bool left)
    {
        using var guard = no_grad();
        var width = texts.Max(text => text.Length);
        long[] Fill(long[] text, long with) =>
            left ? [.. Enumerable.Repeat(with, width - text.Length), .. text] : [.. text, .. Enumerable.Repeat(with, width - text.Length)];
        var ids = tensor(texts.SelectMany(text => Fill(text, padding)).ToArray()).view(texts.Length, width);
        var mask = tensor(texts.SelectMany(text => Fill([.. text.Select(_ => 1L)], 0)).ToArray()).view(texts.Length, width).ne(0);
        return model.Forward(ids, zeros_like(ids), texts.Length == 1 ? null : mask).data<float>().ToArray();
    }

    private SequenceClassifier Create(string family, bool logits, Action<JsonObject>? change = null)
    {
        var json = TinyModels.Decoder(family);
        change?.Invoke(json);
        var config = TinyModels.Config(_scratch.Path, json);
        random.manual_seed(1);
        return SequenceClassifier.Create(logits ? config with { Modules = ModuleList.OfLogits(3, 4) } : config, CPU);
    }
}
