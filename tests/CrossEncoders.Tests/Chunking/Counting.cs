namespace CrossEncoders.Tests.Chunking;

/// <summary>A counter of tokens for tests: words, punctuation marks and Han characters.</summary>
internal static class Counting
{
    public static int Words(string text)
    {
        var count = 0;
        var word = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var latin = rune.Value < 0x2E80 && System.Text.Rune.IsLetterOrDigit(rune);
            if (latin ? !word : !System.Text.Rune.IsWhiteSpace(rune))
                count++;
            word = latin;
        }
        return count;
    }
}
