using System.IO.Compression;
using CrossEncoders.Documents;
using static CrossEncoders.Tests.Documents.WordFile;

namespace CrossEncoders.Tests.Documents;

/// <summary>The title, characters and tables of a Word document, and what is none.</summary>
public sealed class DocxContentTests
{
    private static string Read(string body) => DocxText.Convert(new WordFile(body).ToBytes(), 1 << 20).Text;

    private static byte[] With(byte[] file, string part, string xml)
    {
        var stream = new MemoryStream();
        stream.Write(file);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        using (var writer = new StreamWriter(zip.CreateEntry(part).Open()))
            writer.Write(xml);
        return stream.ToArray();
    }

    [Theory]
    [InlineData("<c><title>夜班 &amp; more</title></c>", "夜班 & more")]
    [InlineData("<c><title/></c>", null)]
    [InlineData("<c><title></title></c>", null)]
    [InlineData("<c><creator>x</creator></c>", null)]
    public void TheTitleIsThatOfItsProperties(string properties, string? title)
    {
        var file = With(new WordFile(P("Text.")).ToBytes(), "docProps/core.xml", properties);
        Assert.Equal(title, DocxText.Convert(file, 1 << 20).Title);
    }

    [Theory]
    [InlineData("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>", "a b")]
    [InlineData("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t></w:r>", "a\nb\nc")]
    [InlineData("<w:r><w:t>E</w:t><w:noBreakHyphen/><w:t>42</w:t></w:r>", "E-42")]
    [InlineData("<w:r><w:t>a&lt;b&gt; &#x5706; &#x1F600;</w:t></w:r>", "a<b> 圆 😀")]
    [InlineData("<w:r><w:t><![CDATA[a < b]]></w:t></w:r>", "a < b")]
    [InlineData("<w:r><w:t xml:space=\"preserve\">a </w:t></w:r><w:r><w:t>b</w:t></w:r>", "a b")]
    [InlineData("<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>", "link")]
    [InlineData("<w:sdt><w:sdtContent><w:r><w:t>field</w:t></w:r></w:sdtContent></w:sdt>", "field")]
    [InlineData("<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t></w:r>", "3")]
    [InlineData("<w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r>", "a")] // a stop, and no character
    public void CharactersOfAParagraph(string runs, string text) => Assert.Equal(text, Read($"<w:p>{runs}</w:p>"));

    [Theory]
    [InlineData("<w:tr><w:tc>{0}</w:tc><w:tc/></w:tr>", "| x |  |\n|---|---|")]
    [InlineData("<w:tr><w:tc>{0}{0}</w:tc></w:tr>", "| x x |\n|---|")]
    [InlineData("<w:tr><w:tc><w:tbl><w:tr><w:tc>{0}</w:tc><w:tc>{0}</w:tc></w:tr></w:tbl></w:tc></w:tr>", "| x x |\n|---|")]
    [InlineData("<w:tr></w:tr><w:tr><w:tc>{0}</w:tc></w:tr>", "| x |\n|---|")]
    public void TablesAreRowsAndThoseInCellsAreText(string rows, string text) =>
        Assert.Equal(text, Read($"<w:tbl>{string.Format(rows, P("x"))}</w:tbl>"));

    [Theory]
    [InlineData("heading 1", "# x")]
    [InlineData("Heading 9", "###### x")]
    [InlineData("TITLE", "# x")]
    [InlineData("heading x", "x")]
    [InlineData("Normal", "x")]
    public void HeadingsAreKnownByTheNameBehindTheStyle(string name, string text)
    {
        var file = new WordFile(P("x", "<w:pStyle w:val=\"a\"/>"))
        {
            Styles = $"<w:style w:styleId=\"a\"><w:name w:val=\"{name}\"/></w:style>",
        };
        Assert.Equal(text, DocxText.Convert(file.ToBytes(), 1 << 20).Text);
    }

    [Fact]
    public void AZipOfSomethingElseIsNamed()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            zip.CreateEntry("content.xml");
        var error = Assert.Throws<FormatException>(() => DocxText.Convert(stream.ToArray(), 1 << 20));
        Assert.Equal("it has no word/document.xml, so it is not a Word document", error.Message);
    }

    [Theory]
    [InlineData(10_000, false)]
    [InlineData(200, true)]
    public void TheLimitIsOfWhatItUnpacksTo(long most, bool refused)
    {
        var file = new WordFile(P(new string('x', 500))).ToBytes();
        if (refused)
            Assert.Contains($"more than the {most} characters", Assert.Throws<FormatException>(() => DocxText.Convert(file, most)).Message);
        else
            Assert.Equal(500, DocxText.Convert(file, most).Text.Length);
    }
}
