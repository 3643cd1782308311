using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>What a person reads on the pages of a PDF, and nothing else.</summary>
public sealed class PdfTests
{
    private static Content Read(PdfFile file) => PdfText.Convert(file.ToBytes(), 1 << 20);

    private static string Case(string path) =>
        PdfText.Convert(File.ReadAllBytes(Path.Combine(Shared.Repository, "tests/CrossEncoders.Tests/cases", path)), 1 << 20).Text;

    [Theory]
    [InlineData("lines", "Calibration interval\n\nThe anemometer is calibrated every two years.\n\nWarning: high voltage.")]
    [InlineData("letters", "Invoice 12A\n\nSecond line is normal.")]
    [InlineData("shadow", "Storm warning\n\nTake the mast down at 25 m/s.")]
    [InlineData("same-place", "Payment term\n\n7 days after delivery.")]
    public void BoldPrintedTwiceIsReadOnce(string file, string text) => Assert.Equal(text, Case($"pdf-double-struck/{file}.pdf"));

    [Theory]
    [InlineData(0.1, 0, 2)]
    [InlineData(0.5, 0, 5)]
    [InlineData(0.4, 0.4, 3)]
    [InlineData(-0.7, 0.7, 2)]
    [InlineData(0, 0, 9)]
    public void PrintsOfAnyOffsetAreReadOnce(double right, double up, int times)
    {
        var file = new PdfFile().Page();
        for (var i = 0; i < times; i++)
            file.Text(72 + i * right, 700 + i * up, "Willful illness: still full of little wells, 1100 mm.", bold: true);
        Assert.Equal("Willful illness: still full of little wells, 1100 mm.", Read(file).Text);
    }

    [Fact]
    public void ShadowsOfLargeLettersAreReadOnce()
    {
        var file = new PdfFile().Page().Text(72, 700, "Hill valley 11", size: 36).Text(74, 698, "Hill valley 11", size: 36);
        Assert.Equal("Hill valley 11", Read(file.Text(72, 600, "The hill.")).Text.Split("\n\n")[0]);
    }

    [Fact]
    public void ALineThatComesAgainBelowStays() =>
        Assert.Equal(
            "Close the valve.\nClose the valve.",
            Read(new PdfFile().Page().Lines(72, 700, "Close the valve.", "Close the valve.")).Text
        );

    [Fact]
    public void FontsWithoutAMapAreReportedAndNotRead()
    {
        var error = Assert.Throws<FormatException>(() => Case("pdf-no-unicode-map/no-map.pdf"));
        Assert.Contains("run text recognition", error.Message);
    }

    [Fact]
    public void CharactersWithoutAMeaningAreLeftOutAndLigaturesAreLetters() =>
        Assert.Equal(
            "Take o the cover and the filter.\n\nCheck the flow rate; eËcient use.\n\n• bullet item one",
            Case("pdf-no-unicode-map/null-map.pdf")
        );

    [Fact]
    public void APageThatCannotBeReadIsNamedAndTheOthersAreRead()
    {
        var file = new PdfFile().Page().Lines(72, 700, "The first page can be read.").Page();
        file.Text(72, 700, PdfFile.NoMap + "\u0003\u0012\u0007A0\u0002\u0004\u0008\u0011").Text(72, 600, "Figure 3");
        var content = Read(file.Page().Lines(72, 700, "So can the third."));
        Assert.Equal("The first page can be read.\n\nSo can the third.", content.Text);
        Assert.Equal(
            "1 page cannot be read, since the fonts do not say which characters they show: 2. Run text recognition.",
            Assert.Single(content.Notes)
        );
    }

    [Fact]
    public void AFewLettersWithoutAMapDoNotCostThePage()
    {
        var file = new PdfFile().Page().Lines(72, 700, "The valve is marked with a sign,", "which stands beside it.");
        Assert.Equal(
            "The valve is marked with a sign, which stands beside it.",
            Read(file.Text(400, 500, PdfFile.NoMap + "\u0003\u0007\u0005")).Text
        );
    }

    [Fact]
    public void LigaturesAndSoftHyphensBecomeLetters()
    {
        var file = new PdfFile().Page();
        file.Text(72, 700, "o\uFB03ce \uFB01le \uFB02ow \uFB00 co\u00ADope\u00ADrate");
        Assert.Equal("office file flow ff co\u00ADope\u00ADrate".Replace("\u00AD", ""), Read(file).Text.Replace("\u00AD", ""));
    }

    [Theory]
    [InlineData("/MediaBox [0 0 612 792]")]
    [InlineData("/MediaBox [0 0 1000 1000] /CropBox [0 0 612 792]")]
    [InlineData("/MediaBox [0 0 612 792] /Rotate 90")]
    [InlineData("/MediaBox [0 0 612 792] /Rotate 180")]
    [InlineData("/MediaBox [0 0 612 792] /Rotate 270")]
    [InlineData("/MediaBox [-100 -50 612 792]")]
    [InlineData("/MediaBox [-300 -300 900 900] /CropBox [-10 -10 612 792]")]
    public void TextOutsideThePageIsLeftOut(string box)
    {
        var file = new PdfFile(box).Page().Lines(72, 700, "The visible line.");
        file.Text(72, 950, "Above the page.").Text(700, 400, "Beside the page.").Text(72, -200, "Below it.").Text(-290, 300, "Left of it.");
        Assert.Equal("The visible line.", Read(file).Text);
    }
}
