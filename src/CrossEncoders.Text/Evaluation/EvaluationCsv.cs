using System.Globalization;
using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Evaluation;

/// <summary>
/// Appends rows to a CSV file that several processes may share and any of them may be killed at: the file is locked while a row is written,
/// and a last line that a crash left unfinished is taken away before the next. Lines end in CR LF, as Python's csv module writes them.
/// </summary>
internal static class EvaluationCsv
{
    private const int LongestHeader = 1 << 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Appends the row of an evaluation, its numbers as Python writes them, whatever the culture.</summary>
    /// <inheritdoc cref="Append(string, IReadOnlyList{string}, IReadOnlyList{string})"/>
    public static void Append(string file, IReadOnlyList<string> header, int epoch, int steps, params IEnumerable<double> metrics) =>
        Append(file, header, [In(epoch), In(steps), .. metrics.Select(PythonFloat.Repr)]);

    private static string In(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Appends one row, and the header before it where the file is new or empty.</summary>
    /// <param name="file">The file; its folder is made where it is missing.</param>
    /// <param name="header">Column names.</param>
    /// <param name="row">Values, already as text.</param>
    /// <exception cref="CrossEncoderException">
    /// The file has other columns, or is something else, and is left as it is; it cannot be written; or another process kept it locked for
    /// 20 seconds.
    /// </exception>
    public static void Append(string file, IReadOnlyList<string> header, IReadOnlyList<string> row)
    {
        try
        {
            AppendRow(file, header, row);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"'{Path.GetFullPath(file)}' cannot take a row of this evaluation: {error.Message} {DiskErrors.Remedy(error)}",
                error
            );
        }
    }

    private static void AppendRow(string file, IReadOnlyList<string> header, IReadOnlyList<string> row)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        using var stream = OpenAlone(file);
        var end = EndOfLastLine(stream);
        RequireColumns(stream, file, header, isWhole: end > 0);
        if (end < stream.Length)
            stream.SetLength(end);
        stream.Position = end;
        var text = (end == 0 ? Line(header) : "") + Line(row);
        stream.Write(Encoding.UTF8.GetBytes(text)); // in one write
        stream.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Takes away rows that a resumed training will write again, of those after the length the file had at the checkpoint, and an
    /// unfinished last line. What others wrote meanwhile stays. Does nothing where the file is absent or not longer.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="length">Its length in bytes when the checkpoint was written; 0 where it did not exist.</param>
    /// <param name="again">Whether a row with this epoch and these steps, its first two columns, will be written again.</param>
    public static void Rewind(string file, long length, Func<int, int, bool> again)
    {
        if (!File.Exists(file))
            return;
        using var stream = OpenAlone(file);
        if (stream.Length <= length)
            return;
        var tail = new byte[stream.Length - length];
        stream.Position = length;
        stream.ReadExactly(tail);
        var lines = Encoding.UTF8.GetString(tail).Split('\n')[..^1].Where(line => !IsAgain(line)).Select(line => line + '\n');
        stream.Position = length;
        stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines)));
        stream.SetLength(stream.Position);

        bool IsAgain(string line) =>
            line.Split(',', 3) is [var first, var second, _]
            && int.TryParse(first, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var epoch)
            && int.TryParse(second, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var steps)
            && again(epoch, steps);
    }

    // Rows belong under their own header. A header that a crash left unfinished is the beginning of it.
    private static void RequireColumns(FileStream stream, string file, IReadOnlyList<string> header, bool isWhole)
    {
        var start = new byte[Math.Min(stream.Length, LongestHeader)];
        stream.Position = 0;
        stream.ReadExactly(start);
        var found = Encoding.UTF8.GetString(start).TrimStart('\uFEFF').Split('\n')[0];
        var expected = Line(header);
        if (isWhole ? found.TrimEnd() == expected.TrimEnd() : expected.StartsWith(found, StringComparison.Ordinal))
            return;
        throw new CrossEncoderException(
            $"'{Path.GetFullPath(file)}' cannot take a row of this evaluation: expected the columns {expected.TrimEnd()}, "
                + $"found {Excerpt.Of(found.TrimEnd(), 200)}. "
                + "Give the evaluator another name or folder, or move the file away."
        );
    }

    private static string Line(IReadOnlyList<string> values) => string.Join(',', values.Select(Field)) + "\r\n";

    private static string Field(string value) => value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"")}\"" : value;

    private static FileStream OpenAlone(string file)
    {
        try
        {
            return FileLock.Open(file, Patience);
        }
        catch (IOException error) when (DiskErrors.IsInUse(error))
        {
            throw new CrossEncoderException(
                $"'{file}' could not be opened for a new row within {Patience.TotalSeconds:0} seconds: {error.Message} "
                    + "Close the program that has it open, or choose another output folder.",
                error
            );
        }
    }

    // Position after the last line feed; 0 where there is none.
    private static long EndOfLastLine(FileStream stream)
    {
        Span<byte> block = stackalloc byte[1024];
        for (var end = stream.Length; end > 0; )
        {
            var start = Math.Max(0, end - block.Length);
            var part = block[..(int)(end - start)];
            stream.Position = start;
            stream.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is >= 0 and var at)
                return start + at + 1;
            end = start;
        }
        return 0;
    }
}
