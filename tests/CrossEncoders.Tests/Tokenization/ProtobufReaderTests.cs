using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Fields of protocol buffers, byte by byte, after the encoding's documentation.</summary>
public sealed class ProtobufReaderTests
{
    [Theory]
    [InlineData("089601", "1=150")] // the documentation's own example
    [InlineData("0800", "1=0")]
    [InlineData("08FFFFFFFFFFFFFFFFFF01", "1=18446744073709551615")] // ten bytes, the most
    [InlineData("08808000", "1=0")] // longer than need be, but no error
    [InlineData("120774657374696E67", "2:74657374696E67")] // "testing"
    [InlineData("1200", "2=0")] // empty bytes
    [InlineData("150000C0BF", "2:0000C0BF")] // 32 bits
    [InlineData("110102030405060708", "2:0102030405060708")] // 64 bits
    [InlineData("C0020D", "40=13")] // a field number of two bytes
    [InlineData("0801120161180208031A00", "1=1 2:61 3=2 1=3 3=0")] // fields repeat and need not be in order
    [InlineData("", "")]
    public void FieldsAreReadInTurn(string bytes, string expected) => Assert.Equal(expected, Read(bytes));

    [Theory]
    [InlineData("08", "a number does not end")]
    [InlineData("0896", "a number does not end")]
    [InlineData("80", "a number does not end")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01", "a number does not end")] // eleven bytes
    [InlineData("120361", "field 2 has 3 bytes, but 1 are left")]
    [InlineData("12FFFFFFFFFFFFFFFFFF01", "field 2 has 18446744073709551615 bytes, but 0 are left")] // no sign, no overflow
    [InlineData("150000C0", "field 2 has 4 bytes, but 3 are left")]
    [InlineData("1101", "field 2 has 8 bytes, but 1 are left")]
    [InlineData("0B", "field 1 has the unknown wire type 3")] // groups are long gone
    [InlineData("0C", "field 1 has the unknown wire type 4")]
    [InlineData("0E", "field 1 has the unknown wire type 6")]
    public void DamageIsNamed(string bytes, string expected)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Read(bytes));
        Assert.Contains(expected, error.Message);
        Assert.EndsWith("damaged", error.Message);
    }

    [Fact]
    public void AMessageInsideAMessageEndsWhereItEnds()
    {
        var outer = new ProtobufReader([0x0A, 0x02, 0x08, 0x05, 0x10, 0x07]);
        Assert.True(outer.Next());
        var inner = outer.Message();
        Assert.True(inner.Next());
        Assert.Equal((1, 5UL), (inner.Field, inner.Number));
        Assert.False(inner.Next());
        Assert.True(outer.Next());
        Assert.Equal((2, 7UL, 0), (outer.Field, outer.Number, outer.Bytes.Length)); // nothing is left of the field before
        Assert.False(outer.Next());
    }

    private static string Read(string bytes)
    {
        var fields = new List<string>();
        var reader = new ProtobufReader(Convert.FromHexString(bytes));
        while (reader.Next())
            fields.Add(reader.Bytes.IsEmpty ? $"{reader.Field}={reader.Number}" : $"{reader.Field}:{Convert.ToHexString(reader.Bytes)}");
        return string.Join(' ', fields);
    }
}
