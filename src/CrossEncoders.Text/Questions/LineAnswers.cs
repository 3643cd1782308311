using System.Text.RegularExpressions;
using CrossEncoders.Texts;

namespace CrossEncoders.Questions;

/// <summary>
/// Questions in lists and lines. Marked lines are questions, except for a last one that breaks off; of the others only those that consist
/// of questions, or of a short statement and a question ("The lamp stays dark. What now?"). Questions inside of prose are the model's own.
/// </summary>
internal static partial class LineAnswers
{
    /// <summary>
    /// What lines are marked with; of each example "Why A?" stays. Digits of full width are digits, "3.5" is a number and not a mark.
    /// </summary>
    public static readonly IReadOnlyList<AnswerRule> Marks =
    [
        new("- Why A?", @"[-–*+•·>]\s+"),
        new("[ ] Why A?", @"\[[ x]\]\s+"),
        new("## Why A?", @"#{1,6}\s+"),
        new("①Why A?", @"[①-⑳]\s*"),
        new("**1.** Why A?", @"\*{0,2}[(（]?\d{1,2}(\.(?!\d)|[):、）．：])\*{0,2}\s*"),
        new("[1] Why A?", @"\[\d{1,2}\]\s*"),
        new("1 - Why A?", @"\d{1,2}\s+[-–—]\s+"),
        new("（一）Why A?", @"[(（][一二三四五六七八九十]{1,3}[)）]\s*"),
        new("一、Why A?", @"[一二三四五六七八九十]{1,3}[、．.]\s*"),
        new("(a) Why A?", @"\(?[a-h]\)\s+"),
        new("【问题1】Why A?", @"[【\[](Q|Question|问题|問題|问)\s*[\d一二三四五六七八九十]{0,2}[】\]][:：]?\s*"),
        new(
            "**Question_1:** Why A?",
            @"\*{0,2}(Q|Questions?|Query|问题|問題|问|第)[\s_-]*[\d一二三四五六七八九十]{0,2}\s*个?(问题)?\s*\*{0,2}\s*[.:：、)]\*{0,2}\s*"
        ),
        new("Last question: Why A?", @"\*{0,2}(final|last|最后一个)\s*(question|query|问题)\s*\*{0,2}[:：]\*{0,2}\s*"),
    ];

    private static readonly Regex Mark = AnswerRule.Any(Marks, before: @"^(?:\s*", after: ")+");

    public static List<FoundQuestion> Read(string answer) => new Reader().Read(Break().Replace(answer, "\n"));

    private sealed class Reader
    {
        private readonly List<FoundQuestion> _found = [];
        private string _style = FoundQuestion.Natural;
        private bool _isBelowStyle;
        private bool _breaksOff;

        public List<FoundQuestion> Read(string answer)
        {
            foreach (var raw in answer.Split('\n'))
            {
                var line = raw.Trim();
                if (line.Length == 0)
                {
                    // Words below the name of their style need no mark, up to the end of their paragraph.
                    _isBelowStyle &= _found.Count == 0 || _found[^1].Style != _style;
                    continue;
                }
                _breaksOff = false;
                if (!line.StartsWith("```") && !(line[0] is '{' or '[' or '}' or ']' or '"' && line.Contains("\":")) || Mark.IsMatch(line))
                    Take(line);
            }
            var isWhole = _found
                .SkipLast(1)
                .All(question => question.Style != FoundQuestion.Natural || QuestionText.EndsAsQuestion(question.Text));
            if (_breaksOff && _found.Count > 1 && isWhole)
                _found.RemoveAt(_found.Count - 1);
            return _found;
        }

