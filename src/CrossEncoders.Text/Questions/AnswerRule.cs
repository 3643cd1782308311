using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>One of the ways in which models mark or surround questions; the example is its test.</summary>
/// <param name="Example">A text that it is for.</param>
/// <param name="Pattern">A regular expression, in which upper and lower case are the same and a dot is any character.</param>
internal sealed record AnswerRule(string Example, string Pattern)
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant;

    /// <summary>This rule alone.</summary>
    public Regex Alone => new(Pattern, Options);

    /// <summary>Any of these rules, with something before and after them.</summary>
    public static Regex Any(IEnumerable<AnswerRule> rules, string before = "", string after = "") =>
        new($"{before}(?:{string.Join('|', rules.Select(rule => rule.Pattern))}){after}", Options | RegexOptions.Compiled);
}

/// <summary>A form that a model may give its questions; the example has the question "Why A?" and the keywords "dome stalled".</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Example">An answer in this form.</param>
/// <param name="Read">The questions of an answer in this form; none where it has another.</param>
internal sealed record AnswerFraming(string Name, string Example, Func<string, List<FoundQuestion>> Read);
