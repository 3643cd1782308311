using CrossEncoders.Documents;
using static CrossEncoders.Tests.Documents.WordFile;

namespace CrossEncoders.Tests.Documents;

/// <summary>What Word shows of a document, without marks of revision.</summary>
public sealed class DocxTests
{
    private static string Read(WordFile file) => DocxText.Convert(file.ToBytes(), 1 << 20).Text;

    private static string Read(string body) => Read(new WordFile(body));

    [Theory]
    [InlineData("moved", "Intro sentence.\n\nSecond paragraph.\n\nThe mast is lowered at 25 m/s.")]
    [InlineData("footnote", "Touch the sensor only as described.\n\n[Note: With cotton gloves, because skin fat spoils the reading.]")]
    [InlineData("hidden", "The visitor price is 12 euros.")]
    [InlineData("derived-heading", "# Chapter: wind\n\nClean the cups.\n\n## Section: rain\n\nEmpty the funnel.")]
    [InlineData(
        "numbered",
        "# Calibration\n\n1. Switch the logger off.\n2. Remove the cover:\n  a) left screw first\n3. Press the key.\n\nNote between.\n\n"
            + "4. Close the cover.\n\n| Station | Interval |\n|---|---|\n| North | 2 weeks |\n|  | 4 weeks |\n| closed in winter |"
    )]
    public void ADocumentReadsAsWordShowsIt(string name, string expected)
    {
        var path = Path.Combine(Shared.Repository, "tests/CrossEncoders.Tests/cases/docx-final-view", name + ".docx");
        Assert.Equal(expected, DocxText.Convert(File.ReadAllBytes(path), 1 << 20).Text);
    }

    [Fact]
    public void DeletedTextIsGoneAndInsertedTextStays() =>
        Assert.Equal(
            "The new price.",
            Read(
                $"<w:p>{R("The ")}<w:del>{R("old ")}<w:r><w:delText>older</w:delText></w:r></w:del>"
                    + $"<w:ins>{R("new ")}</w:ins>{R("price.")}</w:p>"
            )
        );

    [Theory]
    [InlineData("<w:del/>")]
    [InlineData("<w:moveFrom/>")]
    public void AParagraphWhoseEndWasDeletedGoesOnInTheNext(string mark) =>
        Assert.Equal(
            "One sentence.\n\nNext.",
            Read($"<w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr>{R("One ")}</w:p>{P("sentence.")}{P("Next.")}")
        );

    [Fact]
    public void AnEndThatWasDeletedBeforeNothingLosesNothing() =>
        Assert.Equal("Last words.", Read($"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{R("Last words.")}</w:p>"));

    [Fact]
    public void AMovedParagraphStandsAtItsNewPlace() =>
        Assert.Equal(
            "Second.\n\nFirst.",
            Read(
                $"<w:moveFromRangeStart/><w:p><w:pPr><w:rPr><w:moveFrom/></w:rPr></w:pPr><w:moveFrom>{R("First.")}</w:moveFrom></w:p>"
                    + $"<w:moveFromRangeEnd/>{P("Second.")}"
                    + $"<w:p><w:pPr><w:rPr><w:moveTo/></w:rPr></w:pPr><w:moveTo>{R("First.")}</w:moveTo></w:p>"
            )
        );

    [Fact]
    public void HowSomethingWasFormattedBeforeDoesNotCount()
    {
        const string Change =
            "<w:pPrChange><w:pPr><w:outlineLvl w:val=\"0\"/><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:pPrChange>";
        Assert.Equal("Text.", Read(P("Text.", Change)));
        Assert.Equal("Seen.", Read($"<w:p>{R("Seen.", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>")}</w:p>"));
    }

    [Fact]
    public void ADeletedRowIsGone()
    {
        static string Row(string text, string properties = "") => $"<w:tr><w:trPr>{properties}</w:trPr><w:tc>{P(text)}</w:tc></w:tr>";
        Assert.Equal("| A |\n|---|\n| C |", Read($"<w:tbl>{Row("A")}{Row("B", "<w:del/>")}{Row("C")}</w:tbl>"));
    }

    [Theory]
    [InlineData("<w:vanish/>", "Seen.")]
    [InlineData("<w:vanish w:val=\"1\"/>", "Seen.")]
    [InlineData("<w:vanish w:val=\"0\"/>", "Hidden. Seen.")]
    [InlineData("<w:vanish w:val=\"false\"/>", "Hidden. Seen.")]
    [InlineData("<w:rStyle w:val=\"Secret\"/>", "Seen.")]
    [InlineData("<w:rStyle w:val=\"Derived\"/>", "Seen.")]
    [InlineData("<w:rStyle w:val=\"Loud\"/>", "Hidden. Seen.")]
    [InlineData("<w:rStyle w:val=\"Secret\"/><w:vanish w:val=\"0\"/>", "Hidden. Seen.")]
    [InlineData("<w:rStyle w:val=\"None such\"/>", "Hidden. Seen.")]
    public void HiddenTextIsLeftOut(string properties, string expected) =>
        Assert.Equal(expected, Read(new WordFile($"<w:p>{R("Hidden. ", properties)}{R("Seen.")}</w:p>") { Styles = HiddenStyles }));

