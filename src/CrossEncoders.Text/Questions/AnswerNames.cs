using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>The names that models give to a question, its style, and lists of questions, in English and Chinese.</summary>
internal static partial class AnswerNames
{
    /// <summary>The names of styles in a pattern.</summary>
    public const string Styles =
        "natural|keywords?|symptoms?|newcomers?|comparison|comparative|自然|关键[词字]|關鍵[詞字]|症状|症狀|新手|新人|比较|比較|对比";

    /// <summary>What may follow the name of a style, in a pattern: "keyword-based query", "自然语言问题 1".</summary>
    public const string StyleSuffix =
        @"(['’]s|[ _-]?(language|based)|语言|式|性|类|型)?[ _-]?(style|search)?[ _-]?(questions?|query|queries|问题|提问|查询|搜索|描述)?"
        + @"[ _-]?#?\d{0,2}";

    // Of several, the first counts: a final text before a draft of it.
    private static readonly string[] Texts =
    [
        "final",
        "finalquestion",
        "finaltext",
        "revised",
        "revisedquestion",
        "最终",
        "最终问题",
        "text",
        "question",
        "query",
        "q",
        "问题",
        "content",
        "questiontext",
        "querytext",
        "searchquery",
        "userquery",
        "prompt",
        "问题内容",
        "问题文本",
        "查询",
        "提问",
        "文本",
        "内容",
        "问句",
    ];

    private static readonly string[] StyleFields =
    [
        "style",
        "type",
        "kind",
        "category",
        "questionstyle",
        "questiontype",
        "querytype",
        "风格",
        "类型",
        "类别",
        "样式",
    ];

    private static readonly (string Style, string[] Beginnings)[] Known =
    [
        ("keyword", ["keyword", "关键", "關鍵"]),
        ("symptom", ["symptom", "症状", "症狀"]),
        ("newcomer", ["newcomer", "新手", "新人"]),
        ("comparison", ["compar", "比较", "比較", "对比"]),
    ];

    /// <summary>The text and the style among named values; the text is null where none is one.</summary>
    public static (string? Text, string? Style) Of(IReadOnlyCollection<KeyValuePair<string, string>> values)
    {
        string? First(string[] names) =>
            names
                .Select(name => values.FirstOrDefault(value => Plain(value.Key) == name).Value)
                .FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return (First(Texts), First(StyleFields));
    }

    /// <summary>Whether a name is that of a question's text.</summary>
    public static bool IsText(string name) => Texts.Contains(Plain(name));

    /// <summary>Whether a name is that of a question's style, as "type" is.</summary>
    public static bool IsStyleField(string name) => StyleFields.Contains(Plain(name));

    /// <summary>Whether a name is that of a question or of a list of them: "question_1", "q2", "3", "questions".</summary>
    public static bool IsQuestion(string name) => QuestionName().IsMatch(name.Trim());

    /// <summary>Whether a name is a style itself: "keyword", "Natural questions", "关键词搜索".</summary>
    public static bool IsStyle(string name) => StyleName().IsMatch(name.Trim());

    /// <summary>Whether a name is that of a final list or text ("final_questions", "修改后").</summary>
    public static bool IsFinal(string name) => FinalName().IsMatch(name.Trim());

    /// <summary>Whether a name is that of a draft ("draft", "first_attempt", "草稿").</summary>
    public static bool IsDraft(string name) => DraftName().IsMatch(name.Trim());

    /// <summary>The known style that a name means: "Keywords", "关键词搜索", "keyword_question"; natural for any other.</summary>
    public static string StyleOf(string name) =>
        Known
            .FirstOrDefault(known => known.Beginnings.Any(start => name.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase)))
            .Style
        ?? FoundQuestion.Natural;

    private static string Plain(string name) => name.Replace("_", "").Replace("-", "").Replace(" ", "").Replace("*", "").ToLowerInvariant();

    [GeneratedRegex(
        @"^((q|question|query|问题?)?[ _-]?\d{1,2}|questions|queries|search[ _-]?(queries|questions)|问题列表|问题|查询)$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex QuestionName();

    [GeneratedRegex("^(" + Styles + ")" + StyleSuffix + "$", RegexOptions.IgnoreCase)]
    private static partial Regex StyleName();

    [GeneratedRegex(
        @"^(final|finali[sz]ed|revised|improved|refined|corrected)([ _-]?(questions?|queries|query|version|list|answer|text|output|set))?$"
            + "|^(最终|定稿|终稿|修改后|修订后|改进后|优化后)的?(问题|列表|版本|答案)?$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex FinalName();

    [GeneratedRegex(
        @"^(first|initial|rough)?[ _-]?(drafts?|attempt|brainstorm(ing)?|candidates?|ideas|thoughts?|thinking|"
            + @"reasoning|scratchpad)([ _-]?(questions?|queries|\d))?$"
            + "|^initial[ _-]?(questions?|queries)$|^(草稿|初稿|初步|候选)的?(问题|列表|版本)?$|^(思考|推理)(过程)?$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex DraftName();
}
