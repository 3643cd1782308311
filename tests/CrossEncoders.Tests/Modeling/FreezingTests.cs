using CrossEncoders.Modeling;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Gradients where only a part of a model is trained, kept whole or computed again layer by layer.</summary>
[Collection(Alone.Name)]
public sealed class FreezingTests : TensorTest
{
    [Theory]
    [InlineData("bert", "classifier.")]
    [InlineData("bert", ".layer.1.")]
    [InlineData("bert", ".layer.0.")]
    [InlineData("bert", "embeddings.")]
    [InlineData("modernbert", ".layers.1.")]
    [InlineData("deberta-v2", ".layer.1.")]
    [InlineData("deberta-v2", "rel_embeddings")] // read in every layer
    [InlineData("deberta-v2", "encoder.LayerNorm")] // likewise, though its name has no layer
    [InlineData("distilbert", ".layer.1.")]
    public void GradientsOfTheTrainedPartAloneAreTheSameBothWays(string architecture, string trained)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
        bool IsTrained(Parameter parameter) => parameter.Names[0].Contains(trained, StringComparison.Ordinal);
        Assert.Contains(model.Parameters.Parameters, IsTrained);
        var ids = arange(10, 18, ScalarType.Int64).unsqueeze(0);
        var whole = Gradients(model, IsTrained, () => model.Forward(ids, zeros_like(ids), null).square().sum().backward());
        var again = Gradients(model, IsTrained, () =>
        {
            var pass = model.ForwardCheckpointed(ids, zeros_like(ids), null, null, seed: 1);
            pass.Logits.square().sum().backward();
            pass.Backward();
        });
        Assert.Equal(whole.Keys, again.Keys);
        Assert.All(whole.Keys, name => Assert.Contains(trained, name));
        foreach (var (name, gradient) in whole)
            AssertClose(gradient, again[name], 1e-5 * (1 + gradient.Max(Math.Abs)));
        Assert.Contains(whole.Values, gradient => gradient.Any(value => value != 0));
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("modernbert")]
    [InlineData("deberta-v2")]
    public void GradientsOfAnAdapterAreTheSameBothWaysAndTheModelHasNone(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
        var adapter = LoraAdapter.Attach(model.Parameters, new() { Rank = 2 });
        adapter.Parameters.Flat.normal_(0, 0.1);
        Assert.Same(adapter.Parameters, model.Trained);
        var ids = arange(10, 18, ScalarType.Int64).unsqueeze(0);
        var whole = Gradients(model, _ => true, () => model.Forward(ids, zeros_like(ids), null).square().sum().backward());
        var again = Gradients(
            model,
            _ => true,
            () =>
            {
                var pass = model.ForwardCheckpointed(ids, zeros_like(ids), null, null, seed: 1);
                pass.Logits.square().sum().backward();
                pass.Backward();
            }
        );
        Assert.Equal(adapter.Parameters.Parameters.Count, whole.Count);
        foreach (var (name, gradient) in whole)
            AssertClose(gradient, again[name], 1e-5 * (1 + gradient.Max(Math.Abs)));
        Assert.All(model.Parameters.Parameters, parameter => Assert.Null(parameter.Value.grad));
    }

    [Fact]
    public void GoingBackBeforeTheLossIsAnError()
    {
        var folder = Shared.Path("golden/models/bert");
        using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
        var ids = arange(10, 18, ScalarType.Int64).unsqueeze(0);
        var pass = model.ForwardCheckpointed(ids, zeros_like(ids), null, null, seed: 1);
        Assert.Contains("not been taken backward", Assert.Throws<InvalidOperationException>(pass.Backward).Message);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("modernbert")]
    [InlineData("xlm-roberta")]
    public void PaddingHasNoGradient(string architecture)
    {
        var folder = Shared.Path($"golden/models/{architecture}");
        using var model = SequenceClassifier.Load(folder, CPU, ModelConfig.Load(folder), out _);
        var ids = cat([arange(10, 15, ScalarType.Int64), full([3], 50, ScalarType.Int64)]).unsqueeze(0); // 50 stands for padding alone
        var mask = arange(8).lt(5).unsqueeze(0);
        var words = model.Parameters.Parameters.First(parameter => parameter.Kind == ParameterKind.Embedding).Value;
        words.requires_grad_(true);
        model.Forward(ids, zeros_like(ids), mask).square().sum().backward();
        Assert.Equal(0, words.grad![50].abs().sum().item<float>());
        Assert.NotEqual(0, words.grad![12].abs().sum().item<float>());
    }

    private static Dictionary<string, float[]> Gradients(SequenceClassifier model, Func<Parameter, bool> trained, Action backward)
    {
        foreach (var parameter in model.Trained.Parameters)
            parameter.Value.requires_grad_(trained(parameter));
        backward();
        var gradients = new Dictionary<string, float[]>();
        foreach (var parameter in model.Trained.Parameters)
        {
            if (parameter.Value.grad is { } gradient)
                gradients[parameter.Names[0]] = gradient.data<float>().ToArray();
            parameter.Value.grad = null;
            parameter.Value.requires_grad_(false);
        }

        return gradients;
    }
}
