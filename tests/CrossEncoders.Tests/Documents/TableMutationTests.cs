using System.Text;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>Damaged files end in a typed error or are read; never a crash, a hang or a great allocation.</summary>
[Trait("Speed", "Slow")]
[Collection(Alone.Name)]
public sealed class TableMutationTests
{
    private const int Count = 10_000;

    // Far above what a file of some kilobytes can rightly ask for, in bytes a load.
    private const long MemoryLimit = 256L << 20;

    private static readonly string[] Pieces = ["0", "9", "-", "\"", "<", ">", "/", "[", "]", "(", ")", ",", "\n", "\0"];

    [Fact]
    public void Pdf()
    {
        var file = Path.Combine(Shared.Repository, "tests/CrossEncoders.Tests/cases/pdf-running-heads/headers.pdf");
        Check(File.ReadAllBytes(file), bytes => PdfText.Convert(bytes, 1 << 20));
    }

    [Fact]
    public void Word()
    {
        var body =
            WordFile.P("Head", "<w:pStyle w:val=\"H\"/>") + WordFile.P("One", WordFile.Item(1)) + WordFile.P("Two", WordFile.Item(1, 1));
        var file = new WordFile(body + $"<w:tbl><w:tr><w:tc>{WordFile.P("Cell")}</w:tc></w:tr></w:tbl>")
        {
            Styles = "<w:style w:styleId=\"H\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"G\"/></w:style>",
            Numbering = WordFile.List(0, ("decimal", "%1."), ("lowerRoman", "%1.%2")) + WordFile.Num(1, 0),
            Footnotes = $"<w:footnote w:id=\"1\">{WordFile.P("Note")}</w:footnote>",
        };
        Check(file.ToBytes(), bytes => DocxText.Convert(bytes, 1 << 20));
    }

    [Fact]
    public void WordMarkup()
    {
        const string Body =
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>One</w:t></w:r></w:p>"
            + "<w:tbl><w:tr><w:tc><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
        var numbering = WordFile.List(0, ("decimal", "%1."), ("lowerRoman", "%1.%2")) + WordFile.Num(1, 0);
        Check(Encoding.UTF8.GetBytes(Body), bytes =>
            DocxText.Convert(new WordFile(Encoding.UTF8.GetString(bytes)) { Numbering = numbering }.ToBytes(), 1 << 20)
        );
    }

    [Fact]
    public void Parquet()
    {
        var stream = new MemoryStream();
        ParquetTable.Write(stream, [("query", ["one", null, "三"]), ("passage", ["a", "b", "c"])], "label", new[] { 1f, 0f, 0.5f });
        CheckParquet(stream.ToArray());
    }

    [Fact]
    public void ParquetOfArrow() => // with dictionaries and pages of version 2
        CheckParquet(File.ReadAllBytes(Path.Combine(Shared.Repository, "tests/CrossEncoders.Tests/cases/parquet-pages-v2/flat.parquet")));

    private static void CheckParquet(byte[] file)
    {
        using var folder = new ScratchFolder();
        Check(file, bytes =>
        {
            File.WriteAllBytes(folder["a.parquet"], bytes);
            return TableRows.Read(folder["a.parquet"]).Take(10_000).ToList();
        });
    }

    [Fact]
    public void Csv() =>
        Check(Encoding.UTF8.GetBytes("query,passage,label\n\"one, two\",\"a \"\"b\"\"\nc\",1\n三,d,0.5\r\n"), bytes =>
            TextDecoding.Decode(bytes, out _) is { } text ? TableRows.Parse("a.csv", text).ToList() : []
        );

    [Fact]
    public void Html() =>
        Check(
            Encoding.UTF8.GetBytes(
                "<html><head><style>.a{display:none}</style></head><body><h1 class=a>H</h1><ul><li>x<table><tr><td>y</td></tr></table></ul>"
                    + "<pre>z</pre><!-- c --><svg><path/></svg><p title=\">\">t</p></body></html>"
            ),
            bytes => HtmlText.Convert(Encoding.UTF8.GetString(bytes)),
            mayAlwaysBeRead: true
        );

    private static void Check(byte[] file, Func<byte[], object> read, bool mayAlwaysBeRead = false)
    {
        read(file);
        var refused = 0;
        for (var seed = 0; seed < Count; seed++)
        {
            var bytes = Damage.Of(file, new Random(seed), Pieces);
            var before = GC.GetTotalAllocatedBytes();
            try
            {
                HangGuard.Run(() => read(bytes));
            }
            catch (Exception error) when (error is FormatException or CrossEncoderException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }

            Assert.True(
                GC.GetTotalAllocatedBytes() - before < MemoryLimit,
                $"seed {seed} takes {GC.GetTotalAllocatedBytes() - before} bytes"
            );
        }

        Assert.InRange(refused, mayAlwaysBeRead ? 0 : 1, Count - 1);
    }
}
