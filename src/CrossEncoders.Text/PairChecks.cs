using System.Globalization;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>What is looked at before and after pairs are scored.</summary>
internal static class PairChecks
{
    /// <summary>The model takes the maximum length that was asked for, if one was.</summary>
    /// <exception cref="CrossEncoderException">It does not.</exception>
    public static void Length(int? asked, int longest)
    {
        if (asked < Pretrained.LeastLength || asked > longest)
            throw new CrossEncoderException(
                $"A maximum length of {asked} tokens was asked for; this model takes {Pretrained.LeastLength} to {longest}."
            );
    }

    /// <summary>Every pair has two texts.</summary>
    /// <exception cref="CrossEncoderException">One is null; the message says which.</exception>
    public static void NoneIsNull(IReadOnlyList<TextPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        foreach (var (index, pair) in pairs.Index())
        {
            if (pair.Query is null || pair.Passage is null)
                throw new CrossEncoderException(
                    $"The {(pair.Query is null ? "query" : "passage")} of the pair at index {index} is null; expected a text, which may be "
                        + "empty."
                );
        }
    }

    /// <summary>A note on the share of pairs that were cut; null where none was.</summary>
    public static string? Truncated(IReadOnlyList<TokenizedText> texts, int maxLength)
    {
        var truncated = texts.Count(text => text.Truncated);
        return truncated == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{truncated} of {texts.Count} pairs ({100.0 * truncated / texts.Count:0.#} %) are longer than {maxLength} tokens "
            ) + "and were truncated.";
    }

    /// <summary>Every logit is a number: a list that only looks ranked is worse than an error.</summary>
    /// <exception cref="CrossEncoderException">One is not.</exception>
    public static void AllAreNumbers(float[] logits, int labels, string name)
    {
        if (Array.FindIndex(logits, float.IsNaN) is >= 0 and var bad)
            throw new CrossEncoderException(
                $"{name} gave a score that is not a number for the pair at index {bad / labels}: its weights diverged in training. "
                    + "Go back to an earlier checkpoint.",
                new NotFiniteNumberException(logits[bad])
            );
    }
}
