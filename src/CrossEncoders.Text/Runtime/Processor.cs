using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CrossEncoders.Runtime;

/// <summary>
/// What integers are multiplied with: their products differ between processors, as those without VNNI saturate 16-bit sums.
/// </summary>
internal static class Processor
{
    /// <summary>The architecture and the widest instructions for products of 8-bit integers, for example "X64 with AVX512-VNNI".</summary>
    public static string InstructionSet =>
        $"{RuntimeInformation.ProcessArchitecture} with "
        + (
            Has(7, 0, registers => registers.Ecx, 11) ? "AVX512-VNNI"
            : Has(7, 1, registers => registers.Eax, 4) ? "AVX-VNNI"
            : Avx512BW.IsSupported ? "AVX512 without VNNI"
            : Avx2.IsSupported ? "AVX2 without VNNI"
            : Dp.IsSupported ? "dot products"
            : "no instructions for 8-bit products"
        );

    private static bool Has(int function, int leaf, Func<(int Eax, int Ebx, int Ecx, int Edx), int> register, int bit) =>
        X86Base.IsSupported
        && X86Base.CpuId(0, 0).Eax >= function
        && X86Base.CpuId(function, 0).Eax >= leaf
        && (register(X86Base.CpuId(function, leaf)) & (1 << bit)) != 0;
}
