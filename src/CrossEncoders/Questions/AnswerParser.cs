using System.Text.Json;
using System.Text.RegularExpressions;
using CrossEncoders.Texts;

namespace CrossEncoders.Questions;

/// <summary>Finds the questions in a language model's answer, whether it kept to the form asked for or not.</summary>
internal static partial class AnswerParser
{
    private static readonly string[] TextNames =
    [
        "text",
        "question",
        "query",
        "q",
        "问题",
        "content",
        "question_text",
        "query_text",
        "questiontext",
        "问题内容",
        "问题文本",
    ];
    private static readonly string[] StyleNames = ["style", "type", "kind", "风格", "类型"];

    private static readonly (string Style, string[] Beginnings)[] Known =
    [
        ("keyword", ["keyword", "关键", "關鍵"]),
        ("symptom", ["symptom", "症状", "症狀"]),
        ("comparison", ["compar", "比较", "比較", "对比"]),
    ];

    /// <summary>The questions in order, without duplicates; empty where there are none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="styles">The styles asked for. Another one becomes the known style that it is a name of ("关键词"), else natural, which asks most of a text.</param>
    public static IReadOnlyList<(string Text, string Style)> Parse(string answer, IReadOnlyList<string>? styles = null)
    {
        answer = Channel().Replace(FinalChannel().Replace(answer, ""), "");
        answer = Ending().Replace(ThoughtBefore().Replace(Thinking().Replace(answer, ""), "").Trim(), "");
        var found = FromJson(answer);
        if (found.Count == 0)
            found.AddRange(Tagged().Matches(answer).Select(tag => (tag.Groups[3].Value, tag.Groups[2].Value)));
        if (found.Count == 0)
            found = FromLines(answer);
        var seen = new HashSet<string>();
        return found
            .Select(question =>
                (
                    Text: Clean(question.Text),
                    Style: styles?.FirstOrDefault(style => style.Equals(question.Style.Trim(), StringComparison.OrdinalIgnoreCase))
                        ?? StyleOf(question.Style)
                )
            )
            .Where(question => question.Text.Length > 0 && !IsChatter(question.Text) && seen.Add(Normal.Of(question.Text)))
            .ToList();
    }

    private static List<(string Text, string Style)> FromJson(string answer)
    {
        var found = new List<(string, string)>();
        var start = answer.IndexOfAny(['{', '[']);
        if (start < 0)
            return found;
        var end = answer.LastIndexOfAny(['}', ']']);
        if (end > start)
        {
            try
            {
                var options = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
                using var json = JsonDocument.Parse(answer.AsMemory(start, end + 1 - start), options);
                Collect(json.RootElement, found, "natural");
                return found;
            }
            catch (JsonException)
            {
                // Broken or half-finished: what is whole in it is taken below.
            }
        }
        foreach (Match item in Object().Matches(answer))
        {
            var pairs = Pair()
                .Matches(item.Value)
                .Select(pair => (Name: pair.Groups[1].Value.ToLowerInvariant(), Value: Unescape(pair.Groups[2].Value)));
            var byName = pairs.GroupBy(pair => pair.Name).ToDictionary(group => group.Key, group => group.First().Value);
            if (TextNames.Select(byName.GetValueOrDefault).FirstOrDefault(text => text is not null) is { } text)
                found.Add((text, StyleNames.Select(byName.GetValueOrDefault).FirstOrDefault(style => style is not null) ?? "natural"));
        }
        if (found.Count == 0 && answer.AsSpan(start).TrimStart("{[ \n\r\t").StartsWith("\""))
            found.AddRange(
                Text()
                    .Matches(answer[start..])
                    .Select(text => Unescape(text.Groups[1].Value))
                    .Where(text => text.EndsWith('?') || text.EndsWith('？'))
                    .Select(text => (text, "natural"))
            );
        return found;
    }

