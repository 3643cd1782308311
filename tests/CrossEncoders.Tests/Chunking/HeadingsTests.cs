using CrossEncoders.Chunking;

namespace CrossEncoders.Tests.Chunking;

/// <summary>The headings above a place.</summary>
public sealed class HeadingsTests
{
    /// <summary>Each word is a heading: its number of '#' and its text.</summary>
    [Theory]
    [InlineData("#A", "A")]
    [InlineData("#Guide", "")] // the title is not said twice
    [InlineData("#Guide ##A ###B", "A › B")]
    [InlineData("#Guide ##A ##B", "B")] // a sister closes the one before
    [InlineData("#Guide ##A ###B ##C", "C")] // and all below it
    [InlineData("#Guide ####Deep ###Less", "Less")] // levels may be left out on the way down
    [InlineData("#Guide ##A ####C ###B", "A › B")]
    [InlineData("##A #B", "B")]
    [InlineData("#Guide ##Guide", "Guide")] // only the outermost one is the title
    [InlineData("#A #Guide", "")]
    [InlineData("#Guide ## ###B", "B")] // an empty heading has no place in the line
    [InlineData("##A ##A", "A")]
    public void TheOpenOnesAreNamedOutermostFirst(string entered, string section)
    {
        var headings = new Headings("Guide");
        foreach (var heading in entered.Split(' '))
            headings.Enter(heading.Count(c => c == '#'), heading.TrimStart('#'));
        Assert.Equal(section, headings.Section);
    }

    [Fact]
    public void BeforeTheFirstThereIsNone() => Assert.Equal("", new Headings("Guide").Section);
}
