using System.Globalization;
using CrossEncoders.Documents;
using CrossEncoders.Files;

namespace CrossEncoders.Evaluation;

/// <summary>Relevance judgments: question → passage → grade, in the forms of TREC, MS MARCO and BEIR.</summary>
internal static class Judgments
{
    private const string Question = "query-id";
    private const string Passage = "corpus-id";

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
    /// <exception cref="CrossEncoderException">It is empty, no text, or a number too large to be read exactly.</exception>
    public static string Id(object? value, string file, int line) =>
        value switch
        {
            string text when !string.IsNullOrWhiteSpace(text) => text,
            double number when Math.Abs(number) < 1L << 53 => number.ToString("0.###############", CultureInfo.InvariantCulture),
            _ => throw new CrossEncoderException(
                $"Line {line} of '{file}' has the id '{Excerpt.Of($"{value}", 40)}'; expected a text that is not empty, or a number "
                    + "below 2^53, since larger ones are not read exactly: write them as texts."
            ),
        };

    /// <summary>Whether a line of a file of TREC says nothing: empty, or a comment, which trec_eval leaves out from 10.0 on.</summary>
    public static bool IsNone(string line) => string.IsNullOrWhiteSpace(line) || line[0] == '#';

    private static IEnumerable<(int Line, string Question, string Passage, int Grade)> Rows(string file)
    {
        var extension = Path.GetExtension(file).ToLowerInvariant();
        if (extension is ".parquet" or ".jsonl")
            return TableRows.Read(file).Select(row => Row(file, row));
        file = ReadableFile.At(file, "Expected relevance judgments (qrels).");
        // BEIR's heading says that tabs part the columns, so that ids may have blanks.
        if (extension == ".tsv" && File.ReadLines(file).FirstOrDefault()?.Split('\t') is { } names && names.Contains(Passage))
            return TableRows.Read(file).Select(row => Row(file, row));
        return File.ReadLines(file)
            .Select((line, i) => (Number: i + 1, Line: line))
            .Where(line => !IsNone(line.Line))
            .Select(line => (line.Number, Cells: line.Line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            .Where(line => !(line.Number == 1 && IsHeading(line.Cells)))
            .Select(line => Row(file, line.Number, line.Cells));
    }

    private static bool IsHeading(string[] cells) =>
        cells[0].StartsWith("query", StringComparison.OrdinalIgnoreCase)
        && !double.TryParse(cells[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static (int Line, string Question, string Passage, int Grade) Row(string file, TableRow row)
    {
        if (!row.Values.TryGetValue(Question, out var question) || !row.Values.TryGetValue(Passage, out var passage))
            throw new CrossEncoderException(
                $"'{file}' has no columns {Question} and {Passage}, but {string.Join(", ", row.Values.Keys)}. Rename them."
            );
        return (
            row.Number,
            Id(question, file, row.Number),
            Id(passage, file, row.Number),
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
