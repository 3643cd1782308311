using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>A code whose map gives no character costs that character alone.</summary>
public sealed class PdfUnknownCharacterTests
{
    // Half a pair, the other half, and the mark of an unknown character.
    public static readonly TheoryData<string> Unknown = ["D83D", "DE00", "FFFD"];

    /// <summary>A line in which each '~' is a code of that map entry.</summary>
    private static string Show(string line, string unknown, double y = 700) =>
        $"BT /F3 11 Tf 72 {y} Td <{string.Concat(line.Select(c => c == '~' ? unknown : ((int)c).ToString("X4")))}> Tj ET\n";

    private static Content Read(params string[] lines)
    {
        var file = new PdfFile().Page();
        foreach (var line in lines)
            file.Raw(line);
        return PdfText.Convert(file.ToBytes(), 1 << 20);
    }

    [Theory]
    [MemberData(nameof(Unknown))]
    public void OneInALineIsLeftOut(string unknown) => Assert.Equal("The valve is open.", Read(Show("The valve ~ is open.", unknown)).Text);

    [Theory]
    [MemberData(nameof(Unknown))]
    public void OneInAPageOfAFewLettersLeavesTheOthers(string unknown)
    {
        var content = Read(Show("Go ~", unknown));
        Assert.Equal("Go", content.Text);
        Assert.Empty(content.Notes);
    }

    [Theory]
    [MemberData(nameof(Unknown))]
    public void ThoseOfAPictureFontLeaveTheLettersOfTheSameFont(string unknown) =>
        Assert.Equal(
            "ok\n\nThe dome closes at night and opens again.",
            Read(Show("~~~ok", unknown), Show("The dome closes at night and opens again.", unknown, 600)).Text
        );

    [Theory]
    [MemberData(nameof(Unknown))]
    public void APageOfNothingElseCannotBeRead(string unknown) =>
        Assert.Contains("run text recognition", Assert.Throws<FormatException>(() => Read(Show("~~~~~~", unknown))).Message);
}
