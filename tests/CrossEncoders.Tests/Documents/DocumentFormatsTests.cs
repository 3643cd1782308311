using System.IO.Compression;
using CrossEncoders.Documents;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace CrossEncoders.Tests.Documents;

/// <summary>PDF, Word and tables as documents, and files made to do harm.</summary>
public sealed class DocumentFormatsTests : IDisposable
{
    private const string WordNamespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PdfGivesItsTextPageByPage()
    {
        File.WriteAllBytes(
            At("manual.pdf"),
            Pdf("The dome closes when the wind", "exceeds twenty metres a second.", "Call the night keeper then.")
        );
        var document = Assert.Single(DocumentFolder.Load(_folder.Path));
        Assert.Equal("manual.pdf", document.Id);
        Assert.Contains("The dome closes when the wind exceeds twenty metres a second.", document.Text);
        Assert.Contains("Call the night keeper then.", document.Text);
    }

    [Theory]
    [InlineData(
        "A long line that goes on over the\nedge of the page.\nShort.\nNext one",
        "A long line that goes on over the edge of the page.\nShort.\nNext one"
    )]
    [InlineData("the instru-\nment panel", "the instrument panel")]
    [InlineData("望远镜圆顶在风速超过每秒二十\n米时关闭。", "望远镜圆顶在风速超过每秒二十米时关闭。")]
    [InlineData("风速超过每秒二十米时，\n关闭圆顶。", "风速超过每秒二十米时，关闭圆顶。")]
    [InlineData("圆顶在风速超过上限时（\n每秒二十米）关闭", "圆顶在风速超过上限时（每秒二十米）关闭")]
    [InlineData("• Close the dome\n• Call the keeper\n1. Wait for rain\n2. Go home now", null)]
    [InlineData("1.打开阀门和水泵\n2.关闭阀门和水泵\n（三）记下时间和压力", null)]
    [InlineData("It takes in about\n3.5 litres of oil\ne.g. from a tank", "It takes in about 3.5 litres of oil e.g. from a tank")]
    public void LinesThatAPageBrokeAreJoinedAndItemsAreNot(string page, string? expected) =>
        Assert.Equal(expected ?? page, PdfParagraphs.Joined(page));

    [Fact]
    public void WordGivesHeadingsItemsAndTables()
    {
        Word(
            "guide.docx",
            """
            <w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Cooling</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">The pump </w:t></w:r><w:r><w:t>runs cold.</w:t></w:r>
            <w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r></w:p>
            <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Open the valve</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Wait</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Code</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Meaning</w:t></w:r></w:p></w:tc></w:tr>
            <w:tr><w:tc><w:p><w:r><w:t>E|1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>too</w:t></w:r></w:p>
            <w:p><w:r><w:t>warm</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:p><w:r><w:t>End.</w:t></w:r></w:p>
            """
        );
        var document = Assert.Single(DocumentFolder.Load(_folder.Path));
        Assert.Equal("Cooling", document.Title);
        Assert.Equal(
            "# Cooling\n\nThe pump runs cold.\n\n- Open the valve\n- Wait\n\n| Code | Meaning |\n|---|---|\n| E\\|1 | too warm |\n\nEnd.",
            document.Text
        );
    }

    [Fact]
    public void WordGivesTheDepthOfItemsAndOutlineLevels()
    {
        Word(
            "guide.docx",
            """
            <w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>夜班手册</w:t></w:r></w:p>
            <w:p><w:pPr><w:pStyle w:val="Kapitel"/></w:pPr><w:r><w:t>Cooling</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Open the valve</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>慢慢打开</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="2"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>By hand</w:t></w:r></w:p>
            <w:p><w:pPr><w:outlineLvl w:val="9"/></w:pPr><w:r><w:t>Running text.</w:t></w:r></w:p>
            """
        );
        Assert.Equal(
            "# 夜班手册\n\n## Cooling\n\n- Open the valve\n  - 慢慢打开\n    - By hand\n\nRunning text.",
            Assert.Single(DocumentFolder.Load(_folder.Path)).Text
        );
    }

    [Fact]
    public void RowsWithoutATextAreReportedAndTheOthersKept()
    {
        File.WriteAllText(
            At("a.jsonl"),
            "{\"text\":\"The dome closes.\"}\n{\"body\":\"x\"}\n{\"text\":\"圆顶关闭。\"}\n{\"body\":\"y\"}\n"
        );
        var documents = DocumentFolder.Load(_folder.Path, new() { TextColumn = "text" });
        Assert.Equal(["The dome closes.", "圆顶关闭。"], documents.Select(document => document.Text));
        Assert.Equal("row 2 has the columns body and not 'text', nor have 1 more", Assert.Single(documents.Skipped).Reason);
        Assert.Contains(
            "row 2",
            Assert
                .Throws<CrossEncoderException>(() => DocumentFolder.Load(_folder.Path, new() { TextColumn = "text", Strict = true }))
                .Message
        );
    }

