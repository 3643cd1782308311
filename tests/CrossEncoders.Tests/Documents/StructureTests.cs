using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>The units of a text: headings, sentences, items, rows.</summary>
public sealed class StructureTests
{
    /// <summary>Each unit as its kind of cut and its text; H2 is a heading of level 2.</summary>
    private static string[] Units(string text, bool plain = false) =>
        [
            .. Structure
                .Parse(text, plain)
                .Select(unit => $"{(unit.Level > 0 ? $"H{unit.Level}" : unit.Cut)} {text[unit.Start..unit.End].Trim().Replace('\n', '/')}"),
        ];

    private static string? Heading(string text, bool plain = false) =>
        Structure.Parse(text, plain).Where(unit => unit.Level > 0).Select(unit => $"{unit.Level} {unit.Heading}").FirstOrDefault();

    [Theory]
    [InlineData("# One", "1 One")]
    [InlineData("###### Six", "6 Six")]
    [InlineData("####### Seven", null)]
    [InlineData("#hashtag", null)]
    [InlineData("## Closed ##", "2 Closed")]
    [InlineData("## In C# ", "2 In C#")] // only marks behind a blank close a heading
    [InlineData("## In C# ##", "2 In C#")]
    [InlineData("  ## Indented", "2 Indented")]
    [InlineData("#  圆顶 ", "1 圆顶")]
    [InlineData("One\n===", "1 One")]
    [InlineData("Text.\n\nTwo\n---", "2 Two")]
    [InlineData("One\n---", "1 One")]
    [InlineData("One\n--", null)]
    [InlineData("- item\n---", null)]
    [InlineData("---\n---", null)]
    [InlineData("Text goes on\nin a line\n---", null)]
    [InlineData("| a | b |\n---", null)]
    public void HeadingsOfMarkdownHaveMarks(string text, string? heading) => Assert.Equal(heading, Heading(text));

    [Fact]
    public void ALineOfMoreThan200CharactersIsNoHeading()
    {
        Assert.Equal("2 " + new string('x', 197), Heading("## " + new string('x', 197)));
        Assert.Null(Heading("## " + new string('x', 198)));
    }

    [Theory]
    [InlineData("WHEN TO GO", "2 WHEN TO GO")]
    [InlineData("1. Opening the dome", "2 1. Opening the dome")]
    [InlineData("2.3 Opening the dome", "2 2.3 Opening the dome")]
    [InlineData("三、注意事项", "2 三、注意事项")]
    [InlineData("第二章 低温库", "2 第二章 低温库")]
    [InlineData("第一百章 低温库", "2 第一百章 低温库")]
    [InlineData("第一千零二十条 值班", "2 第一千零二十条 值班")]
    [InlineData("B. Appendix", "2 B. Appendix")]
    [InlineData("Opening the dome", null)] // nothing tells it from a short line
    [InlineData("1. Open the dome.", null)] // a sentence
    [InlineData("WARNING:", null)]
    [InlineData("  INDENTED LINE", null)]
    [InlineData("A B C   D E F   G H I", null)] // columns
    [InlineData("DM1", null)] // too short to tell
    public void HeadingsOfPlainTextStandAlone(string line, string? heading) =>
        Assert.Equal(
            heading,
            Structure
                .Parse($"The title\n\n{line}\n\nSome text.\n", plain: true)
                .Skip(1)
                .Where(unit => unit.Level > 0)
                .Select(unit => $"{unit.Level} {unit.Heading}")
                .FirstOrDefault()
        );

    [Fact]
    public void NumberedLinesInARowAreAList() =>
        Assert.Equal(
            ["H1 Title", "Bound 1. One", "Paragraph 2. Two", "Paragraph 3. Three."],
            Units("Title\n\n1. One\n\n2. Two\n\n3. Three.\n", plain: true)
        );

    [Fact]
    public void MarksMeanNothingInPlainText() => Assert.Equal("1 # Not a mark", Heading("# Not a mark\n\nText.", plain: true));

    [Theory]
    [InlineData("One. Two.\n\nThree.", "Paragraph One.|Sentence Two.|Paragraph Three.")]
    [InlineData("One.\nTwo.", "Paragraph One.|Line Two.")]
    [InlineData("One goes\non. Two.", "Paragraph One goes/on.|Sentence Two.")]
    [InlineData("# A\n\nOne. Two.", "H1 A|Bound One.|Sentence Two.")]
    [InlineData("# A\n## B\nOne.", "H1 A|H2 B|Bound One.")]
    [InlineData("关门。开灯。", "Paragraph 关门。|Sentence 开灯。")]
    public void TextIsCutIntoSentences(string text, string units) =>
        Assert.Equal(units.Replace("H1 A", "H1 # A").Replace("H2 B", "H2 ## B"), string.Join('|', Units(text)));

