using System.Text.RegularExpressions;

namespace CrossEncoders.Benchmarks.Distillation;

/// <summary>Queries made without people: of titles and headings, of sentences, of the keywords of a question.</summary>
internal static partial class QueryMaking
{
    private static readonly HashSet<string> Small =
    [
        .. (
            "a an the is are was were be been do does did can could will would should may might must have has had i we you he she it they "
            + "my your his her its our their this that these those of in on at to for from by with as and or but if then than so what "
            + "which who whom whose when where why how there here not no any some me us them"
        ).Split(' '),
    ];

    /// <summary>What a reader of the contents would search for; null where the headings say too little.</summary>
    public static string? OfHeadings(ProseSection section, Random random)
    {
        string[] above = [.. section.Above.Select(heading => heading.Trim()).Where(heading => heading.Length > 0).Distinct()];
        if (above.Length == 0)
            return null;
        var (title, last) = (above[0], above[^1]);
        var long_ = Words(last) >= 4;
        return (above.Length, random.Next(4)) switch
        {
            (1, _) => title,
            (_, 0) when long_ => last,
            (_, 1) => $"{last} {title}",
            (> 2, 2) => string.Join(' ', above),
            _ => $"{title} {last}",
        };
    }

    /// <summary>A sentence of the passage, sometimes without its beginning; null where none is of a fit length.</summary>
    public static string? OfSentence(string passage, Random random)
    {
        string[] sentences =
        [
            .. SentencePieces.Sentences(passage).Select(sentence => sentence.Trim()).Where(sentence => Words(sentence) is >= 6 and <= 40),
        ];
        if (sentences.Length == 0)
            return null;
        var sentence = sentences[random.Next(sentences.Length)];
        var words = sentence.Split(' ');
        if (words.Length > 12 && random.Next(2) == 0)
            return string.Join(' ', words[random.Next(1, words.Length - 8)..]);
        return sentence.TrimEnd('.', '。');
    }

    /// <summary>The words of an English question that carry it, in lower case.</summary>
    public static string Keywords(string question)
    {
        string[] kept = [.. Word().Matches(question).Select(word => word.Value).Where(word => !Small.Contains(word.ToLowerInvariant()))];
        return kept.Length < 2 ? question : string.Join(' ', kept).ToLowerInvariant();
    }

    /// <summary>Words, with two Chinese characters for one.</summary>
    private static int Words(string text) => text.Count(letter => letter == ' ') + 1 + text.Count(letter => letter >= '\u3400') / 2;

    [GeneratedRegex(@"[\p{L}\p{N}][\p{L}\p{N}'’\-]*")]
    private static partial Regex Word();
}
