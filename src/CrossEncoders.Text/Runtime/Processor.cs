using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace CrossEncoders.Runtime;

/// <summary>What this process runs on, as far as results follow from it.</summary>
internal static class Processor
{
    /// <summary>
    /// The architecture and the widest instructions for products of 8-bit integers, for example "X64 with AVX512-VNNI": these products
    /// differ between processors, as those without VNNI saturate 16-bit sums.
    /// </summary>
    public static string InstructionSet =>
        $"{RuntimeInformation.ProcessArchitecture} with "
        + (
            HasVnni && HasTiles ? "AVX512-VNNI and AMX"
            : HasVnni ? "AVX512-VNNI"
            : Has(7, 1, registers => registers.Eax, 4) ? "AVX-VNNI"
            : Avx512BW.IsSupported ? "AVX512 without VNNI"
            : Avx2.IsSupported ? "AVX2 without VNNI"
            : Dp.IsSupported ? "dot products"
            : "no instructions for 8-bit products"
        );

    /// <summary>
    /// Maker, family and model beside <see cref="InstructionSet"/>: libraries choose by them how sums are taken, whose last digits follow.
    /// </summary>
    public static string Kind
    {
        get
        {
            if (!X86Base.IsSupported)
                return InstructionSet;
            var (signature, _, _, _) = X86Base.CpuId(1, 0);
            var (family, model) = ((signature >> 8) & 15, (signature >> 4) & 15);
            // The wide fields count for these families alone (Intel's manual, volume 2, CPUID).
            model += family is 6 or 15 ? ((signature >> 16) & 15) << 4 : 0;
            family += family == 15 ? (signature >> 20) & 255 : 0;
            return FormattableString.Invariant($"{Maker} family {family} model {model}, {InstructionSet}");
        }
    }

    /// <summary>What <see cref="Maker"/> is on Intel's.</summary>
    public const string Intel = "GenuineIntel";

    /// <summary>The name that an x86 processor gives of its maker, for example "AuthenticAMD"; empty on another.</summary>
    public static string Maker
    {
        get
        {
            if (!X86Base.IsSupported)
                return "";
            var (_, first, third, second) = X86Base.CpuId(0, 0);
            return Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([first, second, third]));
        }
    }

    /// <summary>Whether there are instructions for products of bfloat16.</summary>
    public static bool MultipliesBFloat16 => Has(7, 1, registers => registers.Eax, 5);

    /// <summary>Whether there are instructions of 512 bits for products of 8-bit integers.</summary>
    public static bool HasVnni => Has(7, 0, registers => registers.Ecx, 11);

    /// <summary>Whether there are tiles (AMX), whose products of bfloat16 leave 8 bits less to gain.</summary>
    private static bool HasTiles => Has(7, 0, registers => registers.Edx, 24);

    private static bool Has(int function, int leaf, Func<(int Eax, int Ebx, int Ecx, int Edx), int> register, int bit) =>
        X86Base.IsSupported
        && X86Base.CpuId(0, 0).Eax >= function
        && X86Base.CpuId(function, 0).Eax >= leaf
        && (register(X86Base.CpuId(function, leaf)) & (1 << bit)) != 0;
}
