using System.Globalization;
using CrossEncoders.Documents;

namespace CrossEncoders.Evaluation;

/// <summary>Relevance judgments: question → passage → grade, in the forms of TREC, MS MARCO and BEIR.</summary>
internal static class Judgments
{
    /// <summary>The judgments of files together.</summary>
    /// <exception cref="CrossEncoderException">
    /// A line is not one, or a passage has two grades for a question.
    /// </exception>
    public static Dictionary<string, IReadOnlyDictionary<string, int>> Read(IReadOnlyList<string> files)
    {
        var all = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var file in files)
        foreach (var (line, question, passage, grade) in Rows(file))
        {
            if (!all.TryGetValue(question, out var grades))
                all[question] = grades = new(StringComparer.Ordinal);
            if (!grades.TryAdd(passage, grade) && grades[passage] != grade)
                throw new CrossEncoderException(
                    $"Line {line} of '{file}' gives passage '{passage}' the grade {grade} for question '{question}', an earlier line "
                        + $"{grades[passage]}. Keep one."
                );
        }

        return all.ToDictionary(pair => pair.Key, pair => (IReadOnlyDictionary<string, int>)pair.Value, StringComparer.Ordinal);
    }

    /// <summary>An id, which some files give as a number.</summary>
    public static string Id(object? value) => value is double number ? number.ToString("R", CultureInfo.InvariantCulture) : $"{value}";

    private static IEnumerable<(int Line, string Question, string Passage, int Grade)> Rows(string file)
    {
        if (Path.GetExtension(file).ToLowerInvariant() is ".parquet" or ".jsonl")
            return TableRows.Read(file).Select(row => Row(file, row));
        if (!File.Exists(file))
            throw new CrossEncoderException($"There is no file '{Path.GetFullPath(file)}'. Expected relevance judgments (qrels).");
        return File.ReadLines(file)
            .Select((line, i) => (Number: i + 1, Cells: line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            .Where(line => line.Cells.Length > 0 && !(line.Number == 1 && line.Cells[0].StartsWith("query", StringComparison.Ordinal)))
            .Select(line => Row(file, line.Number, line.Cells));
    }

    private static (int Line, string Question, string Passage, int Grade) Row(string file, TableRow row)
    {
        if (!row.Values.TryGetValue("query-id", out var question) || !row.Values.TryGetValue("corpus-id", out var passage))
            throw new CrossEncoderException(
                $"'{file}' has no columns query-id and corpus-id, but {string.Join(", ", row.Values.Keys)}. Rename them."
            );
        return (
            row.Number,
            Id(question),
            Id(passage),
            row.Values.TryGetValue("score", out var score) ? Grade(file, row.Number, $"{score}") : 1
        );
    }

    private static (int Line, string Question, string Passage, int Grade) Row(string file, int number, string[] cells) =>
        cells.Length is 3 or 4
            ? (number, cells[0], cells[^2], Grade(file, number, cells[^1]))
            : throw new CrossEncoderException(
                $"Line {number} of '{file}' has {cells.Length} columns; expected question, 0, passage, grade (TREC, MS MARCO) or question, "
                    + "passage, grade (BEIR)."
            );

    private static int Grade(string file, int number, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var grade)
        && grade == Math.Round(grade)
        && Math.Abs(grade) < 1000
            ? (int)grade
            : throw new CrossEncoderException(
                $"Line {number} of '{file}' has the grade '{text}'; expected a whole number, 1 or more where the passage is relevant."
            );
}
