using System.Buffers.Binary;
using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Runtime;

/// <summary>The symbols that a 64-bit little-endian ELF library offers, and those that it needs of others.</summary>
/// <param name="Defined">What it offers.</param>
/// <param name="Needed">
/// What it needs and no version is stated for: libtorch's symbols have none, while those of the C and C++ libraries do.
/// </param>
/// <remarks>Layout: System V ABI, "Symbol Table"; versions as in the Linux Standard Base, <c>.gnu.version</c>.</remarks>
internal sealed record ElfSymbols(IReadOnlySet<string> Defined, IReadOnlySet<string> Needed)
{
    private const uint DynamicSymbols = 11;
    private const uint SymbolVersions = 0x6fffffff;
    private const int SymbolSize = 24;
    private const int Weak = 2;

    /// <summary>Reads a library.</summary>
    /// <exception cref="CrossEncoderException">The file is not such a library, or is damaged.</exception>
    public static ElfSymbols Of(string path)
    {
        using var file = new MappedFile(path);
        try
        {
            return Read(file);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or InvalidDataException or OverflowException)
        {
            throw new CrossEncoderException($"'{path}' is not a library for 64-bit Linux, or is damaged. Install it again.", error);
        }
    }

    private static ElfSymbols Read(MappedFile file)
    {
        var header = Bytes(file, 0, 64);
        if (!header.AsSpan(0, 4).SequenceEqual("\u007fELF"u8) || header[4] != 2 || header[5] != 1)
            throw new InvalidDataException();
        var (entry, count) = (U16(header, 0x3a), U16(header, 0x3c));
        var sections = Bytes(file, U64(header, 0x28), entry * count);
        byte[] Section(int i) => Bytes(file, U64(sections, i * entry + 24), checked((int)U64(sections, i * entry + 32)));
        var table = Find(sections, entry, count, DynamicSymbols);
        if (table < 0)
            throw new InvalidDataException();
        var (symbols, names) = (Section(table), Section((int)U32(sections, table * entry + 40)));
        var versions = Find(sections, entry, count, SymbolVersions) is >= 0 and var at ? Section(at) : null;
        var (defined, needed) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 1; i < symbols.Length / SymbolSize; i++)
        {
            var start = i * SymbolSize;
            var (bind, section) = (symbols[start + 4] >> 4, U16(symbols, start + 6));
            if (section != 0)
                defined.Add(Name(names, U32(symbols, start)));
            else if (bind != Weak && (versions is null || (U16(versions, 2 * i) & 0x7fff) <= 1))
                needed.Add(Name(names, U32(symbols, start)));
        }

        return new(defined, needed);
    }

    private static int Find(byte[] sections, int entry, int count, uint type)
    {
        for (var i = 0; i < count; i++)
            if (U32(sections, i * entry + 4) == type)
                return i;
        return -1;
    }

    private static string Name(byte[] names, uint at)
    {
        var rest = names.AsSpan(checked((int)at));
        return Encoding.ASCII.GetString(rest[..Math.Max(0, rest.IndexOf((byte)0))]);
    }

    private static byte[] Bytes(MappedFile file, ulong at, int count) =>
        at <= (ulong)file.Length && count >= 0 && count <= file.Length - (long)at
            ? file.Read((long)at, count, bytes => bytes.ToArray())
            : throw new InvalidDataException();

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
