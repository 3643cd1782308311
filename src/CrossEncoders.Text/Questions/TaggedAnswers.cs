using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>Questions in tags: XML, list items of a page, or tags named by styles.</summary>
internal static partial class TaggedAnswers
{
    private const int Deepest = 4;

    public static List<FoundQuestion> Read(string answer) => Read(answer, FoundQuestion.Natural, Deepest);

    private static List<FoundQuestion> Read(string answer, string style, int depth)
    {
        var found = new List<FoundQuestion>();
        foreach (Match tag in Tag().Matches(answer))
        {
            var body = NoQuestion().Replace(tag.Groups["body"].Value, "");
            var name = tag.Groups["tag"].Value;
            var own =
                Style().Match(tag.Groups["attributes"].Value) is { Success: true } attribute ? attribute.Groups["style"].Value
                : StyleTag().Match(body) is { Success: true } inner ? inner.Groups["style"].Value
                : AnswerNames.IsStyle(name) ? name
                : style;
            var nested = depth > 0 ? Read(body, own, depth - 1) : [];
            if (nested.Count > 0)
                found.AddRange(nested);
            else if (Text().Match(tag.Groups["attributes"].Value) is { Success: true } text)
                found.Add(new FoundQuestion(text.Groups["text"].Value, own));
            else
                found.Add(new FoundQuestion(Markup().Replace(StyleTag().Replace(body, ""), "$1"), own));
        }
        return found;
    }

    [GeneratedRegex(
        @"<(?<tag>(?:question|query|q|问题|li|item|entry|text|content|"
            + AnswerNames.Styles
            + @")(?:[ _-]?(?:question|query))?(?:[_-]?\d{1,2})?)(?<attributes>\s[^<>]*)?"
            + @"(?:/>|>(?<body>(?:(?!<\k<tag>[\s>]).){0,2000}?)</\k<tag>\s*>)",
        RegexOptions.Singleline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Tag();

    [GeneratedRegex(@"\b(?:style|type|kind|category|风格|类型)\s*=\s*[""']?(?<style>[^""'>/]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Style();

    [GeneratedRegex(@"\b(?:text|question|query|content)\s*=\s*""(?<text>[^""]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex Text();

    [GeneratedRegex(@"<(style|type|kind|category|风格|类型)>(?<style>[^<>]*)</\1>", RegexOptions.IgnoreCase)]
    private static partial Regex StyleTag();

    [GeneratedRegex(
        @"<(answer|explanation|reason(?:ing)?|rationale|difficulty|id|答案|解释)>[^<>]*</\1>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase
    )]
    private static partial Regex NoQuestion();

    [GeneratedRegex(
        @"<!\[CDATA\[(.*?)\]\]>|</?(?:b|i|u|em|strong|p|br|span|code)\b[^<>]*>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Markup();
}
