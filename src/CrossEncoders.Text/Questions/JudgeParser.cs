using System.Globalization;
using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>
/// Finds the verdict in a judge's answer, in JSON or in words, English or Chinese; null where there is none or it is ambiguous.
/// </summary>
internal static partial class JudgeParser
{
    /// <summary>A whole grade of 0 to <paramref name="highest"/>.</summary>
    public static int? Grade(string answer, int highest)
    {
        answer = Thinking().Replace(answer, "").Trim();
        var named = NamedGrade().Matches(answer);
        // Of several, the last is the conclusion; without a name, only a number that stands alone will do.
        var text = named.Count > 0 ? named[^1].Groups[1].Value : null;
        if (text is null)
        {
            var numbers = Number().Matches(Fraction().Replace(answer, "$1")).Select(match => match.Value).Distinct().ToList();
            if (numbers.Count != 1)
                return null;
            text = numbers[0];
        }
        return
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var grade)
            && grade == Math.Floor(grade)
            && grade <= highest
            ? (int)grade
            : null;
    }

    /// <summary>Yes or no.</summary>
    public static bool? YesOrNo(string answer)
    {
        answer = Thinking().Replace(answer, "").Trim();
        var named = NamedTruth().Matches(answer);
        var word =
            named.Count > 0 ? named[^1].Groups["verdict"].Value
            : Start().Match(answer) is { Success: true } start ? start.Groups[1].Value
            : "";
        return word.ToLowerInvariant() switch
        {
            "yes" or "true" or "是" or "能" or "可以" or "肯定的" => true,
            "no" or "false" or "否" or "不" or "不能" or "不可以" or "不是" => false,
            _ => null,
        };
    }

    [GeneratedRegex("<think>.*?(</think>|$)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Thinking();

    [GeneratedRegex(
        @"(?:grade|score|rating|label|relevance|评分|分数|得分|等级|打分)[""'*\s]*(?:is|of|为|是)?[\s:：=*""'#]*(\d+(?:\.\d+)?)(?![\d.]*\s*[-–]\s*\d)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NamedGrade();

    [GeneratedRegex(@"(\d+)\s*(?:/|out of)\s*\d+", RegexOptions.IgnoreCase)]
    private static partial Regex Fraction();

    [GeneratedRegex(@"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])")]
    private static partial Regex Number();

    // "答案是不确定的" is no yes: 是 is only "is" there. It is a yes at the end ("答案是。") or where nothing goes on from it ("答案：是，…").
    [GeneratedRegex(
        @"(?:answerable|answer|verdict|答案|结论)(?>[""'*]*\s*)(?:(?>(?:is|为|是)?)[\s:：=*""']*"
            + @"(?<verdict>yes|no|true|false|不可以|不能|不是|可以|肯定的|是(?=的|\P{Lo}|$)|否|能(?!否))(?![a-z])"
            + @"|(?<verdict>是)(?=的|[""'*”’」 ]*(?:[\r\n.．。!！;；)）}\]]|$)))",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NamedTruth();

    [GeneratedRegex(
        @"^[\s*""'`{\[]*(yes|no|true|false|不可以|不能|不是|可以|是(?!否)|否|不(?!确定|一定|清楚|知道)|能(?!否))(?![a-z])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Start();
}
