using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CrossEncoders.Runtime;

/// <summary>
/// A matrix laid out once as oneDNN multiplies it, where <c>linear</c> lays it out anew at each product, and what follows a product
/// computed while its numbers are at hand. For scoring: there is no backward pass.
/// </summary>
/// <remarks>
/// The operators are those of PyTorch's own compiler for CPUs (<c>mkldnn::_reorder_linear_weight</c>, <c>mkldnn::_linear_pointwise</c>),
/// which TorchSharp lacks, through libtorch's C interface (<c>torch/csrc/inductor/aoti_torch/c</c>). A product differs from that of
/// <c>linear</c> by rounding at most, and is rounded once where an activation or a summand follows, not twice.
/// </remarks>
internal sealed class PackedWeight : ILaidOutWeight
{
    private const int FewRows = 64; // below, the layout costs little beside the call
    private static readonly Lazy<Operators?> Native = new(Find);
    private readonly Tensor _weight;

    private PackedWeight(Tensor weight) => _weight = weight;

    /// <summary>False to go without, for comparisons.</summary>
    public static bool Enabled { get; set; } = true;

    /// <summary>Whether products with these states may take one: bfloat16 on a CPU that multiplies it, without gradients.</summary>
    /// <param name="states">(…, inputs).</param>
    public static bool Fits(Tensor states) =>
        Enabled
        && states.dtype == ScalarType.BFloat16
        && states.device.type == DeviceType.CPU
        && states.numel() >= FewRows * states.size(-1)
        && states.is_contiguous()
        && !is_grad_enabled()
        && Native.Value is not null;

    /// <inheritdoc/>
    public bool Fuses(string activation) => Operators.Names.ContainsKey(activation);

    /// <summary>Lays out a matrix.</summary>
    /// <param name="weight">(outputs, inputs), bfloat16.</param>
    public static PackedWeight Of(Tensor weight) => new(Native.Value!.Pack(weight).DetachFromDisposeScope());

    /// <inheritdoc/>
    public Tensor Linear(Tensor states, Tensor? bias, string? activation = null) => Native.Value!.Linear(states, _weight, bias, activation);

    /// <inheritdoc/>
    public Tensor LinearPlus(Tensor states, Tensor? bias, Tensor other) => Native.Value!.With(states, _weight, bias, other);

    /// <inheritdoc/>
    public void Dispose() => _weight.Dispose();

    /// <summary>The operators, where this libtorch has them, the processor multiplies bfloat16, and the results are right.</summary>
    private static Operators? Find()
    {
        if (
            !Processor.MultipliesBFloat16
            || TorchInterface.Find("aoti_torch_new_tensor_handle") is not (not 0 and var handle)
            || TorchInterface.Find("aoti_torch_call_dispatcher") is not (not 0 and var call)
            || TorchInterface.Find("aoti_torch_cpu__linear_pointwise") is not (not 0 and var linear)
            || TorchInterface.Find("aoti_torch_cpu__linear_pointwise_binary") is not (not 0 and var with)
        )
            return null;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            var operators = new Operators(handle, call, linear, with);
            var (states, weight) = (Numbers(96, 64).sin().bfloat16(), Numbers(48, 64).cos().bfloat16());
            var (packed, product) = (operators.Pack(weight), functional.linear(states, weight));
            var other = states.narrow(1, 0, 48).contiguous();
            return
                Close(operators.Linear(states, packed, null, null), product)
                && Close(operators.Linear(states, packed, null, "gelu"), functional.gelu(product))
                && Close(operators.With(states, packed, null, other) - other, product)
                ? operators
                : null;
        }
        catch (InvalidOperationException)
        {
            return null; // this libtorch was built without oneDNN, or declares the operators in another way
        }
    }

    /// <summary>0, 1, 2 … as a matrix.</summary>
    private static Tensor Numbers(int rows, int columns) => linspace(0, rows * columns - 1, rows * columns).view(rows, columns);

    private static bool Close(Tensor one, Tensor other) => one.allclose(other, rtol: 0.02, atol: 0.02);

    private sealed unsafe class Operators(nint newHandle, nint call, nint linear, nint with)
    {
        /// <summary>libtorch's name and algorithm of each activation.</summary>
        public static readonly Dictionary<string, (byte[] Name, byte[] Algorithm)> Names = new()
        {
            ["gelu"] = (TorchInterface.Text("gelu"), TorchInterface.Text("none")),
            ["gelu_new"] = (TorchInterface.Text("gelu"), TorchInterface.Text("tanh")),
            ["gelu_pytorch_tanh"] = (TorchInterface.Text("gelu"), TorchInterface.Text("tanh")),
        };
        private static readonly (byte[] Name, byte[] Algorithm) None = (TorchInterface.Text("none"), TorchInterface.Text(""));
        private static readonly byte[] Reorder = TorchInterface.Text("mkldnn::_reorder_linear_weight");
        private static readonly byte[] Add = TorchInterface.Text("add");

        public Tensor Pack(Tensor weight)
        {
            var rows = (ulong*)NativeMemory.Alloc(8); // an optional number, which the call takes over
            *rows = 4096;
            var stack = stackalloc ulong[] { TorchInterface.Owned(newHandle, weight), (ulong)rows };
            return TorchInterface.Call(call, Reorder, stack);
        }

        public Tensor Linear(Tensor states, Tensor weight, Tensor? bias, string? activation)
        {
            nint product;
            var summand = bias?.Handle ?? 0;
            var (name, algorithm) = activation is null ? None : Names[activation];
            fixed (byte* what = name)
            fixed (byte* how = algorithm)
                TorchInterface.Check(
                    ((delegate* unmanaged<nint, nint, nint*, byte*, double**, long, byte**, nint*, int>)linear)(
                        states.Handle,
                        weight.Handle,
                        bias is null ? null : &summand,
                        what,
                        null,
                        0,
                        activation is null ? null : &how,
                        &product
                    )
                );
            GC.KeepAlive((states, weight, bias));
            return Tensor.UnsafeCreateTensor(product);
        }

        public Tensor With(Tensor states, Tensor weight, Tensor? bias, Tensor other)
        {
            nint product;
            var summand = bias?.Handle ?? 0;
            fixed (byte* what = Add)
                TorchInterface.Check(
                    ((delegate* unmanaged<nint, nint, nint, nint*, byte*, nint*, int>)with)(
                        states.Handle,
                        other.Handle,
                        weight.Handle,
                        bias is null ? null : &summand,
                        what,
                        &product
                    )
                );
            GC.KeepAlive((states, weight, bias, other));
            return Tensor.UnsafeCreateTensor(product);
        }
    }
}
