namespace CrossEncoders.Retrieval;

/// <summary>
/// Reduces English words to their stems ("dogs" and "dog", "connected" and "connection"), so that a search finds all forms of a word.
/// Follows the English ("Porter2") stemmer as the Snowball project describes it (https://snowballstem.org/algorithms/english/stemmer.html).
/// </summary>
public static class EnglishStemmer
{
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["skis"] = "ski",
        ["skies"] = "sky",
        ["idly"] = "idl",
        ["gently"] = "gentl",
        ["ugly"] = "ugli",
        ["early"] = "earli",
        ["only"] = "onli",
        ["singly"] = "singl",
        ["sky"] = "sky",
        ["news"] = "news",
        ["howe"] = "howe",
        ["atlas"] = "atlas",
        ["cosmos"] = "cosmos",
        ["bias"] = "bias",
        ["andes"] = "andes",
    };

    // Words whose region after the first syllable would otherwise begin too early, which would unite "general" and "generous".
    private static readonly string[] LongFirstSyllables = "gener commun arsen past univers later emerg organ inter".Split(' ');

    // In these tables longer suffixes come before those they end in: the first that fits is the longest that fits.
    private static readonly (string Suffix, string Stem)[] Step2 =
    [
        ("ational", "ate"),
        ("ization", "ize"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("iveness", "ive"),
        ("tional", "tion"),
        ("biliti", "ble"),
        ("lessli", "less"),
        ("entli", "ent"),
        ("ation", "ate"),
        ("alism", "al"),
        ("aliti", "al"),
        ("ousli", "ous"),
        ("iviti", "ive"),
        ("fulli", "ful"),
        ("ogist", "og"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("abli", "able"),
        ("izer", "ize"),
        ("ator", "ate"),
        ("alli", "al"),
        ("bli", "ble"),
        ("ogi", "og"),
        ("li", ""),
    ];

    private static readonly (string Suffix, string Stem)[] Step3 =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("alize", "al"),
        ("icate", "ic"),
        ("iciti", "ic"),
        ("ative", ""),
        ("ical", "ic"),
        ("ness", ""),
        ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "ement",
        "ance",
        "ence",
        "able",
        "ible",
        "ment",
        "ant",
        "ent",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
        "ion",
        "al",
        "er",
        "ic",
    ];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        if (word.Length < 3)
            return word;
        if (Exceptions.TryGetValue(word, out var stem))
            return stem;
        word = MarkConsonantY(word);
        var (r1, r2) = Regions(word);
        word = PluralEnding(word);
        word = PastAndGerund(word, r1);
        if (word.Length > 2 && word[^1] is 'y' or 'Y' && !IsVowel(word[^2]))
            word = word[..^1] + "i";
        word = DerivedEnding(word, r1);
        word = SecondDerivedEnding(word, r1, r2);
        word = LastSuffix(word, r2);
        return FinalLetter(word, r1, r2).Replace('Y', 'y');
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

    private static bool HasVowel(ReadOnlySpan<char> text) => text.IndexOfAny("aeiouy") >= 0;

    // A y that begins a word or follows a vowel is a consonant; it is written Y until the end.
    private static string MarkConsonantY(string word)
    {
        if (!word.Contains('y'))
            return word;
        var letters = word.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
            if (letters[i] == 'y' && (i == 0 || IsVowel(letters[i - 1])))
                letters[i] = 'Y';
        return new string(letters);
    }

    // R1 begins after the first consonant that follows a vowel; R2 is the same within R1.
    private static (int R1, int R2) Regions(string word)
    {
        var prefix = LongFirstSyllables.FirstOrDefault(p => word.StartsWith(p, StringComparison.Ordinal));
        var r1 = prefix?.Length ?? AfterSyllable(word, 0);
        return (r1, AfterSyllable(word, r1));
    }

    private static int AfterSyllable(string word, int from)
    {
        while (from < word.Length && !IsVowel(word[from]))
            from++;
        while (from < word.Length && IsVowel(word[from]))
            from++;
        return Math.Min(from + 1, word.Length);
    }

    private static bool EndsInShortSyllable(ReadOnlySpan<char> word) =>
        word.EndsWith("past")
        || (word.Length == 2 && IsVowel(word[0]) && !IsVowel(word[1]))
        || (word.Length > 2 && !IsVowel(word[^1]) && word[^1] is not ('w' or 'x' or 'Y') && IsVowel(word[^2]) && !IsVowel(word[^3]));

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    private static string PluralEnding(string word)
    {
        if (Ends(word, "sses"))
            return word[..^2];
        if (Ends(word, "ied") || Ends(word, "ies"))
            return word.Length > 4 ? word[..^2] : word[..^1];
        if (Ends(word, "s") && !Ends(word, "us") && !Ends(word, "ss") && word.Length > 2 && HasVowel(word.AsSpan(0, word.Length - 2)))
            return word[..^1];
        return word;
    }

    private static string PastAndGerund(string word, int r1)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["eedly", "eed"])
            if (Ends(word, suffix))
            {
                var start = word.Length - suffix.Length;
                return start >= r1 && word[..start] is not ("proc" or "exc" or "succ") ? word[..start] + "ee" : word;
            }
        foreach (var suffix in (ReadOnlySpan<string>)["ingly", "edly", "ing", "ed"])
            if (Ends(word, suffix))
            {
                var stem = word[..^suffix.Length];
                if (suffix == "ing" && stem is "inn" or "out" or "cann" or "herr" or "earr" or "even")
                    return word;
                if (suffix == "ing" && stem.Length == 2 && stem[1] == 'y' && !IsVowel(stem[0]))
                    return stem[..1] + "ie";
                return HasVowel(stem) ? Restored(stem, r1) : word;
            }
        return word;
    }

    // "hop" + "ing" doubles a letter and "hope" + "ing" loses one: undo that.
    private static string Restored(string stem, int r1)
    {
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
            return stem + "e";
        if (stem.Length > 1 && stem[^1] == stem[^2] && "bdfgmnprt".Contains(stem[^1]))
            return stem.Length == 3 && stem[0] is 'a' or 'e' or 'o' ? stem : stem[..^1];
        return stem.Length == r1 && EndsInShortSyllable(stem) ? stem + "e" : stem;
    }

    private static string DerivedEnding(string word, int r1)
    {
        foreach (var (suffix, replacement) in Step2)
            if (Ends(word, suffix))
            {
                var stem = word[..^suffix.Length];
                var applies =
                    stem.Length >= r1
                    && (suffix != "ogi" || Ends(stem, "l"))
                    && (suffix != "li" || (stem.Length > 0 && "cdeghkmnrt".Contains(stem[^1])));
                return applies ? stem + replacement : word;
            }
        return word;
    }

    private static string SecondDerivedEnding(string word, int r1, int r2)
    {
        foreach (var (suffix, replacement) in Step3)
            if (Ends(word, suffix))
            {
                var start = word.Length - suffix.Length;
                return start >= (suffix == "ative" ? r2 : r1) ? word[..start] + replacement : word;
            }
        return word;
    }

    private static string LastSuffix(string word, int r2)
    {
        foreach (var suffix in Step4)
            if (Ends(word, suffix))
            {
                var stem = word[..^suffix.Length];
                return stem.Length >= r2 && (suffix != "ion" || Ends(stem, "s") || Ends(stem, "t")) ? stem : word;
            }
        return word;
    }

    private static string FinalLetter(string word, int r1, int r2)
    {
        var start = word.Length - 1;
        var drop = word[^1] switch
        {
            'e' => start >= r2 || (start >= r1 && !EndsInShortSyllable(word.AsSpan(0, start))),
            'l' => start >= r2 && start > 0 && word[start - 1] == 'l',
            _ => false,
        };
        return drop ? word[..^1] : word;
    }
}
