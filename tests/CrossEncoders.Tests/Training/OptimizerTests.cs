using CrossEncoders.Modeling;
using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>AdamW and its gradient on a few numbers, against the formulas in double precision.</summary>
public sealed class OptimizerTests : IDisposable
{
    private readonly ParameterSet _parameters = new();
    private readonly Parameter _embedding;
    private readonly Parameter _matrix;
    private readonly Parameter _vector;

    public OptimizerTests()
    {
        _vector = _parameters.Add(ParameterKind.Vector, [2], "x.bias");
        _matrix = _parameters.Add(ParameterKind.Matrix, [1, 2], "a.weight", "b.weight");
        _embedding = _parameters.Add(ParameterKind.Embedding, [3, 1], "embeddings.weight");
        _parameters.Allocate(CPU);
        Set(_parameters.Flat, [1, -2, 3, 0.5f, -0.5f, 2, -1, 0.25f, 4]);
    }

    public void Dispose() => _parameters.Dispose();

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.1, 1.0)]
    [InlineData(0.1, 0.5)]
    public void ThreeStepsAreWhatTheFormulaSays(double decay, double factor)
    {
        double[][] gradients =
        [
            [1, -1, 0.5, 2, -3, 0, 1e-3, 5, -1e-6],
            [0.5, 1, 0, -2, -3, 0, 1e-3, -5, 1e-6],
            [0, 0, 0.25, 1, 3, 0, 0, 0, 0],
        ];
        using var gradient = zeros_like(_parameters.Flat);
        using var optimizer = new AdamW(_parameters, gradient, decay, parameter => parameter == _matrix ? factor : 1);
        var (values, first, second) = (Numbers(_parameters.Flat).Select(x => (double)x).ToArray(), new double[9], new double[9]);
        for (var step = 1; step <= 3; step++)
        {
            Set(gradient, [.. gradients[step - 1].Select(x => (float)x)]);
            var rate = 0.1 / step;
            optimizer.Step(step, rate);
            for (var i = 0; i < 9; i++)
            {
                var isMatrix = i is >= 3 and < 7;
                var (own, g) = (rate * (isMatrix ? factor : 1), gradients[step - 1][i]);
                if (i < 7) // the bias is never decayed
                    values[i] -= own * decay * values[i];
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.999 * second[i] + 0.001 * g * g;
                var root = Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step)));
                values[i] -= own * (first[i] / (1 - Math.Pow(0.9, step))) / (root + 1e-8);
            }
        }
        Assert.All(values.Zip(Numbers(_parameters.Flat)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(first.Zip(Numbers(optimizer.FirstMoment)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(second.Zip(Numbers(optimizer.SecondMoment)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void WhatIsFrozenNeitherMovesNorDecays()
    {
        using var gradients = new GradientBuffers(_parameters, new HashSet<Parameter> { _matrix });
        using var optimizer = new AdamW(_parameters, gradients.Flat, 0.4, _ => 1);
        using (no_grad())
            gradients.Flat.fill_(1);
        var before = Numbers(_parameters.Flat);
        optimizer.Step(1, 0.1);
        var moved = Numbers(_parameters.Flat).Zip(before, (now, then) => now != then);
        Assert.Equal([true, true, true, false, false, false, false, true, true], moved);
        Assert.False(_matrix.Value.requires_grad);
        Assert.True(_embedding.Value.requires_grad && _vector.Value.requires_grad);
    }

    /// <summary>Embeddings first, then matrices, then vectors; a backward pass writes into the one flat buffer.</summary>
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ABackwardPassFillsTheFlatGradientAndPassesAddUp(ScalarType type)
    {
        _parameters.SetComputeType(type);
        using var gradients = new GradientBuffers(_parameters, new HashSet<Parameter>());
        for (var pass = 1; pass <= 2; pass++)
        {
            using var scope = NewDisposeScope();
            var loss = 2 * _embedding.Value.sum() + 4 * _matrix.Value.sum().to_type(ScalarType.Float32) + 8 * _vector.Value[1];
            loss.to_type(ScalarType.Float32).backward();
            gradients.Collect();
            Assert.Equal(new float[] { 2, 2, 2, 4, 4, 4, 4, 0, 8 }.Select(part => part * pass), Numbers(gradients.Flat));
        }
        gradients.Clear();
        Assert.All(Numbers(gradients.Flat), part => Assert.Equal(0, part));
    }

    [Theory]
    [InlineData(1.0, 5.0, 1.0)]
    [InlineData(5.0, 5.0, 5.0)] // as long as allowed
    [InlineData(100.0, 5.0, 5.0)]
    [InlineData(0.0, 5.0, 5.0)] // 0 does not clip
    public void ClippingShortensToTheNormAndTellsTheOneBefore(double most, double before, double after)
    {
        using var gradients = new GradientBuffers(_parameters, new HashSet<Parameter>());
        Set(gradients.Flat, [3, 0, 0, 0, 0, 0, 0, -4, 0]);
        Assert.Equal(before, gradients.Clip(most), 1e-6);
        var clipped = Numbers(gradients.Flat);
        Assert.Equal(after, Math.Sqrt(clipped.Sum(part => (double)part * part)), 1e-5);
        Assert.Equal(-3 / 4.0, clipped[0] / clipped[7], 1e-6); // the direction stays
    }

    [Fact]
    public void AfterwardsTheParametersHaveNoGradients()
    {
        new GradientBuffers(_parameters, new HashSet<Parameter>()).Dispose();
        Assert.All(_parameters.Parameters, parameter => Assert.False(parameter.Value.requires_grad));
        Assert.All(_parameters.Parameters, parameter => Assert.True(parameter.Value.grad is null));
    }

    private static float[] Numbers(Tensor tensor) => tensor.data<float>().ToArray();

    private static void Set(Tensor to, float[] values)
    {
        using var guard = no_grad();
        using var source = tensor(values);
        to.copy_(source);
    }
}
