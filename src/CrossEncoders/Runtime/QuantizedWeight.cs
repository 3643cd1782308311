using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>
/// A matrix in 8 bits, a scale for each output, and products with states that are put into 8 bits as they come, a scale for each token:
/// about twice as fast as bfloat16 on a CPU with VNNI. For scoring: there is no backward pass.
/// </summary>
/// <remarks>
/// The scales are those of Dettmers et al. 2022, "LLM.int8()" (vector-wise quantization, without its outliers). Sums are exact, so that a
/// text's numbers do not depend on what else is in its batch. The product is oneDNN's through <c>onednn::qlinear_pointwise</c> of PyTorch's
/// own compiler, with unsigned states around 128: with signed ones oneDNN has no fast product for processors without AMX.
/// </remarks>
internal sealed class QuantizedWeight : ILaidOutWeight
{
    private const int BFloat16 = (int)ScalarType.BFloat16;
    private static readonly Lazy<Operators?> Native = new(Find);
    private readonly Tensor _weight;
    private readonly Tensor _scales; // fp32 (outputs)

    private QuantizedWeight(Tensor weight, Tensor scales) => (_weight, _scales) = (weight, scales);

    /// <summary>Whether this machine multiplies 8-bit numbers faster than others, and libtorch can.</summary>
    public static bool IsSupported => Native.Value is not null;

    /// <summary>Whether products with these states may take one.</summary>
    /// <param name="states">(…, inputs).</param>
    /// <param name="outputs">The width of the product.</param>
    public static bool Fits(Tensor states, long outputs) =>
        states.dtype == ScalarType.BFloat16
        && states.size(-1) % EightBits.Block == 0
        && outputs % EightBits.Block == 0
        && states.is_contiguous()
        && !is_grad_enabled();

    /// <summary>Puts a matrix into 8 bits and lays it out.</summary>
    /// <param name="weight">(outputs, inputs).</param>
    public static QuantizedWeight Of(Tensor weight)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var wide = weight.to_type(ScalarType.Float32);
        var scales = wide.abs().amax([1L], keepdim: true).maximum(tensor((float[])[1e-30f])) / tensor((float[])[EightBits.Most]);
        var whole = (wide / scales).round().to_type(ScalarType.Int8).contiguous();
        return new(Native.Value!.Pack(whole).DetachFromDisposeScope(), scales.reshape(-1).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public bool Fuses(string activation) => activation == "gelu";

    /// <inheritdoc/>
    public Tensor Linear(Tensor states, Tensor? bias, string? activation = null)
    {
        var (product, factors) = Product(states);
        EightBits.Finish(product, factors, bias, other: null, activation is not null);
        return product;
    }

    /// <inheritdoc/>
    public Tensor LinearPlus(Tensor states, Tensor? bias, Tensor other)
    {
        var (product, factors) = Product(states);
        EightBits.Finish(product, factors, bias, other, isActivated: false);
        return product;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _scales.Dispose();
    }

    /// <summary>(…, outputs), to be multiplied by a factor for each row.</summary>
    private (Tensor Product, float[] Factors) Product(Tensor states)
    {
        var (whole, factors) = EightBits.Of(states);
        using (whole)
            return (Native.Value!.Multiply(whole, _weight, _scales), factors);
    }

    private static Operators? Find()
    {
        if (
            !Processor.HasVnni
            || !EightBits.IsSupported
            || TorchInterface.Find("aoti_torch_new_tensor_handle") is not (not 0 and var handle)
            || TorchInterface.Find("aoti_torch_call_dispatcher") is not (not 0 and var call)
            || TorchInterface.Find("aoti_torch_cpu__qlinear_pointwise_tensor") is not (not 0 and var linear)
        )
            return null;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            var operators = new Operators(handle, call, linear);
            var states = tensor(Enumerable.Range(0, 96 * 64).Select(i => (byte)i).ToArray()).view(96, 64);
            var weight = tensor(Enumerable.Range(0, 64 * 64).Select(i => (sbyte)(i % 255 - 127)).ToArray()).view(64, 64);
            var product = operators.Multiply(states, operators.Pack(weight), ones(64));
            var expected = (states.to_type(ScalarType.Float32) - tensor((float[])[EightBits.Middle])).matmul(
                weight.to_type(ScalarType.Float32).t()
            );
            return product.to_type(ScalarType.Float32).allclose(expected, rtol: 0.01, atol: 1) ? operators : null;
        }
        catch (InvalidOperationException)
        {
            return null; // this libtorch was built without oneDNN, or declares the operators in another way
        }
    }

    private sealed unsafe class Operators(nint newHandle, nint call, nint linear)
    {
        private static readonly byte[] Prepack = TorchInterface.Text("onednn::qlinear_prepack");
        private static readonly byte[] None = TorchInterface.Text("none");
        private static readonly byte[] Nothing = TorchInterface.Text("");
        private readonly Tensor _one = ones(1).DetachFromDisposeScope();
        private readonly Tensor _middle = tensor((int[])[EightBits.Middle]).DetachFromDisposeScope();

        public Tensor Pack(Tensor weight)
        {
            var stack = stackalloc ulong[] { TorchInterface.Owned(newHandle, weight), 0 };
            return TorchInterface.Call(call, Prepack, stack);
        }

        /// <summary>uint8 (…, inputs) around 128 to bfloat16 (…, outputs).</summary>
        public Tensor Multiply(Tensor states, Tensor weight, Tensor scales)
        {
            nint product;
            var type = BFloat16;
            using var zeros = torch.zeros(scales.size(0), ScalarType.Int32);
            fixed (byte* name = None)
            fixed (byte* algorithm = Nothing)
                TorchInterface.Check(
                    (
                        (delegate* unmanaged<
                            nint,
                            nint,
                            nint,
                            nint,
                            nint,
                            nint,
                            nint*,
                            double,
                            long,
                            int*,
                            byte*,
                            double**,
                            long,
                            byte*,
                            nint*,
                            int>)linear
                    )(
                        states.Handle,
                        _one.Handle,
                        _middle.Handle,
                        weight.Handle,
                        scales.Handle,
                        zeros.Handle,
                        null,
                        1,
                        0,
                        &type,
                        name,
                        null,
                        0,
                        algorithm,
                        &product
                    )
                );
            GC.KeepAlive((states, weight, scales));
            return Tensor.UnsafeCreateTensor(product);
        }
    }
}
