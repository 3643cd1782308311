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
        var reader = new TermReader();
        reader.Read(text);
        var terms = new List<string>(reader.Count);
        for (var i = 0; i < reader.Count; i++)
        {
            var term = reader[i].ToString();
            if (!reader.IsEnglish || !reader.IsWord(i))
                terms.Add(term);
            else if (EnglishTerm(term) is { } stem)
                terms.Add(stem);
        }

        return terms;
    }

    /// <summary>The term of an English word in lower case; null for one that is none.</summary>
    internal static string? EnglishTerm(string word) => word.Length > 1 && !StopWords.Contains(word) ? EnglishStemmer.Stem(word) : null;
}
