using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>
/// libtorch's C interface (<c>torch/csrc/inductor/aoti_torch/c</c>), for the operators of PyTorch's own compiler that TorchSharp lacks.
/// </summary>
internal static unsafe class TorchInterface
{
    /// <summary>A function of libtorch's library for the CPU; 0 where it has none of this name.</summary>
    public static nint Find(string name) =>
        NativeBackend.TorchCpu is not 0 and var library && NativeLibrary.TryGetExport(library, name, out var function) ? function : 0;

    /// <summary>A name as C reads it.</summary>
    public static byte[] Text(string text) => [.. Encoding.ASCII.GetBytes(text), 0];

    /// <summary>Calls any operator by its name.</summary>
    /// <param name="function">Where <c>aoti_torch_call_dispatcher</c> is.</param>
    /// <param name="name">The operator's name, see <see cref="Text"/>.</param>
    /// <param name="stack">Its arguments, which it takes over; the first becomes the result.</param>
    public static Tensor Call(nint function, byte[] name, ulong* stack)
    {
        byte overload = 0;
        fixed (byte* called = name)
            Check(((delegate* unmanaged<byte*, byte*, ulong*, int>)function)(called, &overload, stack));
        return Tensor.UnsafeCreateTensor((nint)stack[0]);
    }

    /// <summary>A reference to a tensor that a call takes over.</summary>
    /// <param name="function">Where <c>aoti_torch_new_tensor_handle</c> is.</param>
    /// <param name="tensor">The tensor.</param>
    public static ulong Owned(nint function, Tensor tensor)
    {
        nint owned;
        Check(((delegate* unmanaged<nint, nint*, int>)function)(tensor.Handle, &owned));
        GC.KeepAlive(tensor);
        return (ulong)owned;
    }

    /// <summary>Throws where a function reports a failure.</summary>
    /// <exception cref="InvalidOperationException">It does.</exception>
    public static void Check(int code)
    {
        if (code != 0)
            throw new InvalidOperationException("libtorch refused a laid out weight; its own words are on standard error.");
    }
}
