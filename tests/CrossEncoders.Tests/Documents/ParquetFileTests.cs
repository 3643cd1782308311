using CrossEncoders.Documents;
using Parquet.Meta;

namespace CrossEncoders.Tests.Documents;

/// <summary>Metadata that claims what is not there is refused before the library goes by it.</summary>
public sealed class ParquetFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("15 02")] // no end
    [InlineData("15 82 80")] // no end of a number
    [InlineData("15 82 80 80 80 80 80 80 80 80 80 01 00")] // a number of eleven bytes
    [InlineData("16 02 00")] // a long number for a short one
    [InlineData("68 7F 61 00")] // a text of 127 bytes
    [InlineData("68 FF FF FF FF 0F 61 00")] // a text of 4 GB
    [InlineData("29 FC FF FF FF FF 07 00")] // a list of two thousand million
    [InlineData("29 18 00")] // a list of texts for one of structures
    [InlineData("6C 00 00")] // a structure for a text
    [InlineData("7C 15 02 00 00")] // a structure for a list
    [InlineData("BC 15 02 00 00")] // an unknown structure, which the library cannot pass over
    [InlineData("B9 F1 FF FF FF FF 07 00")] // an unknown list that takes no room
    public void AFooterThatIsNotWholeIsRefused(string footer)
    {
        var error = Assert.Throws<CrossEncoderException>(() => TableRows.Read(WithFooter(footer)).ToList());
        Assert.Contains("its metadata is damaged at byte ", error.Message);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("29 00 00")] // an empty list of no type, as Oracle writes
    [InlineData("15 82 00 00")] // a number with a byte too many
    [InlineData("B5 02 18 01 61 00")] // what is new and can be passed over
    public void AFooterThatIsWholeIsNot(string footer)
    {
        using var file = new ParquetFile(WithFooter(footer));
        file.CheckFooter();
    }

    [Theory]
    [InlineData("", "too short")]
    [InlineData("PAR1....PAR1", "its metadata would have")]
    [InlineData("PAR1\0\0\0\0PAR1", "its metadata would have 0 bytes")]
    [InlineData("PAR1........", "does not end as a Parquet file does")]
    [InlineData("PAR1....PARE", "encrypted")]
    public void AFileWithoutAFooterIsRefused(string text, string said)
    {
        File.WriteAllText(_folder["a.parquet"], text);
        var error = Assert.Throws<CrossEncoderException>(() => TableRows.Read(_folder["a.parquet"]).ToList());
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData(PageType.DATA_PAGE, 2_000_000_000, 8, 3, "a page of 8 bytes that would unpack to 2000000000")]
    [InlineData(PageType.DATA_PAGE, -8, 8, 3, "unpack to -8")]
    [InlineData(PageType.DATA_PAGE, 8, -8, 3, "a page of -8 bytes")]
    [InlineData(PageType.DATA_PAGE, 8, 9, 3, "a page of 9 bytes")]
    [InlineData(PageType.DATA_PAGE, 8, 8, 0, "a page at byte 23, and the file has 23")]
    [InlineData(PageType.DATA_PAGE, 8, 8, -3, "a page of -3 values")]
    [InlineData(PageType.DATA_PAGE_V2, 8, 8, 2_000_000_000, "a page of 2000000000 values")]
    [InlineData(PageType.DICTIONARY_PAGE, 8, 8, 2_000_000_000, "a page of 2000000000 values")]
    public void APageThatClaimsWhatIsNotThereIsRefused(PageType type, int unpacked, int packed, int values, string said)
    {
        using var file = WithPage(type, unpacked, packed, values);
        var error = Assert.Throws<InvalidDataException>(() => file.CheckPages(new() { NumValues = 3, DataPageOffset = 4 }));
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData(-1, 4, "-1 values")]
    [InlineData(2_000_000_000, 4, "2000000000 values in ")]
    [InlineData(3, 0, "a page at byte -1")]
    [InlineData(3, 1000, "a page at byte 1000")]
    public void AColumnThatClaimsWhatIsNotThereIsRefused(long values, long start, string said)
    {
        using var file = WithPage(PageType.DATA_PAGE, 8, 8, 3);
        var error = Assert.Throws<InvalidDataException>(() => file.CheckPages(new() { NumValues = values, DataPageOffset = start }));
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData(PageType.DATA_PAGE, false)]
    [InlineData(PageType.DATA_PAGE_V2, true)]
    public void NoByteIsReadBehindThePages(PageType type, bool isSecond)
    {
        using var file = WithPage(type, 8, 8, 3, "behind");
        Assert.Equal(isSecond, file.CheckPages(new() { NumValues = 3, DataPageOffset = 4 }));
        file.Position = file.Length - "behind".Length - 1;
        Assert.Equal(0, file.ReadByte());
        Assert.Throws<EndOfStreamException>(() => file.ReadByte());
    }

    private string WithFooter(string hex)
    {
        var footer = Convert.FromHexString(hex.Replace(" ", ""));
        File.WriteAllBytes(_folder["a.parquet"], [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8]);
        return _folder["a.parquet"];
    }

    /// <summary>A file of one page with eight zeros.</summary>
    private ParquetFile WithPage(PageType type, int unpacked, int packed, int values, string behind = "")
    {
        var field = type switch
        {
            PageType.DATA_PAGE => 5,
            PageType.DICTIONARY_PAGE => 7,
            _ => 8,
        };
        byte[] sizes = [.. Number(1, (int)type), .. Number(1, unpacked), .. Number(1, packed)];
        byte[] inner = [(byte)(((field - 3) << 4) | 12), .. Number(1, values), 0, 0];
        File.WriteAllBytes(_folder["a.parquet"], [.. "PAR1"u8, .. sizes, .. inner, .. new byte[8], .. behind.Select(c => (byte)c)]);
        return new(_folder["a.parquet"]);
    }

    /// <summary>A whole number as Thrift's compact protocol writes it, in a field so many after the last.</summary>
    private static IEnumerable<byte> Number(int step, int value)
    {
        yield return (byte)((step << 4) | 5);
        var rest = (uint)((value << 1) ^ (value >> 31));
        for (; rest > 127; rest >>= 7)
            yield return (byte)(rest | 128);
        yield return (byte)rest;
    }
}
