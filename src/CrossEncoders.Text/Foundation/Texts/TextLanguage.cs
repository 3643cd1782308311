namespace CrossEncoders.Texts;

/// <summary>Tells English and Chinese apart.</summary>
internal static class TextLanguage
{
    /// <summary>"zh" where at least a fifth of the letters are Han characters, else "en".</summary>
    public static string Of(ReadOnlySpan<char> text) => HanShare(text) is >= 0.2 ? "zh" : "en";

    /// <summary>The share of Han characters among the letters; null where there are no letters.</summary>
    public static double? HanShare(ReadOnlySpan<char> text)
    {
        int han = 0,
            letters = 0;
        foreach (var c in text)
        {
            if (!char.IsLetter(c) && !char.IsHighSurrogate(c))
                continue;
            letters++;
            if (Han.Is(c))
                han++;
        }
        return letters == 0 ? null : (double)han / letters;
    }
}
