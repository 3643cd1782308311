using System.Text;
using CrossEncoders.Datasets;

namespace CrossEncoders.Evaluation;

/// <summary>A CSV file (RFC 4180) that goes through a spreadsheet and back: with commas, semicolons or tabs, as the spreadsheet leaves it.</summary>
internal static class GradeSheet
{
    /// <summary>Writes the pairs with an empty grade. The mark at the start of the file makes spreadsheets read it as UTF-8.</summary>
    public static void Write(string path, IEnumerable<SpotPair> pairs) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(true), leaveOpen: true) { NewLine = "\r\n" };
        writer.WriteLine("id,grade,question,passage");
        foreach (var pair in pairs) writer.WriteLine($"{pair.Id},,{Cell(pair.Question)},{Cell(pair.Passage)}");
    });

    /// <summary>The grades by id; empty text where there is none.</summary>
    public static Dictionary<string, string> Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException($"The sheet '{Path.GetFullPath(path)}' cannot be read: {e.Message} Save it first, and close the program that holds it.", e);
        }
        var head = text.Split('\n')[0];
        var rows = Rows(text, head.Contains(',') ? ',' : head.Contains(';') ? ';' : '\t');
        var names = rows.Count == 0 ? [] : rows[0].ConvertAll(name => name.Trim().ToLowerInvariant());
        var (id, grade) = (names.IndexOf("id"), names.IndexOf("grade"));
        if (id < 0 || grade < 0)
            throw new CrossEncoderException($"The sheet '{Path.GetFullPath(path)}' has to have the columns id and grade; found: {head.Trim()}.");
        return rows.Skip(1).Where(row => row.Count > Math.Max(id, grade) && row[id].Trim().Length > 0)
            .GroupBy(row => row[id].Trim()).ToDictionary(group => group.Key, group => group.Last()[grade]);
    }

    // A spreadsheet would compute a cell that starts like a formula; an apostrophe makes it text.
    private static string Cell(string text) => $"\"{(text.Length > 0 && "=+-@\t\r".Contains(text[0]) ? "'" : "")}{text.Replace("\"", "\"\"")}\"";

    private static List<List<string>> Rows(string text, char separator)
    {
        var (rows, row, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (quoted || (c != separator && c is not ('\r' or '\n'))) cell.Append(c);
            else if (c == separator) EndCell();
            else if (c == '\n') EndRow();
        }
        if (cell.Length > 0 || row.Count > 0) EndRow();
        return rows;

        void EndCell()
        {
            row.Add(cell.ToString());
            cell.Clear();
        }

        void EndRow()
        {
            EndCell();
            rows.Add(row);
            row = [];
        }
    }
}
