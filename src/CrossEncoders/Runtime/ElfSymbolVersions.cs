using System.Buffers.Binary;
using System.Text;

namespace CrossEncoders.Runtime;

/// <summary>Reads and relaxes the symbol versions that a 64-bit little-endian ELF library demands of others.</summary>
/// <remarks>Layout: System V ABI, "Symbol Versioning" (Elf64_Verneed and Elf64_Vernaux in <c>.gnu.version_r</c>).</remarks>
internal static class ElfSymbolVersions
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>Marks each demand for <paramref name="version"/> as weak, so that the loader warns instead of refusing.</summary>
    /// <returns>Whether the file demanded that version; false as well for a damaged file, which the loader is to refuse.</returns>
    public static bool Weaken(byte[] file, string version)
    {
        if (file.Length < 64 || file[0] != 0x7f || file[1] != 'E' || file[4] != 2 || file[5] != 1)
            return false;
        try
        {
            return WeakenDemands(file, version);
        }
        catch (ArgumentOutOfRangeException) // an offset that leads out of the file
        {
            return false;
        }
    }

    private static bool WeakenDemands(byte[] file, string version)
    {
        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(0x28));
        var entrySize = U16(file, 0x3a);
        var count = U16(file, 0x3c);
        var found = false;
        for (var i = 0; i < count; i++)
        {
            var header = sections + i * entrySize;
            if (U32(file, header + 4) != VersionNeedSection)
                continue;
            var strings = (int)
                BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(sections + (int)U32(file, header + 40) * entrySize + 24));
            var need = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(header + 24));
            while (true)
            {
                var aux = need + (int)U32(file, need + 8);
                for (var left = U16(file, need + 2); left > 0; left--)
                {
                    if (NameAt(file, strings + (int)U32(file, aux + 8)) == version)
                    {
                        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(aux + 4), (ushort)(U16(file, aux + 4) | WeakFlag));
                        found = true;
                    }

                    aux += (int)U32(file, aux + 12);
                }

                var next = (int)U32(file, need + 12);
                if (next <= 0)
                    break; // the last, or damaged: never back
                need += next;
            }
        }

        return found;
    }

    private static ushort U16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static uint U32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static string NameAt(byte[] file, int at) => Encoding.ASCII.GetString(file, at, Array.IndexOf(file, (byte)0, at) - at);
}
