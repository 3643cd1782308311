using System.Text;
using CrossEncoders.Files;
using CsvHelper;

namespace CrossEncoders.Evaluation;

/// <summary>
/// A CSV file (RFC 4180) that goes through a spreadsheet and back: with commas, semicolons or tabs, as the spreadsheet leaves it.
/// </summary>
internal static class GradeSheet
{
    /// <summary>Writes the pairs with an empty grade. The mark at the start of the file makes spreadsheets read it as UTF-8.</summary>
    public static void Write(string path, IEnumerable<SpotPair> pairs) => AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(true), leaveOpen: true) { NewLine = "\r\n" };
            writer.WriteLine("id,grade,question,passage");
            foreach (var pair in pairs)
                writer.WriteLine($"{pair.Id},,{Cell(pair.Question)},{Cell(pair.Passage)}");
        });

    /// <summary>The grades by id; empty text where there is none.</summary>
    public static Dictionary<string, string> Read(string path)
    {
        string head;
        List<List<string>> rows;
        try
        {
            var text = File.ReadAllText(path);
            head = text.Split('\n')[0].Trim();
            rows = Rows(
                text,
                head.Contains(',') ? ','
                    : head.Contains(';') ? ';'
                    : '\t'
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CsvFormatException or CsvValidationException)
        {
            throw new CrossEncoderException(
                $"The sheet '{Path.GetFullPath(path)}' cannot be read: "
                    + $"{error.Message} Save it first as CSV, and close the program that holds it.",
                error
            );
        }
        var names = rows.Count == 0 ? [] : rows[0].ConvertAll(name => name.Trim().ToLowerInvariant());
        var (id, grade) = (names.IndexOf("id"), names.IndexOf("grade"));
        if (id < 0 || grade < 0)
            throw new CrossEncoderException($"The sheet '{Path.GetFullPath(path)}' has to have the columns id and grade; found: {head}.");
        return rows.Skip(1)
            .Where(row => row.Count > Math.Max(id, grade) && row[id].Trim().Length > 0)
            .GroupBy(row => row[id].Trim())
            .ToDictionary(group => group.Key, group => group.Last()[grade]);
    }

    // A spreadsheet would compute a cell that starts like a formula; an apostrophe makes it text.
    private static string Cell(string text) =>
        $"\"{(text.Length > 0 && "=+-@\t\r".Contains(text[0]) ? "'" : "")}{text.Replace("\"", "\"\"")}\"";

    private static List<List<string>> Rows(string text, char separator)
    {
        using var csv = CsvReader.Create(
            new StringReader(text),
            new CsvReaderOptions
            {
                Separator = separator,
                HasHeader = false,
                SkipEmptyLines = true,
            }
        );
        var rows = new List<List<string>>();
        while (csv.Read())
            rows.Add([.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)]);
        return rows;
    }
}
