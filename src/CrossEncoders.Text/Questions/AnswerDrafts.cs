using System.Text;
using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>
/// Drafts before a final list: the final one counts. Parts begin at a line that announces one: a heading, a line that ends with a
/// colon, or a word before a question ("Final: Why A?").
/// </summary>
internal static partial class AnswerDrafts
{
    private const string FinalWords =
        @"\b(final(i[sz]ed)?|revised|revision|improved|refined|polished|corrected|rewritten|reworked|rewrite|on reflection|"
        + @"on second thoughts?|better|instead|updated|second (attempt|version|pass))\b|"
        + "最终|定稿|终稿|修改后|修订|改进后|优化后|完善后|润色后|正式的?(问题|版)|重写|改写后|更好的|第?二稿";

    private const string DraftWords =
        @"\b(drafts?|first (attempt|version|pass|try|thoughts?)|initial|brainstorm(ing|ed)?|candidates?|"
        + @"preliminary|rough|attempt 1|version 1)\b|"
        + "草稿|初稿|草拟|初步|第一稿|初版|候选";

    private enum Part
    {
        Plain,
        Draft,
        Final,
    }

    /// <summary>The questions of the final list, or of the whole answer where it has no parts.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="read">Reads the questions of a text.</param>
    public static List<FoundQuestion> Read(string answer, Func<string, List<FoundQuestion>> read)
    {
        var parts = Split(answer);
        if (parts.Count == 1)
            return read(answer);
        var filled = parts.Select(part => (part.Kind, Questions: read(part.Text))).Where(part => part.Questions.Count > 0).ToList();
        var finals = filled.Where(part => part.Kind == Part.Final).ToList();
        if (finals.Count > 1 && filled.TrueForAll(part => part.Questions.Count == 1) && Alternate(filled))
            return [.. finals.SelectMany(part => part.Questions)];
        if (finals.Count > 0)
            return finals[^1].Questions;
        var drafts = filled.Where(part => part.Kind == Part.Draft).ToList();
        return drafts.Count > 1 ? drafts[^1].Questions : read(answer);
    }

    /// <summary>Whether each question has its own draft and its own final form.</summary>
    private static bool Alternate(List<(Part Kind, List<FoundQuestion> Questions)> parts) =>
        parts.Where(part => part.Kind != Part.Plain).Index().All(part => part.Item.Kind == (part.Index % 2 == 0 ? Part.Draft : Part.Final));

    private static List<(Part Kind, string Text)> Split(string answer)
    {
        var parts = new List<(Part, string)>();
        var (kind, text) = (Part.Plain, new StringBuilder());
        foreach (var line in WithinLine().Replace(answer, "\n").Split('\n'))
        {
            var (next, inside) = Announces(line, parts.Exists(part => part.Item1 == Part.Draft) || kind == Part.Draft);
            if (next != Part.Plain)
            {
                parts.Add((kind, text.ToString()));
                (kind, _) = (next, text.Clear());
            }
            text.Append(inside).Append('\n');
        }
        parts.Add((kind, text.ToString()));
        return parts;
    }

    /// <summary>Which part a line begins, and what of the line is in it.</summary>
    private static (Part Kind, string Inside) Announces(string line, bool afterDraft)
    {
        var plain = line.Trim();
        if (plain.Length is 0 or > 400 || plain[0] is '"' or '{' or '[' or '}' or ']' or '|' or '<')
            return (Part.Plain, line);
        if (Inline().Match(plain) is { Success: true } inline)
            return KindOf(inline.Groups["name"].Value, afterDraft) is var kind and not Part.Plain
                ? (kind, plain[inline.Length..])
                : (Part.Plain, line);
        var isHeading = plain[0] == '#' || Bold().IsMatch(plain) || plain.TrimEnd('*', '_', ' ') is [.., ':' or '：'];
        if (!isHeading || plain.Length > 160 || plain.Contains('?') || plain.Contains('？'))
            return (Part.Plain, line);
        return KindOf(plain, afterDraft) is var announced and not Part.Plain ? (announced, "") : (Part.Plain, line);
    }

    private static Part KindOf(string name, bool afterDraft) =>
        DraftStart().IsMatch(name) ? Part.Draft
        // "Final question:" may be the last of a list as well.
        : OneQuestion().IsMatch(name) && !afterDraft ? Part.Plain
        : Final().IsMatch(name) ? Part.Final
        : Draft().IsMatch(name) ? Part.Draft
        : Part.Plain;

    [GeneratedRegex(FinalWords, RegexOptions.IgnoreCase)]
    private static partial Regex Final();

    [GeneratedRegex(DraftWords, RegexOptions.IgnoreCase)]
    private static partial Regex Draft();

    [GeneratedRegex(@"^[\W\d_]*(my |the |a )?(" + DraftWords + ")", RegexOptions.IgnoreCase)]
    private static partial Regex DraftStart();

    [GeneratedRegex(@"\bfinal (question|query)\b|最终问题|最终的问题", RegexOptions.IgnoreCase)]
    private static partial Regex OneQuestion();

    [GeneratedRegex(@"^(\*\*|__)[^*]{1,120}\1$")]
    private static partial Regex Bold();

    [GeneratedRegex(
        @"^(?:[-*+>•]\s+|\(?\d{1,2}[.):、]\s*)?[*_]{0,3}(?<name>(?:(?:first|initial|rough)\s+)?"
            + @"(?:drafts?|final|revised|improved|refined|polished|corrected|rewritten|better|最终|定稿|终稿|修改后|修订后|改进后|优化后|草稿|初稿)"
            + @"(?:[ _-]?(?:version|list|set|answer|output|text|questions?|query|queries|的|问题|版本|版|列表|\d{1,2})){0,3})"
            + @"(?:\s*[(（][^)）]{0,30}[)）])?[*_]{0,3}\s*[:：][*_]{0,3}\s*(?=\S)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Inline();

    // "Draft: Why me? → Final: Why A?"
    [GeneratedRegex(
        @"(?<=[?？}\]])[ \t]*(?:→|->|=>|⇒|;|；)?[ \t]*(?=[*_]{0,3}(?:final|revised|improved|最终|修改后|定稿)[^:：\n?？]{0,20}[:：])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex WithinLine();
}
