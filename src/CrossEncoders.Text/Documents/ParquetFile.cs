using System.Buffers.Binary;
using Parquet.Meta;

namespace CrossEncoders.Documents;

/// <summary>
/// A Parquet file whose metadata is checked before the library parses it, since a damaged one could keep that busy for ever.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class ParquetFile(string path) : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
{
    // Far more than pages of a real file grow by, or than a small real file has.
    private const long Growth = 1000;
    private const long FreeBytes = 64 << 20;
    private const long FreeValues = 1 << 20;

    private long _end = long.MaxValue;

    /// <summary>Checks the list of all parts, at the end of the file.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void CheckFooter()
    {
        var tail = new byte[8];
        if (Length < 12)
            throw new InvalidDataException("it is too short");
        Position = Length - tail.Length;
        ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail.AsSpan(4).SequenceEqual("PAR1"u8))
            throw new InvalidDataException("it does not end as a Parquet file does; it may be incomplete, or encrypted");
        if (length < 1 || length > Length - 12)
            throw new InvalidDataException($"its metadata would have {length} bytes, and the file has {Length}");
        Position = Length - tail.Length - length;
        ThriftWalk.Check(this, Length - tail.Length, ThriftType.Footer);
    }

    /// <summary>Checks the headers of a column's pages, and lets the library read no others.</summary>
    /// <returns>Whether any of them is of version 2.</returns>
    /// <exception cref="InvalidDataException">One is damaged, or they have not as many values as they should.</exception>
    public bool CheckPages(ColumnMetaData column)
    {
        _end = long.MaxValue;
        if (column.NumValues < 0 || column.NumValues > Math.Max(FreeValues, Growth * Length))
            throw new InvalidDataException($"it would have {column.NumValues} values in {Length} bytes");
        long[] starts = [column.DictionaryPageOffset ?? 0, column.DataPageOffset, column.IndexPageOffset ?? 0];
        var at = starts.Where(start => start != 0).DefaultIfEmpty(-1).Min();
        var isSecond = false;
        for (var values = 0L; values < column.NumValues; )
        {
            if (at < 0 || at >= Length)
                throw new InvalidDataException($"it has a page at byte {at}, and the file has {Length}");
            Position = at;
            var header = ThriftWalk.Numbers(this, Length, ThriftType.PageHeader);
            var (packed, unpacked) = (header.GetValueOrDefault(3), header.GetValueOrDefault(2));
            if (packed < 0 || packed > Length - Position || unpacked < 0 || unpacked > Math.Max(FreeBytes, Growth * packed))
                throw new InvalidDataException($"it has a page of {packed} bytes that would unpack to {unpacked}");
            at = Position + packed;
            var type = (PageType)header.GetValueOrDefault(1);
            isSecond |= type == PageType.DATA_PAGE_V2;
            var count = header.GetValueOrDefault(
                type switch
                {
                    PageType.DATA_PAGE => 501,
                    PageType.DATA_PAGE_V2 => 801,
                    _ => 701,
                }
            );
            if (count < 0 || count > Math.Max(FreeValues, Growth * Length))
                throw new InvalidDataException($"it has a page of {count} values");
            values += type == PageType.DICTIONARY_PAGE ? 0 : count;
        }
        _end = at;
        return isSecond;
    }

    /// <summary>The next byte; never the mark of the end, which the library would take for one.</summary>
    /// <exception cref="EndOfStreamException">The pages that were checked end here.</exception>
    public override int ReadByte() =>
        Position < _end && base.ReadByte() is >= 0 and var next ? next : throw new EndOfStreamException("its pages have too few values");
}
