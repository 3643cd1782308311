using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Runtime;

/// <summary>A matrix that is laid out once multiplies as one that is not, and follows its parameter.</summary>
[Collection(Alone.Name)]
public sealed class PackedWeightTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _guard = no_grad();

    public PackedWeightTests() => manual_seed(2024);

    public void Dispose()
    {
        PackedWeight.Enabled = true;
        _guard.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(64, 48, 33, true)]
    [InlineData(1000, 384, 1152, true)]
    [InlineData(5000, 384, 384, false)] // more rows than were told at the layout
    [InlineData(777, 100, 1, true)]
    public void AProductIsRoundedOnce(int rows, int inputs, int outputs, bool hasBias)
    {
        var (states, weight) = (randn(1, rows, inputs).bfloat16(), randn(outputs, inputs).bfloat16() / 16);
        var bias = hasBias ? randn(outputs).bfloat16() : null;
        using var packed = Packed(states, weight);
        var product = packed.Linear(states, bias);
        Assert.Equal([1L, rows, outputs], product.shape);
        AssertRounded(nn.functional.linear(Wide(states), Wide(weight), bias is null ? null : Wide(bias)), product);
    }

    [Theory]
    [InlineData("gelu")]
    [InlineData("gelu_new")]
    [InlineData("gelu_pytorch_tanh")]
    public void AnActivationComputedWithTheProductIsRoundedOnce(string activation)
    {
        var (states, weight, bias) = (randn(200, 96).bfloat16(), randn(64, 96).bfloat16() / 8, randn(64).bfloat16());
        var exact = Activations.Apply(activation, nn.functional.linear(Wide(states), Wide(weight), Wide(bias)));
        using var packed = Packed(states, weight);
        Assert.True(packed.Fuses(activation));
        AssertRounded(exact, packed.Linear(states, bias, activation));
    }

    [Fact]
    public void ASummandAddedWithTheProductIsRoundedOnce()
    {
        var (states, weight, bias) = (randn(2, 100, 96).bfloat16(), randn(64, 96).bfloat16() / 8, randn(64).bfloat16());
        var residual = randn(2, 100, 64).bfloat16();
        var kept = residual.clone();
        using var packed = Packed(states, weight);
        AssertRounded(
            nn.functional.linear(Wide(states), Wide(weight), Wide(bias)) + Wide(residual),
            packed.LinearPlus(states, bias, residual)
        );
        Assert.True(kept.Equals(residual));
    }

    [Fact]
    public void ADenseFollowsItsParameter()
    {
        using var parameters = new ParameterSet();
        var dense = new Dense(parameters, 24, 40, "d");
        parameters.Allocate(CPU);
        ParameterSet.Initialize(1, parameters.Parameters);
        parameters.SetComputeType(ScalarType.BFloat16);
        var (states, residual) = (randn(1, 80, 40).bfloat16(), randn(1, 80, 24).bfloat16());
        SkipWithout(states);
        AssertFollows();
        parameters.Flat.mul_(3);
        parameters.Refresh();
        AssertFollows();
        parameters.SetComputeType(ScalarType.Float32);
        parameters.SetComputeType(ScalarType.BFloat16);
        AssertFollows();

        void AssertFollows()
        {
            foreach (
                var compute in (Func<Tensor>[])
                    [
                        () => dense.Forward(states),
                        () => dense.Forward(states, 0, 1),
                        () => dense.Activated(states, "gelu"),
                        () => dense.Activated(states, "tanh"),
                        () => dense.Plus(states, residual),
                    ]
            )
            {
                PackedWeight.Enabled = true;
                var packed = compute();
                PackedWeight.Enabled = false;
                var plain = compute();
                Assert.InRange((Wide(packed) - Wide(plain)).abs().max().item<float>() / Wide(plain).abs().max().item<float>(), 0, 0.008f);
            }
        }
    }

    [Fact]
    public void OnlyBFloat16WithoutGradientsIsTaken()
    {
        var states = randn(100, 64);
        Assert.False(PackedWeight.Fits(states));
        Assert.False(PackedWeight.Fits(states.bfloat16().narrow(1, 0, 32))); // not contiguous
        Assert.False(PackedWeight.Fits(states.bfloat16()[0])); // few rows
        using (enable_grad())
            Assert.False(PackedWeight.Fits(states.bfloat16()));
    }

    private static PackedWeight Packed(Tensor states, Tensor weight)
    {
        SkipWithout(states);
        return PackedWeight.Of(weight);
    }

    private static void SkipWithout(Tensor states) =>
        Assert.SkipUnless(
            PackedWeight.Fits(states),
            "this processor does not multiply bfloat16, or this libtorch lacks oneDNN's operators"
        );

    private static Tensor Wide(Tensor tensor) => tensor.to_type(ScalarType.Float32);

    private static void AssertRounded(Tensor exact, Tensor rounded)
    {
        var apart = (Wide(rounded) - exact).abs() - exact.abs() * 0.0041 - 1e-4;
        Assert.True(apart.max().item<float>() <= 0, $"{apart.max().item<float>()} more than one rounding");
    }
}
