using System.Runtime.InteropServices;
using CrossEncoders.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using Machine = System.Runtime.InteropServices.Architecture;

namespace CrossEncoders.Tests.Runtime;

/// <summary>Both ways of a product give the same, forth and back.</summary>
[Collection(Alone.Name)]
public sealed class ProductsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly int _threads = get_num_threads();

    public ProductsTests() => manual_seed(2024);

    public void Dispose()
    {
        Products.Convolve = null;
        set_num_threads(_threads);
        _scope.Dispose();
    }

    [Theory]
    [InlineData(4, 33, 24, 40, true, 2)]
    [InlineData(4, 33, 24, 40, true, 1)] // 132 rows: sixteen images and four rows more
    [InlineData(1, 64, 7, 1, false, 1)]
    [InlineData(3, 100, 384, 1536, true, 2)]
    [InlineData(1, 301, 384, 1536, false, 1)]
    public void ConvolutionAndLinearAgreeForthAndBack(int batch, int sequence, int inputs, int outputs, bool hasBias, int threads)
    {
        set_num_threads(threads);
        var (states, weight) = (randn(batch, sequence, inputs), randn(outputs, inputs));
        var bias = hasBias ? randn(outputs) : null;
        var target = randn(batch, sequence, outputs);
        var linear = Gradients(false);
        var convolution = Gradients(true);
        Assert.Equal([batch, sequence, outputs], convolution[0].shape);
        foreach (var (expected, actual) in linear.Zip(convolution))
            Assert.True(
                (expected - actual).abs().max().item<float>() <= 1e-5 * expected.abs().max().item<float>(),
                "the two differ by more than rounding"
            );

        Tensor[] Gradients(bool convolve)
        {
            Products.Convolve = convolve;
            Tensor?[] inputs = [.. new[] { states, weight, bias }.Select(tensor => tensor?.detach().clone().requires_grad_())];
            var product = Products.Linear(inputs[0]!, inputs[1]!, inputs[2]);
            (product * target).sum().backward();
            return [product.detach(), .. inputs.OfType<Tensor>().Select(tensor => tensor.grad!)];
        }
    }

    [Fact]
    public void ViewsThatAreNotContiguousAreRight()
    {
        Products.Convolve = true;
        var (states, weight) = (randn(8, 80, 96).narrow(2, 16, 48), randn(32, 48));
        Assert.True(Products.Linear(states, weight, null).allclose(nn.functional.linear(states, weight), rtol: 1e-4, atol: 1e-4));
    }

    [Fact]
    public void BFloat16StaysLinearToTheBit()
    {
        var (states, weight) = (randn(2, 64, 32).bfloat16(), randn(16, 32).bfloat16());
        Products.Convolve = true;
        Assert.True(Products.Linear(states, weight, null).equal(nn.functional.linear(states, weight)).all().item<bool>());
    }

    [Theory]
    [InlineData(Machine.X64, "AuthenticAMD", true, true)]
    [InlineData(Machine.X64, "AuthenticAMD", false, false)] // MKL uses all that it has
    [InlineData(Machine.X64, "GenuineIntel", true, false)]
    [InlineData(Machine.Arm64, "", false, false)]
    public void TheProcessorDecides(Machine architecture, string maker, bool hasAvx512, bool convolves) =>
        Assert.Equal(convolves, Products.ConvolutionIsFaster(architecture, maker, hasAvx512));

    [Fact]
    public void TheProcessorIsTheSystems()
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == Machine.X64 && File.Exists("/proc/cpuinfo"),
            "the system says nothing of the processor"
        );
        var lines = File.ReadLines("/proc/cpuinfo").Select(line => line.Split(':')).ToList();
        string Of(string what) => lines.First(line => line[0].Trim() == what)[1].Trim();
        Assert.Equal(Of("vendor_id"), Processor.Maker);
        Assert.StartsWith($"{Processor.Maker} family {Of("cpu family")} model {Of("model")}, X64 with ", Processor.Kind);
    }
}