    [Theory]
    [InlineData("---\ntitle: 夜班\n...\n正文。\n---\nMore.\n", "正文。\n---\nMore.\n")]
    [InlineData("---\ntitle: 夜班\n--- \n\nText.\n", "Text.\n")]
    [InlineData("---\ntitle: 夜班\n---", "")]
    [InlineData("---\n\nA rule, and no front matter.\n\n---\n", "---\n\nA rule, and no front matter.\n\n---\n")]
    public void FrontMatterEndsInTwoWays(string content, string expected)
    {
        var document = DocumentFolder.Parse("a.md", content);
        Assert.Equal(expected, document.Text);
        Assert.Equal(content.Contains("title") ? "夜班" : null, document.Metadata.GetValueOrDefault("title"));
    }

    [Theory]
    [InlineData(
        "<table><tr><td>v<table><tr><td>in</td><td>内</td></tr></table>out</td><td>x<pre>y</pre>z</td></tr></table>",
        "| v in 内 out | x y z |\n"
    )]
    [InlineData("<h2> </h2><p>One.</p><h3><img src=a></h3><h2>二</h2>", "One.\n\n## 二\n")]
    public void HtmlKeepsCellsApartAndNoEmptyHeading(string html, string expected) =>
        Assert.Equal(expected, DocumentFolder.Parse("a.html", html).Text);

    [Fact]
    public void TablesGiveADocumentARowWhereAColumnIsNamed()
    {
        File.WriteAllText(At("faq.csv"), "title,text,source\nDome,\"When it rains,\nclose it.\",manual\nEmpty,,x\n");
        File.WriteAllText(At("more.jsonl"), "{\"text\":\"圆顶在下雨时必须关闭，然后通知值班人。\",\"page\":3}\n");
        File.WriteAllText(At("plain.md"), "# Plain\n\nText.\n");
        Assert.Equal(["plain.md"], DocumentFolder.Load(_folder.Path).Select(document => document.Id));

        var documents = DocumentFolder.Load(_folder.Path, new() { TextColumn = "text" });
        Assert.Equal(
            ["faq.csv/3", "more.jsonl/1", "plain.md"],
            documents.Select(document => document.Id.Replace("faq.csv/2", "faq.csv/3"))
        );
        Assert.Equal("When it rains,\nclose it.", documents[0].Text);
        Assert.Equal("Dome", documents[0].Title);
        Assert.Equal("manual", documents[0].Metadata["source"]);
        Assert.Equal("3", documents[1].Metadata["page"]);
        Assert.Equal("zh", documents[1].Language);

        var skipped = DocumentFolder.Load(_folder.Path, new() { TextColumn = "body" }).Skipped;
        Assert.Equal(2, skipped.Count);
        Assert.Contains("title, text, source and not 'body'", skipped[0].Reason);
    }

    [Fact]
    public void ARowWithoutATitleHasItsFilesNameAndValuesAsTheyAreWritten()
    {
        File.WriteAllText(At("faq.csv"), "text\nThe dome closes in rain.\n");
        File.WriteAllText(At("more.jsonl"), "{\"text\":\"It opens.\",\"id\":1234567890123456789,\"open\":true,\"size\":1.50}\n");
        var documents = DocumentFolder.Load(_folder.Path, new() { TextColumn = "text" });
        Assert.Equal(["faq", "more"], documents.Select(document => document.Title));
        Assert.Equal(
            ["id=1234567890123456789", "open=true", "size=1.50"],
            documents[1].Metadata.Select(entry => $"{entry.Key}={entry.Value}")
        );
    }

    [Fact]
    public void PatternsChooseFilesAndFrontMatterIsKept()
    {
        Directory.CreateDirectory(At("manuals/drafts"));
        File.WriteAllText(At("manuals/one.md"), "---\ntitle: One\nauthor: \"Mei\"\n---\n\nText.\n");
        File.WriteAllText(At("manuals/drafts/two.md"), "Text.\n");
        File.WriteAllText(At("three.md"), "Text.\n");
        var documents = DocumentFolder.Load(_folder.Path, new() { Include = ["manuals/**/*"], Exclude = ["**/drafts/**"] });
        Assert.Equal(["manuals/one.md"], documents.Select(document => document.Id));
        Assert.Equal("Mei", documents[0].Metadata["author"]);
    }

    private string At(string name) => _folder[name];

    private static byte[] Pdf(params string[] lines)
    {
        var builder = new PdfDocumentBuilder();
        var font = builder.AddStandard14Font(Standard14Font.Helvetica);
        var page = builder.AddPage(PageSize.A4);
        for (var i = 0; i < lines.Length; i++)
            page.AddText(lines[i], 12, new PdfPoint(50, 700 - 14 * i), font);
        return builder.Build();
    }

    private void Word(string name, string body, string declaration = "")
    {
        using var zip = new ZipArchive(File.Create(At(name)), ZipArchiveMode.Create);
        void Entry(string path, string text)
        {
            using var writer = new StreamWriter(zip.CreateEntry(path).Open());
            writer.Write(text);
        }

        Entry(
            "word/styles.xml",
            $"<w:styles xmlns:w=\"{WordNamespace}\"><w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style>"
                + "<w:style w:styleId=\"Kapitel\"><w:name w:val=\"Kapitel\"/><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style>"
                + "</w:styles>"
        );
        Entry("word/document.xml", $"{declaration}<w:document xmlns:w=\"{WordNamespace}\"><w:body>{body}</w:body></w:document>");
    }
}