    [Fact]
    public void AHiddenParagraphIsLeftOutAndItsRunsMayShow()
    {
        var body = P("Hidden.", "<w:pStyle w:val=\"SecretPart\"/>") + P("Seen.");
        Assert.Equal("Seen.", Read(new WordFile(body) { Styles = HiddenStyles }));
        body = $"<w:p><w:pPr><w:pStyle w:val=\"SecretPart\"/></w:pPr>{R("Hidden.")}{R("Shown.", "<w:vanish w:val=\"0\"/>")}</w:p>";
        Assert.Equal("Shown.", Read(new WordFile(body) { Styles = HiddenStyles }));
    }

    private const string HiddenStyles =
        "<w:style w:styleId=\"Secret\"><w:rPr><w:vanish/></w:rPr></w:style>"
        + "<w:style w:styleId=\"Derived\"><w:basedOn w:val=\"Secret\"/></w:style>"
        + "<w:style w:styleId=\"Loud\"><w:basedOn w:val=\"Secret\"/><w:rPr><w:vanish w:val=\"0\"/></w:rPr></w:style>"
        + "<w:style w:type=\"paragraph\" w:styleId=\"SecretPart\"><w:rPr><w:vanish/></w:rPr></w:style>";

    [Theory]
    [InlineData("Second", "## Text")]
    [InlineData("Loop", "Text")]
    [InlineData("Body", "Text")]
    [InlineData("Big", "# Text")]
    [InlineData("None such", "Text")]
    [InlineData("Heading3", "### Text")]
    public void AHeadingIsKnownByTheStylesItIsBasedOn(string style, string expected)
    {
        const string Styles =
            "<w:style w:styleId=\"First\"><w:basedOn w:val=\"H2\"/></w:style>"
            + "<w:style w:styleId=\"Second\"><w:basedOn w:val=\"First\"/></w:style>"
            + "<w:style w:styleId=\"H2\"><w:name w:val=\"heading 2\"/></w:style>"
            + "<w:style w:styleId=\"Loop\"><w:basedOn w:val=\"Loop\"/></w:style>"
            + "<w:style w:styleId=\"Body\"><w:basedOn w:val=\"H2\"/><w:pPr><w:outlineLvl w:val=\"9\"/></w:pPr></w:style>"
            + "<w:style w:styleId=\"Big\"><w:basedOn w:val=\"T\"/></w:style><w:style w:styleId=\"T\"><w:name w:val=\"Title\"/></w:style>";
        Assert.Equal(expected, Read(new WordFile(P("Text", $"<w:pStyle w:val=\"{style}\"/>")) { Styles = Styles }));
    }

    [Fact]
    public void ItsOwnOutlineLevelCountsMoreThanItsStyles()
    {
        const string Styles = "<w:style w:styleId=\"H\"><w:name w:val=\"heading 1\"/></w:style>";
        var body = P("Text", "<w:pStyle w:val=\"H\"/><w:outlineLvl w:val=\"9\"/>") + P("Head", "<w:outlineLvl w:val=\"2\"/>");
        Assert.Equal("Text\n\n### Head", Read(new WordFile(body) { Styles = Styles }));
    }

    [Fact]
    public void NotesFollowTheParagraphThatRefersToThem()
    {
        static string Note(string kind, int id, string text, string type = "") => $"<w:{kind} w:id=\"{id}\"{type}>{P(text)}</w:{kind}>";
        var body =
            $"<w:p>{R("One")}<w:r><w:footnoteReference w:id=\"2\"/></w:r>{R(" and two")}<w:r><w:endnoteReference w:id=\"2\"/></w:r></w:p>"
            + P("After.")
            + $"<w:tbl><w:tr><w:tc><w:p>{R("Cell")}<w:r><w:footnoteReference w:id=\"3\"/></w:r></w:p></w:tc></w:tr></w:tbl>";
        var file = new WordFile(body)
        {
            Footnotes = Note("footnote", -1, "—", " w:type=\"separator\"") + Note("footnote", 2, "Foot.") + Note("footnote", 3, "Small."),
            Endnotes = Note("endnote", 2, "End."),
        };
        Assert.Equal("One and two\n\n[Note: Foot.]\n\n[Note: End.]\n\nAfter.\n\n| Cell (Small.) |\n|---|", Read(file));
    }

    [Fact]
    public void NotesOfHiddenTextAreHidden()
    {
        var body = $"<w:p>{R("Seen.")}<w:r><w:rPr><w:vanish/></w:rPr><w:footnoteReference w:id=\"1\"/></w:r></w:p>";
        Assert.Equal("Seen.", Read(new WordFile(body) { Footnotes = $"<w:footnote w:id=\"1\">{P("No.")}</w:footnote>" }));
    }

    [Fact]
    public void ATextBoxIsReadOnce() =>
        Assert.Equal(
            "In the box.\n\nBefore after.",
            Read(
                $"<w:p>{R("Before ")}<w:r><a:AlternateContent xmlns:a=\"x\"><a:Choice>{P("In the box.")}</a:Choice>"
                    + $"<a:Fallback>{P("In the box.")}</a:Fallback></a:AlternateContent></w:r>{R("after.")}</w:p>"
            )
        );
}
