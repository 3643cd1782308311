using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>
/// Questions in what looks like JSON: broken off, with single or no quotes (Python, JavaScript, YAML in one line), or several objects
/// without a list around them. The parts of it that are whole count.
/// </summary>
internal static partial class LooseAnswers
{
    public static List<FoundQuestion> Read(string answer)
    {
        var found = new List<FoundQuestion>();
        var start = answer.IndexOfAny(['{', '[']);
        if (start < 0)
            return found;
        foreach (Match item in Object().Matches(answer, start))
        {
            var values = Pair()
                .Matches(item.Value)
                .Select(pair => KeyValuePair.Create(pair.Groups["name"].Value, Unquote(pair.Groups["value"].Value)))
                .ToList();
            if (AnswerNames.Of(values) is ({ } text, var style))
                found.Add(new FoundQuestion(text, style ?? FoundQuestion.Natural));
        }
        if (found.Count == 0 && answer.AsSpan(start).TrimStart("{[ \n\r\t") is ['"' or '\'', ..])
            found.AddRange(
                Text()
                    .Matches(answer, start)
                    .Select(text => Unquote(text.Value))
                    .Where(QuestionText.EndsAsQuestion)
                    .Select(text => new FoundQuestion(text, FoundQuestion.Natural))
            );
        return found;
    }

    /// <summary>A value without its quotes and their escapes.</summary>
    public static string Unquote(string value)
    {
        value = value.Trim();
        if (value.Length < 2)
            return value;
        var inner = value[1..^1];
        return (value[0], value[^1]) switch
        {
            ('"', '"') => Unescape(inner),
            ('\'', '\'') => inner.Replace("\\'", "'").Replace("''", "'"),
            ('“', '”') => inner,
            _ => value,
        };
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

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Object();

    [GeneratedRegex(
        @"(?<=[{,\n]\s*)[""'“]?(?<name>[\p{L}_][\p{L}\d_ -]{0,29}?)[""'”]?\s*[:：]\s*(?<value>"
            + @"""(?:[^""\\]|\\.)*""|'(?:[^'\\]|\\.|''|'(?=\w))*'|“[^”]*”|"
            + @"[^\s""'“{}\[\],][^{}\n]*?(?=\s*(?:,\s*[""']?[\p{L}_][\p{L}\d_]{0,29}[""']?\s*[:：]|,?\s*[}\n])))"
    )]
    private static partial Regex Pair();

    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""|(?<=[\[,]\s*)'(?:[^'\\]|\\.|'(?=\w))*'(?=\s*[,\]]|\s*$)")]
    private static partial Regex Text();
}
