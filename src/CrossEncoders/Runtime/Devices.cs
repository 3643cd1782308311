using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace CrossEncoders.Runtime;

/// <summary>A device that computes, and why it was chosen.</summary>
/// <param name="Device">Where tensors live.</param>
/// <param name="Reason">One line for the user.</param>
public sealed record DeviceChoice(Device Device, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Reason;
}

/// <summary>Chooses the device and the number format to compute in.</summary>
public static class Devices
{
    /// <summary>CUDA where a tensor can be computed on it, else MPS likewise, else the CPU.</summary>
    /// <param name="wanted">"cuda", "cuda:1", "mps" or "cpu" to insist on one; null or "auto" to choose.</param>
    /// <exception cref="CrossEncoderException">The wanted device is not usable here.</exception>
    public static DeviceChoice Choose(string? wanted = null)
    {
        NativeBackend.Initialize();
        if (wanted is null or "" or "auto")
        {
            if (WhyNot("cuda") is not { } noCuda)
                return new(device("cuda"), "Device: cuda, the first usable GPU.");
            if (WhyNot("mps") is null)
                return new(device("mps"), $"Device: mps, the Apple GPU ({noCuda}).");
            return new(device("cpu"), $"Device: cpu with {get_num_threads()} threads ({noCuda}).");
        }

        if (wanted == "cpu")
            return new(device("cpu"), $"Device: cpu with {get_num_threads()} threads, as asked.");
        if (wanted.Split(':')[0] is not ("cuda" or "mps"))
            throw new CrossEncoderException($"Unknown device '{wanted}'. Expected auto, cpu, cuda, cuda:N or mps.");
        if (WhyNot(wanted) is { } reason)
            throw new CrossEncoderException(
                $"The device '{wanted}' was asked for but cannot be used: {reason}. Use 'auto' or 'cpu', or build with "
                    + $"-p:Torch=cuda on a machine with an NVIDIA GPU."
            );
        return new(device(wanted), $"Device: {wanted}, as asked.");
    }

    /// <summary>
    /// Whether this CPU multiplies bfloat16 in hardware (AVX512-BF16 or AMX), so that bf16 is faster than fp32 and not slower.
    /// </summary>
    public static bool CpuHasBFloat16 =>
        X86Base.IsSupported
        && X86Base.CpuId(0, 0).Eax >= 7
        && ((X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0 || (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0);

    /// <summary>bfloat16 where the device computes it fast, else float32.</summary>
    public static ScalarType FastType(Device on) =>
        on.type switch
        {
            DeviceType.CUDA => ScalarType.BFloat16,
            DeviceType.CPU when CpuHasBFloat16 => ScalarType.BFloat16,
            _ => ScalarType.Float32,
        };

    /// <summary>The type that was asked for, or the fastest that is known to rank alike.</summary>
    /// <param name="on">The device.</param>
    /// <param name="asked">What was asked for; null to choose.</param>
    /// <param name="compared">What a comparison of products in 8 bits said; null where there was none.</param>
    /// <exception cref="CrossEncoderException">It cannot be computed there.</exception>
    internal static ScalarType TypeOf(Device on, ScalarType? asked, QualityNote? compared = null)
    {
        if (asked is not (null or ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Int8))
            throw new CrossEncoderException($"ComputeType is {asked}; expected Float32, BFloat16, Float16, Int8 or null for the fastest.");
        var hasInt8 = HasInt8(on);
        if (asked is null && hasInt8 && compared?.NdcgShare >= QualityNote.Gate)
            return ScalarType.Int8;
        if (asked == ScalarType.Int8 && !hasInt8)
            throw new CrossEncoderException(
                "Products in 8 bits (ComputeType Int8) need a CPU with AVX512-VNNI and libtorch's own build for it; here it is "
                    + $"{(on.type == DeviceType.CPU ? Processor.InstructionSet : on.ToString())}. Leave ComputeType out, which takes the "
                    + "fastest type that the device has."
            );
        return asked ?? FastType(on);
    }

    /// <summary>Whether the device multiplies in 8 bits.</summary>
    internal static bool HasInt8(Device on) => on.type == DeviceType.CPU && QuantizedWeight.IsSupported;

    /// <summary>The type that products are computed in, and why it is that.</summary>
    internal static string Why(ScalarType type, ScalarType? asked) =>
        $"{type.ToString().ToLowerInvariant()}, "
        + (
            asked is not null ? "as asked"
            : type == ScalarType.Int8 ? "which ranked alike where the folder was compared"
            : type == ScalarType.Float32 ? "the device has nothing faster"
            : "which the device computes fast"
        );

    private static string? WhyNot(string name)
    {
        try
        {
            if (name.StartsWith("cuda", StringComparison.Ordinal) && !cuda.is_available())
                return "no usable CUDA device";
            if (name == "mps" && !mps_is_available())
                return "no MPS device";
            using var ones = torch.ones(2, device: device(name));
            using var two = ones.sum();
            return two.cpu().item<float>() == 2 ? null : $"{name} computes wrong results";
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{name} fails: {error.Message.Split('\n')[0]}";
        }
    }
}
