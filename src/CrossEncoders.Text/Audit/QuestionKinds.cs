using System.Text.RegularExpressions;
using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>What a question asks for: told by its question word, in English and Chinese.</summary>
internal static partial class QuestionKinds
{
    /// <summary>"what", "which", "who", "when", "where", "why", "how", "how many", "yes or no", "keywords", or "other".</summary>
    public static string Of(string text)
    {
        text = text.Trim();
        // "The lamp stays dark. What now?", "The alarm is on; whom do I call?": what comes last asks.
        var sentence = Clause().Split(Sentences.Of(text)[^1])[^1];
        var kind = text.Any(Han.Is) ? Chinese(text) : English(sentence);
        return kind ?? (text.EndsWith('?') || text.EndsWith('？') ? "other" : "keywords");
    }

    private static string? English(string sentence)
    {
        if (Auxiliary().IsMatch(sentence))
            return "yes or no";
        if (Quantity().IsMatch(sentence))
            return "how many";
        // "When it rains, who closes the dome?" asks who.
        var rest = Condition().Replace(sentence, "");
        var word = QuestionWord().Match(rest) is { Success: true } later ? later : QuestionWord().Match(sentence);
        if (word.Success)
            return word.Value.ToLowerInvariant() is "whom" or "whose" ? "who" : word.Value.ToLowerInvariant();
        return LaterAuxiliary().IsMatch(sentence) ? "yes or no" : null;
    }

    private static string? Chinese(string text) =>
        ChineseYesOrNo().IsMatch(text) ? "yes or no"
        : ChineseWhy().IsMatch(text) ? "why"
        : ChineseWhen().IsMatch(text) ? "when"
        : ChineseWhere().IsMatch(text) ? "where"
        : ChineseQuantity().IsMatch(text) ? "how many"
        : ChineseWho().IsMatch(text) ? "who"
        : ChineseHow().IsMatch(text) ? "how"
        : text.Contains('哪') ? "which"
        : ChineseWhat().IsMatch(text) ? "what"
        : null;

    [GeneratedRegex(@"(?<=[;:])\s+")]
    private static partial Regex Clause();

    [GeneratedRegex(
        @"^(is|are|was|were|am|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had)\b.*\?",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Auxiliary();

    [GeneratedRegex(
        @"\bhow (many|much|long|often|far|fast|high|low|large|big|small|old|soon|deep|wide|heavy|hot|cold|late|early|close|quickly)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Quantity();

    [GeneratedRegex(
        @"^(when|where) (?!(is|are|was|were|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had)\b)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Condition();

    [GeneratedRegex(@"\b(what|which|who|whom|whose|when|where|why|how)\b", RegexOptions.IgnoreCase)]
    private static partial Regex QuestionWord();

    [GeneratedRegex(
        @"[,:–-]\s*(and |or |so |then )?(is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have)\b.*\?",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex LaterAuxiliary();

    [GeneratedRegex("吗[？?]?$|是否|能否|可否|是不是|能不能|会不会|有没有|要不要|该不该|可不可以|行不行|对不对")]
    private static partial Regex ChineseYesOrNo();

    [GeneratedRegex("为什么|为何|为啥|怎么会|什么原因")]
    private static partial Regex ChineseWhy();

    [GeneratedRegex("什么时候|何时|几点|哪天|哪一天|什么时间")]
    private static partial Regex ChineseWhen();

    [GeneratedRegex("哪里|哪儿|何处|什么地方|在哪")]
    private static partial Regex ChineseWhere();

    [GeneratedRegex("多少|多久|多长|多大|多高|多远|多快|多深|几(?!乎)")]
    private static partial Regex ChineseQuantity();

    [GeneratedRegex("谁|哪位")]
    private static partial Regex ChineseWho();

    [GeneratedRegex("怎么|如何|怎样|咋")]
    private static partial Regex ChineseHow();

    [GeneratedRegex("什么|何种|啥")]
    private static partial Regex ChineseWhat();
}
