using CrossEncoders.Texts;

namespace CrossEncoders.LanguageModels;

/// <summary>Tokens read and written.</summary>
internal readonly record struct TokenCount(long Input, long Output)
{
    public long Total => Input + Output;

    public static TokenCount operator +(TokenCount one, TokenCount two) => new(one.Input + two.Input, one.Output + two.Output);

    public static TokenCount operator -(TokenCount one, TokenCount two) => new(one.Input - two.Input, one.Output - two.Output);

    /// <summary>The number of tokens of a text for a language model at large: one for each Han character, one for four others.</summary>
    public static long Estimate(string text)
    {
        var han = text.Count(Han.Is);
        return han + (text.Length - han + 3) / 4;
    }
}
