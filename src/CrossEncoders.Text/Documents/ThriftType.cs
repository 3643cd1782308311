namespace CrossEncoders.Documents;

/// <summary>What a part of a Parquet file's metadata consists of, as far as its place in the file depends on it.</summary>
/// <param name="Wires">The codes that Thrift's compact protocol may give it.</param>
/// <param name="Parts">The fields of a structure, by their number less one, or what a list consists of.</param>
/// <remarks>
/// The structures are those of parquet.thrift (Apache Parquet's format), the codes of Thrift's "compact protocol encoding".
/// </remarks>
internal sealed record ThriftType(int[] Wires, params ThriftType?[] Parts)
{
    private static readonly ThriftType Flag = new([1, 2]);
    private static readonly ThriftType Tiny = new([3]);
    private static readonly ThriftType Int = new([4, 5]);
    private static readonly ThriftType Long = new([4, 5, 6]);
    private static readonly ThriftType Real = new([7]);
    private static readonly ThriftType Bytes = new([8]);
    private static readonly ThriftType Empty = Struct();

    private static readonly ThriftType KeyValue = Struct(Bytes, Bytes);
    private static readonly ThriftType Statistics = Struct(Bytes, Bytes, Long, Long, Bytes, Bytes, Flag, Flag);
    private static readonly ThriftType Unit = Struct(Empty, Empty, Empty);
    private static readonly ThriftType Time = Struct(Flag, Unit);
    private static readonly ThriftType Decimal = Struct(Int, Int);
    private static readonly ThriftType Variant = Struct(Tiny);
    private static readonly ThriftType Geometry = Struct(Bytes);
    private static readonly ThriftType Geography = Struct(Bytes, Int);

    private static readonly ThriftType Logical = Struct([
        .. Same(Empty, 4),
        Decimal,
        Empty,
        Time,
        Time,
        null,
        Struct(Tiny, Flag),
        .. Same(Empty, 5),
        Variant,
        Geometry,
        Geography,
    ]);

    private static readonly ThriftType Sizes = Struct(Long, List(Long), List(Long));
    private static readonly ThriftType Places = Struct(Struct([.. Same(Real, 8)]), List(Int));

    private static readonly ThriftType Column = Struct([
        .. new[] { Int, List(Int), List(Bytes), Int, Long, Long, Long, List(KeyValue), Long, Long, Long },
        .. new[] { Statistics, List(Struct(Int, Int, Int)), Long, Int, Sizes, Places },
    ]);

    private static readonly ThriftType Chunk = Struct([
        Bytes,
        Long,
        Column,
        Long,
        Int,
        Long,
        Int,
        Struct(Empty, Struct(List(Bytes), Bytes)),
        Bytes,
    ]);

    private static readonly ThriftType Group = Struct([List(Chunk), Long, Long, List(Struct(Int, Flag, Flag)), Long, Long, Int]);

    private static readonly ThriftType Cipher = Struct(Bytes, Bytes, Flag);

    /// <summary>What stands at the end of a file.</summary>
    public static readonly ThriftType Footer = Struct(
        Int,
        List(Struct([.. Same(Int, 3), Bytes, .. Same(Int, 5), Logical])),
        Long,
        List(Group),
        List(KeyValue),
        Bytes,
        List(Struct(Empty)),
        Struct(Cipher, Cipher),
        Bytes
    );

    /// <summary>What stands before a page.</summary>
    public static readonly ThriftType PageHeader = Struct([
        .. Same(Int, 4),
        Struct([.. Same(Int, 4), Statistics]),
        Empty,
        Struct(Int, Int, Flag),
        Struct([.. Same(Int, 6), Flag, Statistics]),
    ]);

    private static ThriftType Struct(params ThriftType?[] fields) => new([12], fields);

    private static ThriftType List(ThriftType item) => new([9], item);

    private static IEnumerable<ThriftType> Same(ThriftType type, int count) => Enumerable.Repeat(type, count);
}