    /// <summary>The questions in JSON; <paramref name="style"/> is that of those which name none.</summary>
    private static void Collect(JsonElement element, List<(string, string)> found, string style)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                Add(element.GetString()!, found, style);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Collect(item, found, style);
                break;
            case JsonValueKind.Object when Field(element, TextNames) is { } text:
                Add(text, found, Field(element, StyleNames) ?? style);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    var isStyle = StyleName().IsMatch(property.Name);
                    if (
                        property.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object
                        || isStyle
                        || QuestionName().IsMatch(property.Name)
                    )
                        Collect(property.Value, found, isStyle ? property.Name : style);
                }
                break;
        }
    }

    /// <summary>Adds a text, which may be a list of questions in itself.</summary>
    private static void Add(string text, List<(string, string)> found, string style)
    {
        var lines = text.Contains('\n') ? FromLines(text) : [];
        if (lines.Count < 2)
            found.Add((text, style));
        else
            found.AddRange(lines.Select(line => (line.Text, line.Style == "natural" ? style : line.Style)));
    }

    /// <summary>The known style that a name means: "Keywords", "关键词搜索", "keyword_question"; natural for any other.</summary>
    private static string StyleOf(string name) =>
        Known
            .FirstOrDefault(known => known.Beginnings.Any(start => name.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase)))
            .Style
        ?? "natural";

    private static string? Field(JsonElement element, string[] names)
    {
        foreach (var property in element.EnumerateObject())
            if (property.Value.ValueKind == JsonValueKind.String && names.Contains(property.Name.ToLowerInvariant()))
                return property.Value.GetString();
        return null;
    }

    private static string Unescape(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string>($"\"{text}\"")!;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    /// <summary>
    /// Lists and lines. Marked lines are questions, but for a last one that breaks off; of others only those that consist of questions, or of
    /// a short statement and a question ("The lamp stays dark. What now?"). Questions inside of prose are the model's own.
    /// </summary>
    private static List<(string Text, string Style)> FromLines(string answer)
    {
        var found = new List<(string Text, string Style)>();
        var breaksOff = false;
        foreach (var raw in answer.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0)
                continue;
            breaksOff = false;
            if (line.StartsWith("```") || line[0] is '{' or '[' or '}' or ']' or '"' && line.Contains("\":"))
                continue;
            var text = Clean(Mark().Replace(line, ""));
            var marked = text.Length < Clean(line).Length;
            var style = StyleMark().Match(text);
            if (style.Success)
                text = Clean(text[style.Length..]);
            text = Remark().Replace(text, "");
            if (text.Length == 0 || IsChatter(text) || AnswerMark().IsMatch(text))
                continue;
            var name = StyleOf(style.Groups[1].Value);
            var parts = QuestionEnd().Split(text).Where(part => part.Length > 0).Select(part => part.Trim()).ToList();
            if (parts.Count > 1 && parts.TrueForAll(part => EndsAsQuestion(part) && (marked || !IsProse(part))))
                found.AddRange(parts.Select(part => (part, name)));
            else if (marked || style.Success || (parts.Count == 1 && EndsAsQuestion(text) && !IsProse(text)))
            {
                found.Add((text, name));
                breaksOff = name == "natural" && !EndsAsQuestion(text);
            }
        }
        if (breaksOff && found.Count > 1 && found.SkipLast(1).All(question => question.Style != "natural" || EndsAsQuestion(question.Text)))
            found.RemoveAt(found.Count - 1);
        return found;
    }

    /// <summary>Whether a question comes at the end of more than one short statement.</summary>
    private static bool IsProse(string text)
    {
        var sentences = SentenceEnd().Split(text);
        return sentences.Length > 2
            || (sentences.Length == 2 && (text.Count(c => c == ' ') > 25 || text.Length > 160 || Talk().IsMatch(sentences[0])));
    }

    private static bool EndsAsQuestion(string text) => text.TrimEnd(' ', '"', '”', '*') is [.., '?' or '？'];

    /// <summary>What a model says around its questions: "Here are two questions:", "Sure!", "以下是…".</summary>
    internal static bool IsChatter(string text) => text[^1] is ':' or '：' || Preamble().IsMatch(text);

    private static string Clean(string text)
    {
        text = White().Replace(text.Replace("**", "").Replace("__", ""), " ").Trim();
        while (text.Length > 1 && (text[0], text[^1]) is ('"', '"') or ('“', '”') or ('\'', '\'') or ('「', '」') or ('`', '`'))
            text = text[1..^1].Trim();
        return text;
    }

    [GeneratedRegex(@"<(think(?:ing)?|reasoning|thought)>.*?(</\1>|$)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Thinking();

    // Templates of reasoning models open the tag themselves: the answer has only its end.
    [GeneratedRegex(@"^.*</think(ing)?>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ThoughtBefore();

    // gpt-oss: "<|channel|>analysis<|message|>…<|channel|>final<|message|>…"; without its special tokens "analysis…assistantfinal…".
    [GeneratedRegex(
        @"^(.*<\|channel\|>\s*|analysis.*assistant)final(\s*<\|constrain\|>\s*\w+)?(\s*<\|message\|>)?",
        RegexOptions.Singleline
    )]
    private static partial Regex FinalChannel();

    [GeneratedRegex(@"<\|channel\|>\s*(analysis|commentary).*$", RegexOptions.Singleline)]
    private static partial Regex Channel();

    [GeneratedRegex(
        @"<(question|query|q|问题)(?:\s+(?:style|type)\s*=\s*[""']?([^""'>]*)[""']?)?\s*>(.*?)</\1>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Tagged();

    [GeneratedRegex(@"(\s*(<\|[a-z_]{1,20}\|>|</s>|<end_of_turn>))+$", RegexOptions.IgnoreCase)]
    private static partial Regex Ending();

    // "Why A? - This asks about the cause.", "门为什么关？（答案：因为风）"
    [GeneratedRegex(@"(?<=[?？])\s*([-–—(（\[]|答案|答[:：]|解释|说明|(Answer|Explanation|Reason)\s*:)[^?？]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Remark();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Object();

    [GeneratedRegex("\"([^\"\\\\]{1,20})\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Pair();

    [GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"^((q|question|问题?)?[ _-]?\d{1,2}|questions|queries|问题列表)$", RegexOptions.IgnoreCase)]
    private static partial Regex QuestionName();

    [GeneratedRegex(
        @"^(natural|keywords?|symptoms?|comparison|comparative|自然|关键[词字]|症状|比较|对比)(语言|式|性|类)?[ _-]?(questions?|query|queries|问题|提问|查询|搜索)?[ _-]?\d{0,2}$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex StyleName();

    // Full-width digits are digits to \d; "3.5" is a number and no mark.
    [GeneratedRegex(
        @"^(\s*([-–*+•·>]\s+|#{1,6}\s+|[①-⑳]\s*|\*{0,2}[(（]?\d{1,2}(\.(?!\d)|[):、）．：])\*{0,2}\s*|[(（][一二三四五六七八九十]{1,3}[)）]\s*|[一二三四五六七八九十]{1,3}[、．.]\s*|[a-h]\)\s+|"
            + @"[【\[](Q|Question|问题|問題|问)\s*[\d一二三四五六七八九十]{0,2}[】\]][:：]?\s*|"
            + @"\*{0,2}(Q|Questions?|问题|問題|问|第)\s*[\d一二三四五六七八九十]{0,2}\s*个?(问题)?\s*\*{0,2}\s*[.:：、)]\*{0,2}\s*))+",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Mark();

    [GeneratedRegex(
        @"^[\[(（【]?(natural|keywords?|symptom|comparison|自然|关键词|症状|比较)[^:：\])）】]{0,20}[\])）】]?\s*[:：\])）】-]\s*",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex StyleMark();

    [GeneratedRegex(@"^(A|Answer|Explanation|Note|答|答案|解释|说明|注)\s*\d*\s*[.:：]", RegexOptions.IgnoreCase)]
    private static partial Regex AnswerMark();

    [GeneratedRegex(@"(?<=[?？])\s+(?=\S)|(?<=？)(?=\S)")]
    private static partial Regex QuestionEnd();

    [GeneratedRegex(@"(?<=[.!。！])\s+(?=\S)|(?<=[。！])(?=\S)")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(
        @"\b(I(['’](d|ll|m|ve))? (like|hope|made|will|would|can|have|think|am)|I['’](d|ll|m|ve)|let['’]?s|let me|(this|the) (text|passage|author|article))\b|这段|本文|文本",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Talk();

    [GeneratedRegex(
        @"^(here (are|is|'s)|here’s|sure\b|certainly\b|of course\b|okay\b|ok,|absolutely\b|i (hope\b|can (help|also|provide)|have (written|created|generated|made)|am (happy|glad|sorry|ready|unable))|i['’]m (happy|glad|sorry|ready|here|unable|not able|an ai)|let me know|these questions|"
            + @"would you like\b|do you (want|need) (me|more)|(can|could|would) you (please |also )?(provide|rewrite|rephrase|revise|edit|elaborate|clarify|summari[sz]e|share|help me|give me)\b|"
            + @"what( is|['’]s) your (next|question|answer|opinion)\b|what (do|would) you (think|like)\b|how (can|may) I (help|assist)\b|is there anything\b|(do you have )?any (other|more|further) questions\b|what an? (great|good|wonderful|fascinating|interesting|lovely)\b|great\b.{0,20}[!.]|"
            + @"based on the (passage|text)|the following|as an ai|(does|did) (this|that) help\b|shall i (continue|go on)|hope (this|that|these)\b|"
            + "以下(是|为|问题|几|[一二两三四五六七八九十\\d])|下面(是(?!否|不是)|列)|当然([，,！!。 可]|$)|好的([，,！!。 ]|$)|这里(是|有)(?!否|多少|几|什么|哪)|这些问题|希望(对|能|这些|以上|您|你)|"
            + "(请问)?[您你]?还(需要|要|想要)(我|更多|其他|别的)|[您你]觉得|根据(您|你|以上|上述|这段|提供)|如(果|需).{0,12}(更多|其他)问题)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Preamble();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();
}
