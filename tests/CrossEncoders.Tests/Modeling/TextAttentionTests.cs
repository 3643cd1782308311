using System.Runtime.Intrinsics;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>Attention in training without padding: context and gradients, against libtorch's of the same numbers in fp32.</summary>
[Collection(Alone.Name)]
public sealed class TextAttentionTests : IDisposable
{
    private const int Heads = 3;
    private const int HeadSize = 40;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly int _threads = get_num_threads();

    public TextAttentionTests()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "This processor has no registers of 512 bits.");
        set_num_threads(1);
        random.manual_seed(2026);
    }

    public void Dispose()
    {
        set_num_threads(_threads);
        RowSoftmax.Enabled = true;
        Dropping.Draws = null;
        _scope.Dispose();
    }

    [Theory]
    [InlineData(1, 2, 31, 32, 33, 7)]
    [InlineData(64, 64, 64)] // together
    [InlineData(70, 1, 1, 130)]
    [InlineData(200)]
    public void ContextAndGradientsAreLibtorchs(params int[] lengths)
    {
        var projected = randn(1, lengths.Sum(), 3 * Heads * HeadSize).bfloat16().requires_grad_(true);
        var goal = randn(1, lengths.Sum(), Heads * HeadSize).bfloat16();
        var context = TextAttention.Of(null, projected, Blocks(lengths), new(Heads, 0, 0));
        (context * goal).sum().backward();

        var exact = projected.detach().to_type(ScalarType.Float32).requires_grad_(true);
        var parts = exact.view(-1, 3, Heads, HeadSize).split([.. lengths.Select(length => (long)length)], 0);
        var contexts = parts.Select(part => Written(part.select(1, 0), part.select(1, 1), part.select(1, 2)));
        var expected = cat([.. contexts], 0).unsqueeze(0);
        (expected * goal.to_type(ScalarType.Float32)).sum().backward();

        AssertNear(expected.detach(), context.detach());
        AssertNear(exact.grad!, projected.grad!);
    }

    [Fact]
    public void FirstTokensAloneAsk()
    {
        int[] lengths = [5, 40, 40, 33];
        var queries = randn(1, lengths.Length, Heads * HeadSize).bfloat16().requires_grad_(true);
        var projected = randn(1, lengths.Sum(), 2 * Heads * HeadSize).bfloat16().requires_grad_(true);
        var context = TextAttention.Of(queries, projected, Blocks(lengths), new(Heads, 0, 0));
        context.square().sum().backward();

        var (asked, known) = (queries.detach().to_type(ScalarType.Float32), projected.detach().to_type(ScalarType.Float32));
        asked.requires_grad_(true);
        known.requires_grad_(true);
        var parts = known.view(-1, 2, Heads, HeadSize).split([.. lengths.Select(length => (long)length)], 0);
        var contexts = parts.Select(
            (part, text) => Written(asked.narrow(1, text, 1).view(1, Heads, HeadSize), part.select(1, 0), part.select(1, 1))
        );
        var expected = cat([.. contexts], 0).unsqueeze(0);
        expected.square().sum().backward();

        AssertNear(expected.detach(), context.detach());
        AssertNear(asked.grad!, queries.grad!);
        AssertNear(known.grad!, projected.grad!);
    }

    [Fact]
    public void DropoutZeroesTheSameWeightsOnTheWayUpAndBack()
    {
        const int keys = 37; // values are unit vectors, so that a context is its weights
        var projected = randn(1, keys, 3 * Heads * HeadSize).bfloat16();
        projected.view(keys, 3, Heads, HeadSize).select(1, 2).copy_(eye(keys, HeadSize).unsqueeze(1).expand(keys, Heads, HeadSize));
        projected.requires_grad_(true);
        var goal = randn(1, keys, Heads * HeadSize).bfloat16();
        var context = TextAttention.Of(null, projected, Blocks(keys), new(Heads, 0.25, 77));
        (context * goal).sum().backward();
        var kept = context.detach().view(keys, Heads, HeadSize).narrow(2, 0, keys).ne(0).to_type(ScalarType.Float32).transpose(0, 1);
        Assert.InRange(1 - kept.mean().item<float>(), 0.23, 0.27);

        var exact = projected.detach().to_type(ScalarType.Float32).requires_grad_(true);
        var part = exact.view(keys, 3, Heads, HeadSize);
        var expected = Written(part.select(1, 0), part.select(1, 1), part.select(1, 2), kept / 0.75).unsqueeze(0);
        (expected * goal.to_type(ScalarType.Float32)).sum().backward();

        AssertNear(expected.detach(), context.detach());
        AssertNear(exact.grad!, projected.grad!);
    }

    [Fact]
    public void EachTextAndEachSeedHasItsOwnDropout()
    {
        var text = randn(1, 48, 3 * Heads * HeadSize).bfloat16();
        var projected = cat([text, text], 1);
        Tensor Context(ulong seed) => TextAttention.Of(null, projected, [new(0, 1, 0, 48), new(1, 1, 48, 48)], new(Heads, 0.5, seed));
        var context = Context(5);
        Assert.False(context.narrow(1, 0, 48).Equals(context.narrow(1, 48, 48)));
        Assert.True(context.Equals(Context(5)));
        Assert.False(context.Equals(Context(6)));
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("xlm-roberta")]
    [InlineData("modernbert")] // windows of 16 tokens
    [InlineData("gte-multilingual")]
    [InlineData("qwen3-logits")] // a token sees what is before it, and heads share keys
    public void AModelsGradientsAreThoseOfThePaddedBatch(string architecture)
    {
        using var scratch = new ScratchFolder();
        using var model = CheckpointParityTests.Load(
            architecture switch
            {
                "gte-multilingual" => TinyModels.NewFolder(scratch["model"]),
                "qwen3-logits" => Shared.Path("golden/modules/qwen3-logits"),
                _ => Shared.Path($"golden/models/{architecture}"),
            }
        );
        var exact = Gradients(model);
        model.Model.SetComputeType(ScalarType.BFloat16);
        var unpadded = Gradients(model);
        RowSoftmax.Enabled = false;
        var padded = Gradients(model);
        Assert.NotEqual(padded, unpadded); // another way, and so another rounding

        // Rounding to bfloat16 changes both by as much.
        double Apart(float[] gradient) => (tensor(gradient) - tensor(exact)).norm().item<float>() / tensor(exact).norm().item<float>();
        Assert.InRange(Apart(unpadded), 0, 1.5 * Apart(padded));
        Assert.InRange(Apart(padded), 1e-4, 0.2);
    }

    private static float[] Gradients(CrossEncoder model)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in model.Model.Parameters.Parameters)
            parameter.Value.requires_grad_(true);
        var longer = string.Concat(Enumerable.Repeat("the large one in the northern dome of the observatory ", 3));
        TextPair[] pairs =
        [
            new("why?", "because of the wind"),
            new("which telescope is it?", longer),
            new("who", "the astronomer on duty"),
        ];
        var (ids, types, mask) = BatchTensors.Pad(model.Tokenize(pairs), model.Tokenizer.PaddingId, CPU);
        var logits = model.Model.Forward(ids, types, mask);
        logits.square().sum().backward();
        var gradients = model.Model.Parameters.Parameters.Select(parameter => parameter.Value.grad).OfType<Tensor>();
        float[] all = [.. gradients.SelectMany(gradient => gradient.to_type(ScalarType.Float32).data<float>().ToArray())];
        foreach (var parameter in model.Model.Parameters.Parameters)
        {
            parameter.Value.grad = null;
            parameter.Value.requires_grad_(false);
        }

        return all;
    }

    /// <summary>Attention of one text as it is defined, (queries, hidden).</summary>
    private static Tensor Written(Tensor query, Tensor key, Tensor value, Tensor? noise = null)
    {
        var scores = query.transpose(0, 1).matmul(key.transpose(0, 1).transpose(1, 2)) / Math.Sqrt(HeadSize); // (heads, queries, keys)
        var weights = scores.softmax(-1);
        return (noise is null ? weights : weights * noise).matmul(value.transpose(0, 1)).transpose(0, 1).reshape(query.size(0), -1);
    }

    private static TextBlock[] Blocks(params int[] lengths)
    {
        var blocks = new List<TextBlock>();
        var start = 0L;
        for (int first = 0, count; first < lengths.Length; first += count)
        {
            for (count = 1; first + count < lengths.Length && lengths[first + count] == lengths[first]; count++) { }
            blocks.Add(new(first, count, start, lengths[first]));
            start += (long)count * lengths[first];
        }

        return [.. blocks];
    }

    /// <summary>To the rounding of bfloat16 at each of a few steps.</summary>
    private static void AssertNear(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var apart = (actual.to_type(ScalarType.Float32) - expected).abs() - 0.02 * expected.abs();
        Assert.InRange(apart.max().item<float>(), float.NegativeInfinity, 0.02f * expected.abs().max().item<float>());
    }
}
