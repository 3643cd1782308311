using System.Text;
using System.Text.Json;
using CrossEncoders.Files;
using CsvHelper;

namespace CrossEncoders.Documents;

/// <summary>A row of a table in a file.</summary>
/// <param name="Number">Its number in the file, from 1; of a CSV or JSON Lines file the line.</param>
/// <param name="Values">
/// Its values by column: a text, a number (double) or <see cref="WrittenValue"/>, a <see cref="TableObject"/>, a list of those, an
/// <see cref="UnreadValue"/>, or null.
/// </param>
internal sealed record TableRow(int Number, IReadOnlyDictionary<string, object?> Values);

/// <summary>An object in a row, such as a passage with its title.</summary>
/// <param name="Values">Its values by name.</param>
/// <param name="Raw">The object as it is written.</param>
internal sealed record TableObject(IReadOnlyDictionary<string, object?> Values, string Raw)
{
    /// <summary>The object as it is written.</summary>
    public override string ToString() => Raw;
}

/// <summary>A number, true or false of a JSON file as it is written: an id may have more digits than a double.</summary>
/// <param name="Raw">How it is written.</param>
internal sealed record WrittenValue(string Raw)
{
    /// <summary>How it is written.</summary>
    public override string ToString() => Raw;
}

/// <summary>A value of a Parquet file that cannot be read, which matters only where its column is used.</summary>
/// <param name="Kind">What it is.</param>
internal sealed record UnreadValue(string Kind);

/// <summary>
/// Reads tables: .csv and .tsv with a line of column names, .jsonl with one object a line, .json also with a list of them, .parquet.
/// </summary>
internal static class TableRows
{
    /// <summary>The extensions that can be read, with their dot.</summary>
    public static readonly string[] Extensions = [".jsonl", ".csv", ".tsv", ".parquet"];

    private const int MaxRecord = 64 << 20;

    /// <summary>The rows of a file, one after the other.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isHeader">
    /// Whether the first three fields of a .tsv are names of columns; otherwise they are MS MARCO's query, positive and negative, whose
    /// files come without a line of names. Null where there is always such a line.
    /// </param>
    /// <exception cref="CrossEncoderException">
    /// The file is missing, cannot be opened, is of another kind, or broken; the message names the line.
    /// </exception>
    public static IEnumerable<TableRow> Read(string path, Func<IReadOnlyList<string>, bool>? isHeader = null)
    {
        var full = ReadableFile.At(path, $"Expected a table as {string.Join(", ", Extensions)}.");
        return Path.GetExtension(full).ToLowerInvariant() switch
        {
            ".json" when IsList(full) => Items(full),
            ".jsonl" or ".json" => Lines(full, new StreamReader(full, new UTF8Encoding(false, true))),
            ".csv" => Columns(full, ',', new StreamReader(full, new UTF8Encoding(false, true))),
            ".tsv" => Columns(full, '\t', new StreamReader(full, new UTF8Encoding(false, true)), isHeader),
            ".parquet" => ParquetTable.Read(full),
            var other => throw new CrossEncoderException(
                $"'{full}' is not a table that can be read: its name ends in '{other}'; expected {string.Join(", ", Extensions)}."
            ),
        };
    }

    /// <summary>The rows of a text that was read already; numbers of JSON are <see cref="WrittenValue"/>s.</summary>
    public static IEnumerable<TableRow> Parse(string path, string text) =>
        path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            ? Columns(path, ',', new StringReader(text))
            : Lines(path, new StringReader(text), asWritten: true);

    private static IEnumerable<TableRow> Lines(string path, TextReader source, bool asWritten = false)
    {
        using var reader = source;
        for (var number = 1; Guarded(path, number, reader.ReadLine) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            using var json = Guarded(path, number, () => JsonDocument.Parse(line));
            yield return Row(path, number, json.RootElement, "Line", asWritten);
        }
    }

