using System.Text;
using CrossEncoders.Texts;

namespace CrossEncoders.Tests.Texts;

public sealed class CanonicalNormalizationTests
{
    [Fact]
    public void EverySyllableComesBack()
    {
        for (var syllable = 0xAC00; syllable < 0xAC00 + 11172; syllable += 7)
        {
            var text = ((char)syllable).ToString();
            var parts = CanonicalNormalization.Decompose(text);
            Assert.InRange(parts.Length, 2, 3);
            Assert.Equal(text, CanonicalNormalization.Compose(parts));
        }
    }

    [Fact]
    public void TheFormsOfAnyTextAreStable()
    {
        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var text = new StringBuilder();
            for (var i = 0; i < 10; i++)
                text.Append(new Rune(random.Next(3) == 0 ? random.Next(0x300, 0x345) : random.Next(0x20, 0xD7FF)));
            var composed = CanonicalNormalization.Compose(text.ToString());
            var decomposed = CanonicalNormalization.Decompose(text.ToString());
            Assert.Equal(composed, CanonicalNormalization.Compose(composed));
            Assert.Equal(decomposed, CanonicalNormalization.Decompose(decomposed));
            Assert.Equal(composed, CanonicalNormalization.Compose(decomposed));
            Assert.Equal(decomposed, CanonicalNormalization.Decompose(composed));
        }
    }

    [Theory]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307")]
    [InlineData("\u0344", "\u0308\u0301")]
    public void MarksAreOrderedAndExclusionsStay(string text, string composed) =>
        Assert.Equal(composed, CanonicalNormalization.Compose(text));
}
