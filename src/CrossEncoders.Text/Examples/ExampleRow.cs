using System.Globalization;
using CrossEncoders.Documents;

namespace CrossEncoders.Examples;

/// <summary>A row of a table, read by the names in <see cref="ExampleNames"/>; it knows which of its columns were read.</summary>
internal sealed class ExampleRow(string path, TableRow row, ColumnIndex columns)
{
    private readonly HashSet<string> _read = [];

    // Where a list or an object may have become text; in what we wrote ourselves a text is a text.
    private readonly bool _isTable =
        Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv" && !columns.Names.SequenceEqual(InputExamples.TableColumns);

    public ColumnIndex Columns => columns;

    /// <summary>A name for what has none.</summary>
    public string Name => $"row-{row.Number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Columns with data that was not read; those of other kinds, such as ids, do not count.</summary>
    public IEnumerable<string> Unread =>
        row
            .Values.Where(column =>
                !_read.Contains(column.Key) && !columns.Metadata.Contains(column.Key) && IsData(column.Key, column.Value)
            )
            .Select(column => column.Key);

    public string? Find(params ReadOnlySpan<string> wanted) => columns.Find(wanted);

    /// <summary>The first of the wanted columns that is there.</summary>
    public string Column(string[] wanted) =>
        Find(wanted)
        ?? throw new CrossEncoderException(
            $"Row {row.Number} of '{path}' has the columns {string.Join(", ", columns.Names)}; "
                + $"missing is one of {string.Join(", ", wanted)}. "
                + $"Expected {ExampleColumns.Expected}."
        );

    public object? Value(string column)
    {
        _read.Add(column);
        return row.Values[column];
    }

    /// <summary>The items of a list, also of one that became text; null for any other value.</summary>
    public IReadOnlyList<object?>? Items(string column)
    {
        if (Value(column) is not string text)
            return row.Values[column] as List<object?>;
        var plural = columns.Plurals.Contains(column);
        if (!(_isTable || plural) || text.Trim() is not ['[', .., ']'])
            return null;
        if (PythonList.Parse(text) is List<object?> items)
            return items;
        return plural && _isTable ? throw Broken(column, "a list of texts in quotes, or a text that does not look like a list") : null;
    }

    /// <summary>
    /// The texts of passages, whether the column holds one or a list of them, each with its title; none where there is nothing.
    /// </summary>
    public IReadOnlyList<string> Passages(string column, string? titleColumn = null)
    {
        titleColumn ??= columns.TitleOf(column);
        var items = Items(column);
        if (items is null || (items.Count > 0 && row.Values[column] is string && items.All(item => item is double)))
            items = Value(column) is null or "" ? [] : [Value(column)];
        if (titleColumn is null || items.Count == 0)
            return [.. items.Select(item => Passage(column, item))];
        var titles = Items(titleColumn) ?? (items.Count == 1 ? [Value(titleColumn)] : null);
        if (titles?.Count != items.Count)
            throw Broken(titleColumn, $"{items.Count} titles, one for each of {column}");
        return [.. items.Select((item, i) => PassageText.Joined(titles[i] as string, Passage(column, item)))];
    }

    public string Passage(string column, object? value) =>
        value switch
        {
            TableObject passage => PassageText.Of(passage)
                ?? throw Broken(column, "a passage with a text: {\"docid\", \"title\", \"text\"}"),
            string text when _isTable && text is ['{', .., '}'] && PythonList.Parse(text) is TableObject parsed => PassageText.Of(parsed)
                ?? text,
            string text => text,
            _ => throw Broken(column, "a text"),
        };

    public string Query(string column) =>
        Value(column) is TableObject query
            ? PassageText.Of(query, ExampleNames.Queries) ?? throw Broken(column, "a text, or an object with a text")
            : Value(column) as string ?? throw Broken(column, "a text");

    public float Number(string column) => Number(column, Value(column));

    public float Number(string column, object? value) =>
        value switch
        {
            double number => (float)number,
            string text when text.Trim().ToLowerInvariant() is "true" or "yes" => 1,
            string text when text.Trim().ToLowerInvariant() is "false" or "no" => 0,
            string text when float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw Broken(column, "a number"),
        };

    /// <summary>An id; null where there is none.</summary>
    public string? Id(string column)
    {
        if (!row.Values.ContainsKey(column))
            return null;
        return Value(column) switch
        {
            null or "" => null,
            UnreadValue => throw Broken(column, "a text or a number"),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }

    public CrossEncoderException Broken(string column, string expected) =>
        new($"Row {row.Number} of '{path}' has {Shown(row.Values[column])} in the column '{column}'; expected {expected}.");

    private static bool IsData(string name, object? value) =>
        value switch
        {
            string text => text.Any(char.IsLetter),
            double => ExampleNames.IsMeasure(name),
            List<object?> list => list.Count > 0,
            null => false,
            _ => true,
        };

    private static string Shown(object? value) =>
        value switch
        {
            null => "nothing",
            UnreadValue unread => $"{unread.Kind}, which are not read from Parquet (write the table as JSON Lines, .jsonl),",
            List<object?> list => $"a list of {list.Count}",
            _ => $"'{Excerpt.Of($"{value}", 100)}'",
        };
}