    /// <summary>Whether a file is one list, as DPR's are, and not an object a line.</summary>
    private static bool IsList(string path)
    {
        using var reader = new StreamReader(path);
        while (char.IsWhiteSpace((char)reader.Peek()))
            reader.Read();
        return reader.Peek() == '[';
    }

    private static IEnumerable<TableRow> Items(string path)
    {
        using var stream = File.OpenRead(path);
        using var items = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream).ToBlockingEnumerable().GetEnumerator();
        for (var number = 1; Guarded(path, number, items.MoveNext, "Item"); number++)
            yield return Row(path, number, items.Current, "Item");
    }

    private static TableRow Row(string path, int number, JsonElement json, string unit, bool asWritten = false) =>
        json.ValueKind == JsonValueKind.Object
            ? new(number, Guarded(path, number, () => Values(json, asWritten), unit))
            : throw new CrossEncoderException(
                $"{unit} {number} of '{path}' is a JSON {json.ValueKind}; expected an object, {{\"query\": …}}."
            );

    private static Dictionary<string, object?> Values(JsonElement json, bool asWritten = false)
    {
        var values = new Dictionary<string, object?>();
        foreach (var property in json.EnumerateObject())
            values[property.Name] =
                asWritten && property.Value.ValueKind is (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                    ? new WrittenValue(property.Value.GetRawText())
                    : Value(property.Value);
        return values;
    }

    private static object? Value(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => json.GetString(),
            JsonValueKind.Number => json.GetDouble(),
            JsonValueKind.True => 1.0,
            JsonValueKind.False => 0.0,
            JsonValueKind.Array => json.EnumerateArray().Select(Value).ToList(),
            JsonValueKind.Object => new TableObject(Values(json), json.GetRawText()),
            _ => null,
        };

    private static IEnumerable<TableRow> Columns(
        string path,
        char separator,
        TextReader source,
        Func<IReadOnlyList<string>, bool>? isHeader = null
    )
    {
        using var reader = source;
        using var csv = CsvReader.Create(
            reader,
            new CsvReaderOptions
            {
                Separator = separator,
                Mode = separator == '\t' ? CsvMode.NoEscape : CsvMode.Rfc4180, // in MS MARCO's files a quote is a character like any other
                HasHeader = false,
                SkipEmptyLines = true,
                MaxRecordSize = MaxRecord,
                TrackLineNumbers = true,
            },
            leaveOpen: true
        );
        string[]? names = null;
        while (Guarded(path, (int)csv.LineNumber, csv.Read))
        {
            var number = (int)csv.LineNumber;
            string[] fields = [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];
            if (names is null)
            {
                names = [.. fields.Select(field => field.Trim().TrimStart('\uFEFF'))];
                if (names.Length != 3 || isHeader is null || isHeader(names))
                    continue;
                names = ["query", "positive", "negative"];
            }

            if (fields.Length != names.Length)
                throw new CrossEncoderException(
                    $"Line {number} of '{path}' has {fields.Length} fields; expected {names.Length}: {string.Join(", ", names)}. "
                        + "A field with a comma or a line break has to stand in quotes."
                );
            yield return new(
                number,
                names.Zip(fields).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => (object?)pair.Second)
            );
        }
    }

    private static T Guarded<T>(string path, int number, Func<T> read, string unit = "Line")
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException error)
        {
            throw new CrossEncoderException($"'{path}' is not UTF-8 at about line {number}. Save it as UTF-8.", error);
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair ("\ud83d", cut off there): the parser lets it pass, but the text cannot be read.
            throw new CrossEncoderException($"{unit} {number} of '{path}' holds half a character. Correct or remove it.", error);
        }
        catch (Exception error) when (error is JsonException or CsvFormatException or CsvValidationException or IOException)
        {
            throw new CrossEncoderException(
                $"{unit} {number} of '{path}' cannot be read: {error.Message.Split('\n')[0].TrimEnd('\r', '.')}. Correct or remove it.",
                error
            );
        }
    }
}
