using System.Globalization;
using System.Text;

namespace CrossEncoders.Tests.Documents;

/// <summary>
/// A small PDF of pages of lines at given places. Text of other characters than Latin-1 is set in a font whose codes are UTF-16 and
/// whose map to Unicode says so; text in <see cref="NoMap"/> in a font without a map.
/// </summary>
internal sealed class PdfFile
{
    /// <summary>Before a text: its font does not say which characters it shows.</summary>
    public const char NoMap = '\uE000';

    private const string Map =
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        + "1 begincodespacerange <0000> <FFFF> endcodespacerange\n1 beginbfrange <0000> <FFFF> <0000> endbfrange\nendcmap end end";

    private readonly List<StringBuilder> _pages = [];
    private readonly string _box;

    public PdfFile(string box = "/MediaBox [0 0 612 792]") => _box = box;

    public PdfFile Page()
    {
        _pages.Add(new StringBuilder());
        return this;
    }

    public PdfFile Text(double x, double y, string text, double size = 11, bool bold = false)
    {
        var isLatin = text.All(c => c < 0x100);
        var font =
            text[0] == NoMap ? "F4"
            : !isLatin ? "F3"
            : bold ? "F2"
            : "F1";
        var shown = isLatin
            ? $"({text.Replace(@"\", @"\\").Replace("(", @"\(").Replace(")", @"\)")})"
            : $"<{System.Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text.TrimStart(NoMap)))}>";
        return Raw(string.Create(CultureInfo.InvariantCulture, $"BT /{font} {size} Tf {x} {y} Td {shown} Tj ET\n"));
    }

    /// <summary>Lines of one column, 14 points apart.</summary>
    public PdfFile Lines(double x, double y, params string[] lines)
    {
        foreach (var (index, line) in lines.Index())
            Text(x, y - 14 * index, line);
        return this;
    }

    public PdfFile Raw(string operators)
    {
        _pages[^1].Append(operators);
        return this;
    }

    public byte[] ToBytes()
    {
        List<string> objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            $"<< /Type /Pages /Count {_pages.Count} /Kids [{string.Join(' ', _pages.Select((_, i) => $"{11 + 2 * i} 0 R"))}] >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
            "<< /Type /FontDescriptor /FontName /AAAAAA+Foo /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 "
                + "/Descent -200 /CapHeight 700 /StemV 80 >>",
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Foo /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
                + "/Supplement 0 >> /FontDescriptor 5 0 R /DW 1000 /CIDToGIDMap /Identity >>",
            "<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Foo /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 8 0 R >>",
            $"<< /Length {Map.Length} >>\nstream\n{Map}\nendstream",
            "<< /Type /Font /Subtype /Type0 /BaseFont /BBBBBB+Bar /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
        ];
        foreach (var page in _pages)
        {
            objects.Add($"<< /Length {page.Length} >>\nstream\n{page}\nendstream");
            objects.Add(
                $"<< /Type /Page /Parent 2 0 R {_box} /Contents {objects.Count} 0 R "
                    + "/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 7 0 R /F4 9 0 R >> >> >>"
            );
        }
        return Assemble(objects);
    }

    private static byte[] Assemble(List<string> objects)
    {
        var file = new StringBuilder("%PDF-1.7\n");
        var places = new List<int>();
        foreach (var (index, item) in objects.Index())
        {
            places.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{index + 1} 0 obj\n{item}\nendobj\n");
        }
        var table = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        file.AppendJoin("", places.Select(place => $"{place:d10} 00000 n \n"));
        file.Append(CultureInfo.InvariantCulture, $"trailer << /Size {objects.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF");
        return Encoding.Latin1.GetBytes(file.ToString());
    }
}
