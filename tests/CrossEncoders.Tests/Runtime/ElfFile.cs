using System.Buffers.Binary;
using System.Text;

namespace CrossEncoders.Tests.Runtime;

/// <summary>
/// A small 64-bit ELF file that demands versions of other libraries: header, names, demands (<c>.gnu.version_r</c>), section headers.
/// </summary>
internal sealed class ElfFile
{
    private const int Header = 64;
    private const int Entry = 16; // of a Verneed and of a Vernaux alike

    private readonly List<(int Offset, string Version)> _demands = [];

    /// <summary>The file with these demands; none where no library is given.</summary>
    public ElfFile(ushort flags = 0, params (string Library, string[] Versions)[] libraries)
    {
        var strings = new List<byte> { 0 };
        int Name(string text)
        {
            var at = strings.Count;
            strings.AddRange([.. Encoding.ASCII.GetBytes(text), 0]);
            return at;
        }

        var needs = new List<byte>();
        foreach (var (i, (library, versions)) in libraries.Index())
        {
            var isLast = i == libraries.Length - 1;
            needs.AddRange([.. U16(1), .. U16(versions.Length), .. U32(Name(library)), .. U32(Entry)]);
            needs.AddRange(U32(isLast ? 0 : Entry * (1 + versions.Length)));
            foreach (var (j, version) in versions.Index())
            {
                _demands.Add((needs.Count, version));
                needs.AddRange([.. U32(0), .. U16(flags), .. U16(0), .. U32(Name(version)), .. U32(j == versions.Length - 1 ? 0 : Entry)]);
            }
        }

        var demands = Header + strings.Count;
        var sections = demands + needs.Count;
        byte[] header = [0x7f, .. "ELF"u8, 2, 1, 1, .. new byte[Header - 7]];
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0x28), (ulong)sections);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x3a), Header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x3c), (ushort)(libraries.Length > 0 ? 3 : 2));
        Bytes =
        [
            .. header,
            .. strings,
            .. needs,
            .. Section(0, 0, 0),
            .. Section(3, Header, 0),
            .. libraries.Length > 0 ? Section(0x6ffffffe, demands, 1) : [],
        ];
        _demands = [.. _demands.Select(demand => (demands + demand.Offset, demand.Version))];
    }

    public byte[] Bytes { get; }

    /// <summary>Where the flags of each demand for a version are.</summary>
    public IEnumerable<int> Flags(string version) =>
        _demands.Where(demand => demand.Version == version).Select(demand => demand.Offset + 4);

    private static byte[] Section(uint type, int offset, int link)
    {
        var section = new byte[Header];
        BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan(4), type);
        BinaryPrimitives.WriteUInt64LittleEndian(section.AsSpan(24), (ulong)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan(40), (uint)link);
        return section;
    }

    private static byte[] U16(int value) => BitConverter.GetBytes((ushort)value);

    private static byte[] U32(int value) => BitConverter.GetBytes(value);
}
