namespace CrossEncoders.Retrieval;

/// <summary>
/// Turns a text into the terms a keyword search compares: English words in lower case, without stop words and reduced to their stems, and
/// pairs of neighboring characters for Chinese, Japanese and Korean, which write no spaces. One text may mix them all. In a text that is
/// mostly of such characters, Latin words are names and codes ("A 区", "3 号", "Aries"): all of them count, as they are written, with a mark
/// where an English text would have another term or none.
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
            if ((reader.IsWord(i) ? TermOf(term, reader.IsEnglish) : term) is { } counted)
                terms.Add(counted);
        }

        return terms;
    }

    /// <summary>
    /// The terms to look a query up by: its own, and those that the words of an English query have in Chinese passages, so that "Oracle" is
    /// found in both. English passages have none of these, so that no score changes there.
    /// </summary>
    public static List<string> QueryTerms(string query)
    {
        var reader = new TermReader();
        reader.Read(query);
        var terms = new List<string>(2 * reader.Count);
        for (var i = 0; i < reader.Count; i++)
        {
            var term = reader[i].ToString();
            if ((reader.IsWord(i) ? TermOf(term, reader.IsEnglish) : term) is not { } own)
                continue;
            terms.Add(own);
            if (reader.IsEnglish && reader.IsWord(i) && TermOf(term, isEnglish: false) is { } other && other != own)
                terms.Add(other);
        }

        return terms;
    }

    /// <summary>The term of a word in lower case, in an English text or another; null for one that is none.</summary>
    internal static string? TermOf(string word, bool isEnglish)
    {
        var stem = word.Length > 1 && !StopWords.Contains(word) ? EnglishStemmer.Stem(word) : null;
        return isEnglish || stem == word ? stem : $"={word}";
    }
}
