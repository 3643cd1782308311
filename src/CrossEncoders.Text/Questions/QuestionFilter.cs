using System.Text.RegularExpressions;
using CrossEncoders.Chunking;
using CrossEncoders.Texts;

namespace CrossEncoders.Questions;

/// <summary>Keeps what can be a training question. Each reason to drop one has a name, which is counted.</summary>
internal sealed partial class QuestionFilter
{
    public const string NotAQuestion = "not a question";
    public const string TooShort = "too short";
    public const string TooLong = "too long";
    public const string Duplicate = "duplicate";
    public const string AboutThePassage = "refers to the passage";
    public const string WrongLanguage = "wrong language";
    public const string Copied = "copied from the chunk";
    public const string MoreThanAsked = "more than asked for";

    /// <summary>All reasons, in the order they are tried.</summary>
    public static readonly string[] Reasons =
    [
        TooShort,
        TooLong,
        NotAQuestion,
        AboutThePassage,
        WrongLanguage,
        Copied,
        Duplicate,
        MoreThanAsked,
    ];

    // "the context window", "the text field", "the passage to the dome" are things of their own.
    private const string Compound = " (window|field|box|file|editor|message|size|length|menu|between|to|through)";

    private readonly HashSet<string> _seen = [];

    /// <summary>Why a question about a chunk is dropped; null if it is kept. Remembers it, for duplicates.</summary>
    public string? Reason(GeneratedQuestion question, Chunk chunk)
    {
        var text = question.Text.Trim();
        var han = text.Count(Han.Is);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        if (text.Length == 0 || (han == 0 ? words < 2 : han + words < 4))
            return TooShort;
        if (words > 40 || han > 80 || text.Length > 300)
            return TooLong;
        if (QuestionText.IsChatter(text) || !IsQuestion(text, question.Style))
            return NotAQuestion;
        if (PassageReference().IsMatch(text))
            return AboutThePassage;
        if (!InLanguage(text, chunk.Language) || (chunk.Language == "en" && IsForeign(text, question.Style)))
            return WrongLanguage;
        var normal = Normal.Of(text);
        // Short keywords may stand in the text word for word; a sentence of it is not a question.
        if ((normal.Length >= 30 || han >= 12) && Normal.Of(chunk.Passage).Contains(normal))
            return Copied;
        return _seen.Add(normal) ? null : Duplicate;
    }

    private static bool IsQuestion(string text, string style)
    {
        // "The Holocene epoch?" has the mark but asks nothing.
        if (text[^1] is '?' or '？')
            return style is not ("natural" or "comparison")
                || text.Any(Han.Is)
                || !EnglishWord().IsMatch(text)
                || AsksInEnglish().IsMatch(text);
        // Keywords and symptoms are typed into a search box without a question mark.
        if (style is not ("natural" or "comparison"))
            return !text.EndsWith("...", StringComparison.Ordinal) && !text.EndsWith('…');
        return text[^1] is not ('.' or '。' or '!' or '！') && (EnglishQuestion().IsMatch(text) || ChineseQuestion().IsMatch(text));
    }

    private static bool InLanguage(string text, string language)
    {
        int han = 0,
            latin = 0,
            other = 0;
        foreach (var c in text)
            if (Han.Is(c))
                han++;
            else if (char.IsLetter(c) && (c < 0x250 || c is >= 'Ͱ' and <= 'Ͽ'))
                latin++;
            else if (char.IsLetter(c))
                other++;
        if (other * 5 > han + latin + other)
            return false;
        // Names and codes stay in Latin letters in a Chinese question.
        return language == "zh" ? han >= 2 : han * 5 <= han + latin;
    }

    /// <summary>Whether a whole sentence has none of English's small words: so it is in another language of Latin letters.</summary>
    private static bool IsForeign(string text, string style) => style is "natural" or "comparison" && !EnglishWord().IsMatch(text);

    // The Chinese words are parts of others, too: 文本文件, 日本文化, 中原文化, 英文中, 人文中心.
    [GeneratedRegex(
        @"\b(according to|in|from|of|by|does|do|is|are|what|based on|with) (the|this|that|these) (above |given |following |provided )?"
            + @"(text|passage|excerpt|paragraph|snippet|context)s?\b(?!"
            + Compound
            + @")|\b(text|passage|paragraph|excerpt|table|section|information) (above|below)\b"
            + @"|\b(this|the) (passage|excerpt|snippet)\b(?!"
            + Compound
            + @")|\b(mentioned|described|listed|shown|stated|given) (above|earlier)\b"
            + @"|\b(according to|based on) (the|this) (\w+ )?(document|article|author)\b|\bthis (document|article|"
            + @"text)\b|((?<!应)该|此|这份|这篇)文档|文档中(提到|说|描述|所述)|作者(认为|提到)"
            + @"|[根依][据據](上文|本文|文章|文中|原文|[该該]段|[这這]段|此段|段落|文本|上述)|([这這]|(?<!应)该|上|此)(段文字|段[话話]|段落|篇文章|文本)"
            + @"|(^|[\s，。：、在从和与对按据照])(上文|本文|文中|原文)(?![件化字学明心物献])|短文中|(?<!论)文章[中里]|(资料|資料|材料|段落|文本)[中里](提到|提及|所[述说]|[说說])|上述",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex PassageReference();

    [GeneratedRegex(
        @"^(what|when|where|which|who|whom|whose|why|how|is|are|was|were|do|does|did|can|could|may|might|must|"
            + @"should|shall|will|would|has|have)\b|"
            + @"\b(what|how|why|which|where|who) (is|are|do|does|should|can|to|many|much|long|often|if|now)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex EnglishQuestion();

    [GeneratedRegex(
        @"\b(what|when|where|which|who|whom|whose|why|how)\b|(^\W*|[,;:.!?–—-]\s*|\b(and|but|or|so|"
            + @"then)\s+)(is|are|am|was|were|do|does|did|don['’]t|doesn['’]t|"
            + @"didn['’]t|isn['’]t|aren['’]t|can|can['’]t|could|may|might|must|should|shall|will|would|has|have|had)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex AsksInEnglish();

    [GeneratedRegex(
        @"\b(the|a|an|is|are|was|were|be|do|does|did|has|have|can|could|may|must|should|will|would|what|when|"
            + @"where|which|who|whom|whose|why|how|of|to|for|if|it|and|or)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex EnglishWord();

    [GeneratedRegex(
        "吗|呢|什么|怎么|怎样|如何|多少|多久|多长|多大|多高|几|谁|哪|为何|为啥|是否|能否|可否|何时|何处|有没有|是不是|能不能|要不要|该不该"
    )]
    private static partial Regex ChineseQuestion();
}
