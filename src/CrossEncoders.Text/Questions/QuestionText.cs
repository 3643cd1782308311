using System.Net;
using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>A question's own text: without the marks around it, and told apart from what a model says to its user.</summary>
internal static partial class QuestionText
{
    /// <summary>No text has more quotes and emphasis nested around it.</summary>
    private const int MostLayers = 4;

    private static readonly (string Open, string Close)[] Quotes =
    [
        ("\"", "\""),
        ("“", "”"),
        ("'", "'"),
        ("「", "」"),
        ("『", "』"),
        ("`", "`"),
    ];

    /// <summary>
    /// Without quotes and emphasis around the whole, its blanks single, the escapes of a page undone. Marks inside stay: "What does
    /// __init__ do?", "What is **x** here?".
    /// </summary>
    public static string Clean(string text)
    {
        text = text.Trim();
        for (var i = 0; i < 2 && text.Contains('&'); i++)
            text = WebUtility.HtmlDecode(text);
        text = White().Replace(text, " ").Trim();
        for (var layer = 0; layer < MostLayers; layer++)
        {
            var before = text;
            foreach (var (open, close) in Quotes)
                if (text.Length > 1 && text.StartsWith(open, StringComparison.Ordinal) && text.EndsWith(close, StringComparison.Ordinal))
                    text = WithoutQuotes(text, open, close);
            text = WithoutEmphasis(text);
            if (before == text)
                break;
        }
        return text;
    }

    /// <summary>Whether a text is what a model says around its questions: "Here are two questions:", "Sure!", "以下是…".</summary>
    public static bool IsChatter(string text)
    {
        var plain = text.Replace("**", "");
        return plain.Length == 0 || plain[^1] is ':' or '：' || Chatter.Pattern.IsMatch(plain);
    }

    /// <summary>Whether a text ends with a question mark, but for quotes and emphasis.</summary>
    public static bool EndsAsQuestion(string text) => text.TrimEnd(' ', '"', '”', '*', '_') is [.., '?' or '？'];

    /// <summary>Without the quotes around it, unless they are those of its parts: “red lamp” and “green lamp”.</summary>
    private static string WithoutQuotes(string text, string open, string close)
    {
        var inner = text[1..^1].Trim();
        var isWhole = EndsAsQuestion(inner) || !(inner.Contains(open) || inner.Contains(close));
        return isWhole ? inner : text;
    }

    private static string WithoutEmphasis(string text)
    {
        foreach (var mark in (string[])["**", "__", "*", "_"])
        {
            if (text.Length <= 2 * mark.Length || !text.EndsWith(mark, StringComparison.Ordinal))
                continue;
            var inner = text[..^mark.Length];
            // The end of an emphasis whose start went with a list's mark: "**1. Why A?**".
            if (mark == "**" && !inner.Contains(mark, StringComparison.Ordinal))
                return inner.Trim();
            if (!inner.StartsWith(mark, StringComparison.Ordinal))
                continue;
            inner = inner[mark.Length..];
            // "__init__" is a name.
            if (!inner.Contains(mark, StringComparison.Ordinal) && (mark[0] == '*' || inner.Contains(' ') || EndsAsQuestion(inner)))
                return inner.Trim();
        }
        return text;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();
}
