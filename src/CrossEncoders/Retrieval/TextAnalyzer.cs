using System.Globalization;
using System.Text;
using CrossEncoders.Texts;

namespace CrossEncoders.Retrieval;

/// <summary>
/// Turns a text into the terms a keyword search compares: English words in lower case, without stop words and reduced to their stems, and
/// pairs of neighboring characters for Chinese, Japanese and Korean, which write no spaces. One text may mix them all. In a text that is
/// mostly of such characters, Latin words are names and codes ("A 区", "3 号", "Aries"): they stay as they are, and all of them.
/// How a character is encoded makes no difference: ligatures count as their letters, full-width forms (Ａ４２) as the usual ones, soft hyphens
/// not at all, and accents are the same composed or decomposed.
/// </summary>
public static class TextAnalyzer
{
    // Lucene's list for English: words so frequent that they say nothing about a text.
    private static readonly HashSet<string> StopWords =
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "if",
        "in",
        "into",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "such",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "will",
        "with",
    ];

    /// <summary>
    /// The terms of a text in their order, repetitions included. An English text loses its stop words and its words of one letter.
    /// </summary>
    public static List<string> Terms(string text)
    {
        var terms = new List<Term>();
        var word = new StringBuilder();
        string? previous = null; // the ideograph before this one
        var paired = false; // whether it is already part of a pair
        var ideographs = 0;
        foreach (var letter in Folding.Of(text).EnumerateRunes())
        {
            if (IsIdeograph(letter))
            {
                AddWord(word, terms);
                var current = letter.ToString();
                if (previous is not null)
                    terms.Add(new Term(previous + current, IsWord: false));
                paired = previous is not null;
                previous = current;
                ideographs++;
                continue;
            }
            AddLone(ref previous, paired, terms);
            if (IsWordLetter(letter))
                word.Append(Rune.ToLowerInvariant(letter).ToString());
            else
                AddWord(word, terms);
        }
        AddLone(ref previous, paired, terms);
        AddWord(word, terms);
        return ideographs > 0 && ideographs >= terms.Count(t => t.IsWord) ? terms.ConvertAll(t => t.Text) : English(terms);
    }

    private static List<string> English(List<Term> terms)
    {
        var kept = new List<string>(terms.Count);
        foreach (var (text, isWord) in terms)
            if (!isWord)
                kept.Add(text);
            else if (text.Length > 1 && !StopWords.Contains(text))
                kept.Add(EnglishStemmer.Stem(text));
        return kept;
    }

    private static void AddWord(StringBuilder word, List<Term> terms)
    {
        if (word.Length > 0)
            terms.Add(new Term(word.ToString(), IsWord: true));
        word.Clear();
    }

    private static void AddLone(ref string? previous, bool paired, List<Term> terms)
    {
        if (previous is not null && !paired)
            terms.Add(new Term(previous, IsWord: false));
        previous = null;
    }

    private static bool IsIdeograph(Rune rune) =>
        Han.Is(rune)
        || rune.Value
            is 0x3005
                or 0x3007
                or (>= 0x3040 and <= 0x30FF and not 0x30FB)
                or (>= 0x31F0 and <= 0x31FF)
                or (>= 0x1100 and <= 0x11FF)
                or (>= 0xAC00 and <= 0xD7AF);

    private static bool IsWordLetter(Rune rune) =>
        rune.Value == '_'
        || Rune.IsLetter(rune)
        || Rune.IsNumber(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private readonly record struct Term(string Text, bool IsWord);
}
