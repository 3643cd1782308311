using System.Text;
using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

/// <summary>What ends a sentence and what does not.</summary>
public sealed class SentenceEndTests
{
    private static string Cut(string text) => string.Join('|', Sentences.Of(text));

    [Theory]
    [InlineData("mr")]
    [InlineData("prof")]
    [InlineData("e.g")]
    [InlineData("i.e")]
    [InlineData("approx")]
    [InlineData("figs")]
    [InlineData("incl")]
    [InlineData("sept")]
    [InlineData("vol")]
    public void AnAbbreviationEndsNothingHoweverItIsWritten(string word)
    {
        foreach (var form in (string[])[word, word.ToUpperInvariant(), char.ToUpperInvariant(word[0]) + word[1..], "(" + word, "“" + word])
            Assert.Equal($"See {form}. Smith there. |Go.", Cut($"See {form}. Smith there. Go."));
    }

    [Theory]
    [InlineData("We went to the casino. Then home.", "We went to the casino. |Then home.")] // no
    [InlineData("It is a lamp. Then dark.", "It is a lamp. |Then dark.")] // p
    [InlineData("Screws, nuts etc. Then glue.", "Screws, nuts etc. |Then glue.")]
    [InlineData("The minimum. The maximum.", "The minimum. |The maximum.")]
    public void AWordThatOnlyEndsLikeAnAbbreviationIsAWord(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Theory]
    [InlineData("J. R. R. Tolkien wrote. Next.", "J. R. R. Tolkien wrote. |Next.")]
    [InlineData("By É. Zola. Next.", "By É. Zola. |Next.")]
    [InlineData("Heat to 300 K. Then wait.", "Heat to 300 K. |Then wait.")]
    [InlineData("Heat to 30 °C. Then wait.", "Heat to 30 °C. |Then wait.")]
    [InlineData("Press a. Then b.", "Press a. |Then b.")]
    public void InitialsAreNoEndAndUnitsAre(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Theory]
    [InlineData("1. Open it. 2. Close it.", "1. Open it. |2. |Close it.")]
    [InlineData("123. Open it. Go.", "123. Open it. |Go.")]
    [InlineData("2024. Then it rained. Go.", "2024. |Then it rained. |Go.")]
    [InlineData("It was 2024. Then it rained.", "It was 2024. |Then it rained.")]
    [InlineData("Version 2.10.3 is out. Get it.", "Version 2.10.3 is out. |Get it.")]
    [InlineData("At 10.30 h. Then rest.", "At 10.30 h. |Then rest.")]
    [InlineData("See 192.168.0.1. Then log in.", "See 192.168.0.1. |Then log in.")]
    [InlineData("Use .NET here. Not there.", "Use .NET here. |Not there.")]
    [InlineData("Open a.md and b.txt. Done.", "Open a.md and b.txt. |Done.")]
    public void NumbersKeepTheirPoints(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Theory]
    [InlineData("Wait... Then go.", "Wait... |Then go.")]
    [InlineData("Wait... then go.", "Wait... then go.")]
    [InlineData("Wait … Then go.", "Wait … |Then go.")]
    [InlineData("他想……然后走。", "他想……然后走。")]
    [InlineData("好。。。走。", "好。。。|走。")]
    [InlineData("真的？！走。", "真的？！|走。")]
    [InlineData("What?! No!!! Yes.", "What?! |No!!! |Yes.")]
    public void MarksInARowEndOneSentence(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Theory]
    [InlineData("阀门卡住怎么办?请先关泵!然后检查。", "阀门卡住怎么办?|请先关泵!|然后检查。")]
    [InlineData("真的?!走。", "真的?!|走。")]
    [InlineData("压力为3.5巴.然后停。", "压力为3.5巴.然后停。")] // a point says nothing
    [InlineData("见a?b和x!y。", "见a?b和x!y。")]
    public void HalfWidthMarksEndAChineseSentenceWithoutASpace(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Theory]
    [InlineData("(He left.) Then.", "(He left.) |Then.")]
    [InlineData("**Bold.** Next.", "**Bold.** |Next.")]
    [InlineData("_Slanted!_ Next.", "_Slanted!_ |Next.")]
    [InlineData("Run `go.` Next.", "Run `go.` |Next.")]
    [InlineData("It's 'so.' Next.", "It's 'so.' |Next.")]
    [InlineData("[See it.] Next.", "[See it.] |Next.")]
    [InlineData("“好。”他说。", "“好。”|他说。")]
    [InlineData("『好。』「走。」", "『好。』|「走。」")]
    [InlineData("（好！）《书。》【三？】完", "（好！）|《书。》|【三？】|完")]
    [InlineData("One.\" Two.", "One.\" |Two.")]
    public void ClosersBelongToTheSentenceBefore(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Theory]
    [InlineData("One.\n\nTwo.", "One.\n\n|Two.")]
    [InlineData("One. \t Two.", "One. \t |Two.")]
    [InlineData("One.\u3000Two.", "One.\u3000|Two.")]
    [InlineData("One.   ", "One.   ")]
    [InlineData("好。 走。", "好。 |走。")]
    [InlineData("好吗？Yes. OK.", "好吗？|Yes. |OK.")]
    [InlineData("One.Two.", "One.Two.")]
    [InlineData("It is approx five. then six.", "It is approx five. then six.")]
    public void WhiteSpaceBelongsToTheSentenceBefore(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Fact]
    public void StartsRiseAndNeverStandOnSpaceOrInACharacter()
    {
        string[] bits = ["a", "B", "3", ".", "!", "？", "。", "…", " ", "\n", "”", ")", "😀", "𠀀", "句", "e.g.", "(", "；"];
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            var text = new StringBuilder("x");
            for (var i = random.Next(1, 60); i > 0; i--)
                text.Append(bits[random.Next(bits.Length)]);
            var starts = Sentences.Starts(text.ToString(), 0, text.Length).ToList();
            Assert.Equal(Enumerable.Range(0, starts.Count), starts.Select(start => start.Number));
            Assert.Equal(0, starts[0].Start);
            foreach (var (last, next) in starts.Zip(starts.Skip(1)))
            {
                Assert.InRange(next.Start, last.Start + 2, text.Length - 1);
                Assert.False(char.IsWhiteSpace(text[next.Start]) || char.IsLowSurrogate(text[next.Start]));
            }
        }
    }

    [Fact]
    public void TheRangeAloneDecides()
    {
        const string Text = "xx One. Two? 三。 yy";
        foreach (var start in Enumerable.Range(0, Text.Length))
        foreach (var end in Enumerable.Range(start, Text.Length - start))
            Assert.Equal(
                Sentences.Starts(Text[start..end], 0, end - start).Select(found => (found.Start + start, found.Number)),
                Sentences.Starts(Text, start, end)
            );
    }
}