        private void Take(string line)
        {
            var text = Mark.Replace(line, "").Trim();
            var isMarked = text.Length < line.Length;
            if (AnswerNames.IsStyle(text.Trim('*', '_', ':', '：', ' ')))
            {
                (_style, _isBelowStyle) = (AnswerNames.StyleOf(text.Trim('*', '_', ' ')), true);
                return;
            }
            var style = StyleMark().Match(text);
            if (!style.Success)
                style = StyleEnd().Match(text);
            if (style.Success)
                text = text.Remove(style.Index, style.Length);
            text = QuestionText.Clean(Remark().Replace(text, ""));
            if (text.Length == 0 || QuestionText.IsChatter(text) || AnswerMark().IsMatch(text))
                return;
            Add(text, style.Success ? AnswerNames.StyleOf(style.Groups["style"].Value) : _style, isMarked, style.Success);
        }

        private void Add(string text, string style, bool isMarked, bool isStyled)
        {
            var parts = QuestionEnd().Split(text).Where(part => part.Length > 0).Select(part => part.Trim()).ToList();
            var isListed = isMarked || isStyled || (_isBelowStyle && style != FoundQuestion.Natural);
            if (parts.Count > 1 && parts.TrueForAll(part => QuestionText.EndsAsQuestion(part) && (isMarked || !IsProse(part))))
                _found.AddRange(parts.Select(part => new FoundQuestion(part, style)));
            else if (isListed || (parts.Count == 1 && QuestionText.EndsAsQuestion(text) && !IsProse(text)))
            {
                _found.Add(new FoundQuestion(text, style));
                _breaksOff = style == FoundQuestion.Natural && !QuestionText.EndsAsQuestion(text);
            }
        }
    }

    /// <summary>Whether a question comes at the end of more than one short statement.</summary>
    private static bool IsProse(string text)
    {
        var sentences = Sentences.Of(text);
        return sentences.Count > 2
            || (sentences.Count == 2 && (text.Count(c => c == ' ') > 25 || text.Length > 160 || Talk().IsMatch(sentences[0])));
    }

    [GeneratedRegex(@"<br\s*/?>|</?(?:p|ol|ul|div)>", RegexOptions.IgnoreCase)]
    private static partial Regex Break();

    // "Why A? - This asks about the cause.", "门为什么关？（答案：因为风）"; a style in brackets stays for StyleEnd.
    [GeneratedRegex(
        @"(?<=[?？][*_]{0,3})\s*([-–—(（\[]|答案|答[:：]|解释|说明|(Answer|Explanation|Reason)\s*:)[^?？]*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Remark();

    // "keyword: dome", "**Natural question 1** - Why A?", "[keyword] dome"; "Symptoms of low pressure: what now?" is a question itself.
    [GeneratedRegex(
        "^[*_]{0,3}(?:(?<style>"
            + (AnswerNames.Styles + ")" + AnswerNames.StyleSuffix)
            + @"[*_]{0,3}(?:\s*[:：]|\s+[-–—](?=\s))|[\[(（【]\s*(?<style>"
            + AnswerNames.Styles
            + @")[^\])）】]{0,20}[\])）】][*_]{0,3}(?:\s*(?:[:：]|[-–—](?=\s)))?)[*_]{0,3}\s*",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex StyleMark();

    [GeneratedRegex(
        @"\s*[\[(（【]\s*(?:style\s*[:：]\s*)?(?<style>" + AnswerNames.Styles + @")[^\])）】]{0,20}[\])）】][*_\s]*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex StyleEnd();

    [GeneratedRegex(@"^[*_]{0,3}(A|Answer|Explanation|Note|答|答案|解释|说明|注)\s*\d*\s*[.:：]", RegexOptions.IgnoreCase)]
    private static partial Regex AnswerMark();

    [GeneratedRegex(@"(?<=[?？])\s+(?=\S)|(?<=？)(?=\S)")]
    private static partial Regex QuestionEnd();

    [GeneratedRegex(
        @"\b(I(['’](d|ll|m|ve))? (like|hope|made|will|would|can|have|think|am)|I['’](d|ll|m|ve)|let['’]?s|let me|"
            + @"(this|the) (text|passage|author|article))\b|这段|本文|文本",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Talk();
}