    [Theory]
    [InlineData("- a\n- b", "Paragraph - a|Line - b")]
    [InlineData("* a\n  goes on\n+ b", "Paragraph * a/  goes on|Line + b")]
    [InlineData("1. a\n(2) b\nc) c", "Paragraph 1. a|Line (2) b|Line c) c")]
    [InlineData("（一）甲\n二、乙\n3、丙", "Paragraph （一）甲|Line 二、乙|Line 3、丙")]
    [InlineData("• a\n· b\n> c", "Paragraph • a|Line · b|Line > c")]
    [InlineData("- One. Two.\n- Three.", "Paragraph - One.|Sentence Two.|Line - Three.")]
    [InlineData("-a rule", "Paragraph -a rule")]
    public void EachItemStartsALine(string text, string units) => Assert.Equal(units, string.Join('|', Units(text)));

    [Theory]
    [InlineData("```\n# no\na. b. c.\n```\nText.", "Paragraph ```|Line # no|Line a. b. c.|Line ```|Line Text.")]
    [InlineData("~~~\n```\n~~~\n# Yes", "Paragraph ~~~|Line ```|Line ~~~|H1 # Yes")]
    [InlineData("```\nnever closed\n# no", "Paragraph ```|Line never closed|Line # no")]
    [InlineData("```npm install```\n\n# Yes", "Paragraph ```npm install```|H1 # Yes")] // code within a text
    [InlineData("~~~ a `b`\n# no\n~~~\n# Yes", "Paragraph ~~~ a `b`|Line # no|Line ~~~|H1 # Yes")]
    [InlineData("1. ```bash\n   # no\n   ```\n# Yes", "Paragraph 1. ```bash|Line # no|Line ```|H1 # Yes")]
    [InlineData("````\n```\n# no\n````\n# Yes", "Paragraph ````|Line ```|Line # no|Line ````|H1 # Yes")]
    [InlineData("```\n``` b\n# no\n```\n# Yes", "Paragraph ```|Line ``` b|Line # no|Line ```|H1 # Yes")]
    public void CodeIsCutByLines(string text, string units) => Assert.Equal(units, string.Join('|', Units(text)));

    [Fact]
    public void RowsOfATableCarryItsHeader()
    {
        var units = Structure.Parse("Text.\n\n| a | b |\n|---|---|\n| 1. | 2. |\n| 3 | 4 |\n\n| alone |\n", plain: false);
        Assert.Equal([null, null, "| a | b |", "| a | b |", null], units.Select(unit => unit.TableHeader));
        Assert.Equal([Cut.Paragraph, Cut.Paragraph, Cut.Bound, Cut.Line, Cut.Paragraph], units.Select(unit => unit.Cut));
    }

    [Theory]
    [InlineData("Code   Meaning   Color\nE1   too warm   red\nE2   too cold   blue", "Code   Meaning   Color")]
    [InlineData("Code\tMeaning\nE1\tx\nE2\ty", "Code\tMeaning")]
    [InlineData("One sentence.  Two spaces.  And more.\nNext", null)]
    public void ColumnsOfPlainTextAreATable(string text, string? header) =>
        Assert.Equal(header, Structure.Parse(text, plain: false)[^1].TableHeader);

    [Fact]
    public void UnitsTileAnyText()
    {
        string[] bits =
        [
            "# H\n",
            "a. B",
            "\n",
            "\n\n",
            "| x |\n",
            "|---|\n",
            "- i\n",
            "```\n",
            "===\n",
            "---\n",
            "句。",
            " ",
            "\t",
            "A B\n",
        ];
        var random = new Random(3);
        for (var round = 0; round < 1000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => bits[random.Next(bits.Length)]));
            var units = Structure.Parse(text, plain: round % 2 == 0);
            Assert.Equal(string.IsNullOrWhiteSpace(text), units.Count == 0);
            Assert.Equal(units.Count == 0 ? "" : text, string.Concat(units.Select(unit => text[unit.Start..unit.End])));
            Assert.All(units, unit => Assert.InRange(unit.Level, 0, 6));
            Assert.All(units, unit => Assert.Equal(unit.Level > 0, unit.Heading is not null));
        }
    }
}
