namespace CrossEncoders.Documents;

/// <summary>
/// Goes through metadata in Thrift's compact protocol and finds out whether it is whole. The Parquet library takes what stands there for
/// what it expects, and does not notice an end: a damaged file would keep it busy for ever.
/// </summary>
/// <param name="source">The file, at the start of the metadata.</param>
/// <param name="end">Where it ends at the latest, in bytes from the file's start.</param>
internal sealed class ThriftWalk(Stream source, long end)
{
    private readonly Dictionary<int, long>? _numbers;

    /// <summary>As the other, and keeps the numbers.</summary>
    private ThriftWalk(Stream source, long end, Dictionary<int, long> numbers)
        : this(source, end) => _numbers = numbers;

    /// <summary>Where it is, in bytes from the file's start.</summary>
    private long At { get; set; } = source.Position;

    /// <summary>Checks a structure.</summary>
    /// <exception cref="InvalidDataException">It goes beyond its end, or has a part of another type than it should.</exception>
    public static void Check(Stream source, long end, ThriftType type) => new ThriftWalk(source, end).Struct(type, 0);

    /// <summary>Checks a structure; leaves the file at its end.</summary>
    /// <returns>Its numbers by their field's number, those of a structure in it by 100 times its field and theirs.</returns>
    /// <exception cref="InvalidDataException">It goes beyond its end, or has a part of another type than it should.</exception>
    public static Dictionary<int, long> Numbers(Stream source, long end, ThriftType type)
    {
        var numbers = new Dictionary<int, long>();
        new ThriftWalk(source, end, numbers).Struct(type, 0);
        return numbers;
    }

    private void Struct(ThriftType type, int path)
    {
        var field = 0;
        while (Byte() is > 0 and var header)
        {
            field = header >> 4 > 0 ? (short)(field + (header >> 4)) : (short)Zigzag(Varint());
            var known = field > 0 && field <= type.Parts.Length ? type.Parts[field - 1] : null;
            if (known is null ? header % 16 is < 1 or > 8 : !known.Wires.Contains(header % 16))
                throw Damage(); // also unknown structures and lists: the library passes over them by chance only
            Value(header % 16, known, 100 * path + field);
        }
    }

    private void Value(int wire, ThriftType? type, int path)
    {
        switch (wire)
        {
            case 1 or 2: // the code is the value
                break;
            case 3:
                Skip(1);
                break;
            case 4 or 5 or 6:
                var number = Zigzag(Varint(wire == 6 ? 64 : 32));
                if (_numbers is not null)
                    _numbers[path] = number;
                break;
            case 7:
                Skip(8);
                break;
            case 8:
                Skip(Varint());
                break;
            case 9:
                List(type!.Parts[0]!);
                break;
            default:
                Struct(type!, path);
                break;
        }
    }

    private void List(ThriftType item)
    {
        var header = Byte();
        var count = header >> 4 < 15 ? (ulong)(header >> 4) : Varint();
        if (count > (ulong)(end - At) || (count > 0 && !item.Wires.Contains(header % 16)))
            throw Damage();
        for (; count > 0; count--)
            Value(header % 16, item, 0);
    }

    private static long Zigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private ulong Varint(int bits = 32)
    {
        var value = 0ul;
        for (var shift = 0; shift < bits; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 127) << shift;
            if (next < 128 && (bits == 64 || value <= uint.MaxValue))
                return value;
        }
        throw Damage();
    }

    private int Byte()
    {
        if (At >= end)
            throw Damage();
        At++;
        return source.ReadByte() is >= 0 and var next ? next : throw Damage();
    }

    private void Skip(ulong count)
    {
        if (count > (ulong)(end - At))
            throw Damage();
        At += (long)count;
        source.Position = At;
    }

    private InvalidDataException Damage() => new($"its metadata is damaged at byte {At}");
}
