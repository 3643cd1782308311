using System.Globalization;
using System.Text.RegularExpressions;

namespace CrossEncoders.Retrieval;

/// <summary>Reads the order that a language model gives to numbered passages, whatever words it puts around it.</summary>
/// <remarks>
/// As RankGPT repairs answers (Sun et al. 2023): numbers that are out of range or come again are passed over, and passages that are not
/// named follow in their old order, so that none is lost and none comes twice.
/// </remarks>
internal static partial class Permutation
{
    /// <summary>The passages from 0, best first, each once; null where the answer names none of them.</summary>
    /// <param name="answer">What the model said, for example "[2] > [1] > [3]".</param>
    /// <param name="count">The number of passages.</param>
    public static int[]? Parse(string answer, int count)
    {
        var text = Thinking().Replace(string.Concat(answer.Select(Narrow)), "");
        if (Chain().Matches(text) is [.., var last])
            text = last.Value; // reasons come before the order
        else if (ListItem().Count(text) > 1)
            text = ListItem().Replace(text, ""); // "1. [3]": the place, not the passage
        var named = Numbers(Bracketed().Matches(text), count);
        if (named.Count == 0)
            named = Numbers(Number().Matches(text), count);
        return named.Count == 0 ? null : [.. named, .. Enumerable.Range(0, count).Except(named)];
    }

    /// <summary>The sign of ASCII that a wide one stands for.</summary>
    private static char Narrow(char sign) =>
        sign switch
        {
            >= '！' and <= '～' => (char)(sign - '！' + '!'),
            '【' => '[',
            '】' => ']',
            _ => sign,
        };

    private static List<int> Numbers(MatchCollection matches, int count) =>
        [
            .. matches
                .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1)
                .Where(number => number >= 0 && number < count)
                .Distinct(),
        ];

    [GeneratedRegex(@"<think(?:ing)?>.*?</think(?:ing)?>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Thinking();

    [GeneratedRegex(@"\[?\s*[0-9]{1,4}\s*\]?(?:\s*>\s*\[?\s*[0-9]{1,4}\s*\]?)+")]
    private static partial Regex Chain();

    [GeneratedRegex(@"^[ \t]*[0-9]{1,4}[ \t]*[.):][ \t]+(?=.*[0-9])", RegexOptions.Multiline)]
    private static partial Regex ListItem();

    [GeneratedRegex(@"\[\s*([0-9]{1,4})\s*\]")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"(?<![0-9])([0-9]{1,4})(?![0-9])")]
    private static partial Regex Number();
}
