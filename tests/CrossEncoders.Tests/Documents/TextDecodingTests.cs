using System.Text;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>Bytes to text: marks, declarations, statistics, and what is no text.</summary>
public sealed class TextDecodingTests
{
    private static readonly Encoding Gb = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
    private static readonly Encoding Big5 = CodePagesEncodingProvider.Instance.GetEncoding("big5")!;

    private static string? Read(byte[] bytes) => TextDecoding.Decode(bytes, out _);

    private static string Problem(byte[] bytes)
    {
        Assert.Null(TextDecoding.Decode(bytes, out var problem));
        return problem!;
    }

    public static readonly TheoryData<string, byte[]> Marks = new()
    {
        { "UTF-8", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("é圆😀")] },
        { "UTF-16 LE", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("é圆😀")] },
        { "UTF-16 BE", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("é圆😀")] },
        { "UTF-32 LE", [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes("é圆😀")] },
        { "none", Encoding.UTF8.GetBytes("é圆😀") },
    };

    [Theory]
    [MemberData(nameof(Marks))]
    public void AMarkNamesTheEncodingAndIsNotText(string name, byte[] bytes) => Assert.Equal((name, "é圆😀"), (name, Read(bytes)));

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0xC3 }, "not valid utf-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x3D }, "not valid utf-16")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x3D, 0xD8, 0x61, 0x00 }, "not valid utf-16")] // half a pair
    [InlineData(new byte[] { 0xFE, 0xFF, 0xD8, 0x3D }, "not valid utf-16BE")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF }, "not valid utf-32")]
    public void WhatAMarkPromisesHasToBeKept(byte[] bytes, string problem) => Assert.Contains(problem, Problem(bytes));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Utf16WithoutAMarkIsKnownByItsZeros(bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: false);
        Assert.Equal("Plain text, and 圆.", Read(encoding.GetBytes("Plain text, and 圆.")));
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0, 0x62 })] // an odd number of bytes
    [InlineData(new byte[] { 0x61, 0, 0, 0x62 })] // zeros on both sides
    [InlineData(new byte[] { 0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x06, 0x12, 0x08, 0x21 })] // few zeros: a zip
    public void OtherZerosAreNoText(byte[] bytes) => Assert.Contains("NUL", Problem(bytes));

    [Fact]
    public void ANulAfterAMarkIsNoTextEither() => Assert.Contains("NUL", Problem([0xEF, 0xBB, 0xBF, .. "a\0b"u8]));

    [Theory]
    [InlineData("<meta charset=\"{0}\">")]
    [InlineData("<meta charset='{0}'>")]
    [InlineData("<META CHARSET = {0} >")]
    [InlineData("<meta http-equiv=\"Content-Type\" content=\"text/html; charset={0}\">")]
    public void APageMayNameItsEncoding(string declaration)
    {
        var page = string.Format(declaration, "Big5") + "圓頂";
        Assert.Equal(page, Read(Big5.GetBytes(page)));
    }

    [Theory]
    [InlineData("gb2312", "镕")] // not in GB 2312 itself, but in what is called so
    [InlineData("gbk", "㐀")]
    [InlineData("x-gbk", "圆顶")]
    public void OldNamesOfChineseSetsMeanTheLargest(string name, string text)
    {
        var page = $"<meta charset={name}>{text}";
        Assert.Equal(page, Read(Gb.GetBytes(page)));
    }

    [Fact]
    public void Latin1IsThatOfWindows()
    {
        var page = "<meta charset=iso-8859-1>“naïve” €";
        Assert.Equal(page, Read(CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(page)));
    }

    [Fact]
    public void WhatIsUtf8IsReadSoWhateverItSays() =>
        Assert.Equal("<meta charset=big5>圆顶", Read(Encoding.UTF8.GetBytes("<meta charset=big5>圆顶")));

    [Theory]
    [InlineData("<meta charset=nonsense>")]
    [InlineData("<meta charset=utf-7>")] // known, but refused
    [InlineData("<meta charset=us-ascii>")] // known, but not kept
    [InlineData("<p>charset=big5</p>")] // not in a meta element
    public void ADeclarationOfNoUseLeavesItToTheStatistics(string declaration)
    {
        var page = declaration + "低温库里的液氮罐由值班人每天检查两次，压力不得超过上限。";
        Assert.Equal(page, Read(Gb.GetBytes(page)));
    }

    [Fact]
    public void ADeclarationFarDownIsNotLookedFor()
    {
        var page = new string(' ', 1024) + "<meta charset=windows-1251>低温库里的液氮罐由值班人每天检查两次，压力不得超过上限。";
        Assert.Equal(page, Read(Gb.GetBytes(page)));
    }

    [Theory]
    [InlineData("夜班")]
    [InlineData("停机，然后通知")]
    [InlineData("The dome (圆顶) closes.")]
    [InlineData("低温库里的液氮罐由值班人每天检查两次，压力不得超过上限。")]
    public void ShortChineseIsKnownByItsPairs(string text) => Assert.Equal(text, Read(Gb.GetBytes(text)));

    [Fact]
    public void LongTraditionalChineseIsKnownByItsStatistics()
    {
        const string Text = "低溫庫裡的液氮罐由值班人每天檢查兩次，壓力不得超過上限。發現異常請立即通知夜班長，並在日誌裡寫明時間。";
        Assert.Equal(Text, Read(Big5.GetBytes(Text)));
    }

    [Theory]
    [InlineData("Das Öl läuft über, die Tür geht nicht zu und die Wärme fließt ab.")]
    [InlineData("Le café fermé près de l'hôtel a été rénové à l'été dernier.")]
    public void AccentsOfOneByteAreRead(string text) => Assert.Equal(text, Read(Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("a\r\nb\tc\u007F")]
    public void AsciiIsItself(string text)
    {
        Assert.Equal(text, TextDecoding.Decode(Encoding.ASCII.GetBytes(text), out var problem));
        Assert.Null(problem);
    }
}
