using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Runtime;

/// <summary>Products in 8 bits are those of the rounded numbers, whatever else is in the batch.</summary>
[Collection(Alone.Name)]
public sealed class QuantizedWeightTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _guard = no_grad();

    public QuantizedWeightTests()
    {
        Assert.SkipUnless(QuantizedWeight.IsSupported, "this processor has no AVX512-VNNI, or this libtorch lacks oneDNN's operators");
        manual_seed(2024);
    }

    public void Dispose()
    {
        _guard.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(1, 64, 32)]
    [InlineData(777, 384, 1152)]
    [InlineData(5000, 1536, 384)]
    public void AProductIsThatOfTheRoundedNumbers(int rows, int inputs, int outputs)
    {
        var (states, weight) = (randn(1, rows, inputs).bfloat16() * 3, randn(outputs, inputs) / 16);
        var bias = randn(outputs).bfloat16();
        using var quantized = QuantizedWeight.Of(weight);
        var product = quantized.Linear(states, bias);
        Assert.Equal([1L, rows, outputs], product.shape);
        AssertNear(Expected(states, weight) + Wide(bias), product, 0.01);
        AssertNear(nn.functional.linear(Wide(states), weight, Wide(bias)), product, 0.03);
    }

    [Fact]
    public void GeluFollowsTheProduct()
    {
        var (states, weight, bias) = (randn(200, 96).bfloat16() * 4, randn(64, 96) / 8, randn(64).bfloat16());
        using var quantized = QuantizedWeight.Of(weight);
        Assert.True(quantized.Fuses("gelu"));
        Assert.False(quantized.Fuses("gelu_new"));
        var exact = nn.functional.gelu(Expected(states, weight) + Wide(bias));
        AssertNear(exact, quantized.Linear(states, bias, "gelu"), 0.01);
    }

    [Fact]
    public void ASummandIsLeftAsItIs()
    {
        var (states, weight, bias) = (randn(2, 100, 96).bfloat16(), randn(64, 96) / 8, randn(64).bfloat16());
        var residual = randn(2, 100, 64).bfloat16();
        var kept = residual.clone();
        using var quantized = QuantizedWeight.Of(weight);
        AssertNear(Expected(states, weight) + Wide(bias) + Wide(residual), quantized.LinearPlus(states, bias, residual), 0.01);
        Assert.True(kept.Equals(residual));
    }

    [Fact]
    public void ARowDoesNotDependOnTheOthers()
    {
        var (states, weight) = (randn(300, 384).bfloat16(), randn(96, 384));
        using var quantized = QuantizedWeight.Of(weight);
        var all = quantized.Linear(states, bias: null);
        foreach (var row in (long[])[0, 17, 299])
            Assert.True(all.narrow(0, row, 1).Equals(quantized.Linear(states.narrow(0, row, 1).contiguous(), bias: null)));
    }

    [Fact]
    public void ZerosStayZero()
    {
        var (states, bias) = (zeros(3, 64).bfloat16(), randn(32).bfloat16());
        using var ofNothing = QuantizedWeight.Of(zeros(32, 64));
        using var quantized = QuantizedWeight.Of(randn(32, 64));
        Assert.True(quantized.Linear(states, bias).Equals(bias.expand(3, 32)));
        Assert.True(ofNothing.Linear(randn(3, 64).bfloat16(), bias).Equals(bias.expand(3, 32)));
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.NaN, 63)]
    [InlineData(float.PositiveInfinity, 17)]
    [InlineData(float.NegativeInfinity, 40)]
    public void WhatIsNoNumberStaysSeen(float value, int at)
    {
        float[] numbers = [.. Enumerable.Range(0, 128).Select(i => i == at ? value : i / 50f)];
        using var quantized = QuantizedWeight.Of(randn(32, 64));
        var product = Wide(quantized.Linear(tensor(numbers).view(2, 64).bfloat16(), bias: null));
        Assert.True(product[0].isnan().all().item<bool>());
        Assert.False(product[1].isnan().any().item<bool>());
    }

    [Fact]
    public void ADenseFollowsItsParameter()
    {
        using var parameters = new ParameterSet();
        var dense = new Dense(parameters, 32, 64, "d");
        parameters.Allocate(CPU);
        ParameterSet.Initialize(1, parameters.Parameters);
        var states = randn(1, 8, 64).bfloat16();
        parameters.SetComputeType(ScalarType.Int8);
        Assert.Equal((ScalarType.Int8, ScalarType.BFloat16), (parameters.ProductType, parameters.ComputeType));
        var before = dense.Forward(states);
        AssertNear(Expected(states, parameters.Parameters[0].Master), before, 0.01);
        parameters.Flat.mul_(3);
        parameters.Refresh();
        AssertNear(3 * Wide(before), dense.Forward(states), 0.01);
        using (enable_grad())
            Assert.False(QuantizedWeight.Fits(states, 32));
        parameters.SetComputeType(ScalarType.BFloat16);
        AssertNear(nn.functional.linear(Wide(states), parameters.Parameters[0].Master), dense.Forward(states), 0.01);
    }

    [Fact]
    public void WidthsThatARegisterDoesNotFitAreComputedAsTheyAre()
    {
        Assert.False(QuantizedWeight.Fits(randn(4, 48).bfloat16(), 32));
        Assert.False(QuantizedWeight.Fits(randn(4, 64).bfloat16(), 1));
        Assert.False(QuantizedWeight.Fits(randn(4, 64), 32));
        Assert.False(QuantizedWeight.Fits(randn(4, 128).bfloat16().narrow(1, 0, 64), 32)); // not contiguous
        Assert.True(QuantizedWeight.Fits(randn(4, 64).bfloat16(), 32));
    }

    /// <summary>The product of what the numbers become in 8 bits, fp32.</summary>
    private static Tensor Expected(Tensor states, Tensor weight)
    {
        static Tensor Rounded(Tensor numbers)
        {
            var scale = numbers.abs().amax([-1L], keepdim: true) / 127;
            return (numbers / scale).round() * scale;
        }

        return nn.functional.linear(Rounded(Wide(states)), Rounded(weight));
    }

    private static Tensor Wide(Tensor tensor) => tensor.to_type(ScalarType.Float32);

    private static void AssertNear(Tensor expected, Tensor found, double share) =>
        Assert.InRange((expected - Wide(found)).abs().max().item<float>() / expected.abs().max().item<float>(), 0, share);
}
