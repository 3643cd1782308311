using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>Questions in a Markdown table, with or without a known heading, or in lines of values under one (CSV, TSV).</summary>
internal static partial class TableAnswers
{
    public static List<FoundQuestion> Read(string answer)
    {
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var rows = lines.Where(line => line.Count(c => c == '|') >= 2 && !Rule().IsMatch(line)).Select(Cells).ToList();
        return rows.Count > 0 ? FromRows(rows) : FromValues(lines);
    }

    private static List<FoundQuestion> FromRows(List<string[]> rows)
    {
        var text = Array.FindIndex(rows[0], AnswerNames.IsText);
        var style = Array.FindIndex(rows[0], AnswerNames.IsStyleField);
        var found = new List<FoundQuestion>();
        foreach (var row in text >= 0 ? rows.Skip(1) : rows)
        {
            var named = style >= 0 && style < row.Length ? row[style] : row.FirstOrDefault(AnswerNames.IsStyle);
            var question =
                text >= 0 && text < row.Length ? row[text]
                : text >= 0 ? null
                : row.LastOrDefault(QuestionText.EndsAsQuestion)
                    ?? (named is null ? null : row.Where(cell => cell != named).MaxBy(cell => cell.Length));
            if (!string.IsNullOrEmpty(question))
                found.Add(new FoundQuestion(question, named ?? FoundQuestion.Natural));
        }
        return found;
    }

    private static List<FoundQuestion> FromValues(string[] lines)
    {
        foreach (var separator in (char[])[',', '\t', ';'])
        {
            var head = Array.FindIndex(lines, line => IsHead(line.Split(separator)));
            if (head < 0)
                continue;
            var width = lines[head].Split(separator).Length;
            var rows = lines.Skip(head).TakeWhile(line => line.Contains(separator)).Select(line => Values(line, separator, width));
            return FromRows([.. rows]);
        }
        return [];
    }

    private static bool IsHead(string[] names) =>
        names.Length is >= 2 and <= 8
        && names.All(name => name.Trim().Length is > 0 and < 30)
        && names.Any(name => AnswerNames.IsText(name.Trim()))
        && names.Any(name => AnswerNames.IsStyleField(name.Trim()) || name.Trim().ToLowerInvariant() is "id" or "#" or "no" or "number");

    /// <summary>The values of a line; a question without quotes may hold the separator where it comes last.</summary>
    private static string[] Values(string line, char separator, int width)
    {
        var values = Regex
            .Matches(line, $@"(?:^|{separator})\s*(?:""((?:[^""]|"""")*)""|([^{separator}]*))")
            .Select(value => value.Groups[1].Success ? value.Groups[1].Value.Replace("\"\"", "\"") : value.Groups[2].Value.Trim())
            .ToArray();
        return values.Length <= width ? values : [.. values[..(width - 1)], string.Join(separator + " ", values[(width - 1)..])];
    }

    private static string[] Cells(string line) =>
        [.. CellEnd().Split(line.Trim().Trim('|')).Select(cell => cell.Replace("\\|", "|").Trim())];

    [GeneratedRegex(@"^[\s|:+=-]*$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellEnd();
}
