using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CrossEncoders.Runtime;

/// <summary>Products with weights, by the faster of the two libraries that libtorch has for fp32 on an x64 CPU.</summary>
/// <remarks>
/// <c>linear</c> goes to MKL, which on processors of other makers than Intel's does not use their widest instructions. A convolution with
/// a kernel of 1 × 1 is the same product and goes to oneDNN, which does; over a channels-last view nothing is copied. The two differ by
/// rounding. In bfloat16 and float16 both are oneDNN's. Which of them it is follows from the processor and is not measured: a measurement
/// may fall the other way in a busy process, whose scores then differ in their last digits from those of the one beside it.
/// </remarks>
internal static class Products
{
    private const int FewRows = 64; // below, the views cost more than the product
    private const int LeastImages = 16; // with fewer and one thread, libtorch does not leave a 1 × 1 convolution to oneDNN
    private static readonly bool Faster = ConvolutionIsFaster(RuntimeInformation.ProcessArchitecture, Processor.Maker, Avx512F.IsSupported);

    /// <summary>Whether convolutions take the place of <c>linear</c>; null, the default, where they are faster on this processor.</summary>
    public static bool? Convolve { get; set; }

    /// <summary>(…, inputs) to (…, outputs): the states times the transposed weight, plus the bias.</summary>
    /// <param name="states">(…, inputs).</param>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="bias">(outputs), or null.</param>
    public static Tensor Linear(Tensor states, Tensor weight, Tensor? bias)
    {
        var inputs = weight.size(1);
        if (
            states.dtype != ScalarType.Float32
            || states.device.type != DeviceType.CPU
            || states.numel() < FewRows * inputs
            || !states.is_contiguous()
            || !(Convolve ?? Faster)
        )
            return functional.linear(states, weight, bias);
        using var scope = NewDisposeScope();
        var product = Convolution(states.view(-1, inputs), weight, bias);
        return product.view([.. states.shape[..^1], weight.size(0)]).MoveToOuterDisposeScope();
    }

    /// <summary>(rows, inputs) to (rows, outputs): the rows are the places of an image, or of sixteen.</summary>
    private static Tensor Convolution(Tensor rows, Tensor weight, Tensor? bias)
    {
        var (count, outputs, inputs) = (rows.size(0), weight.size(0), weight.size(1));
        var images = get_num_threads() > 1 ? 1 : LeastImages;
        var rest = count % images;
        var image = rows.narrow(0, 0, count - rest).view(images, -1, 1, inputs).permute(0, 3, 1, 2); // (…, inputs, …, 1), channels last
        var product = functional.conv2d(image, weight.view(outputs, inputs, 1, 1), bias).permute(0, 2, 3, 1).reshape(count - rest, outputs);
        return rest == 0 ? product : cat([product, functional.linear(rows.narrow(0, count - rest, rest), weight, bias)]);
    }

    /// <summary>Whether oneDNN has wider instructions here than MKL takes, so that products by convolution are faster.</summary>
    internal static bool ConvolutionIsFaster(Architecture architecture, string maker, bool hasAvx512) =>
        architecture == Architecture.X64 && maker != Processor.Intel && hasAvx512;
}
