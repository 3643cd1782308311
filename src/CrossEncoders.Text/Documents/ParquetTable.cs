using System.Globalization;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace CrossEncoders.Documents;

/// <summary>Parquet files of texts, numbers and lists of them, as Python's data sets exchange them.</summary>
internal static class ParquetTable
{
    /// <summary>The rows of a file, a row group at a time.</summary>
    /// <exception cref="CrossEncoderException">The file is broken.</exception>
    public static IEnumerable<TableRow> Read(string path)
    {
        using var file = new ParquetFile(path);
        var reader = Wait(path, () => Opened(file));
        try
        {
            var number = 1;
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                var at = group;
                var (count, columns) = Wait(path, () => Group(reader, at, file));
                for (var row = 0; row < count; row++)
                    yield return new(number++, columns.ToDictionary(column => column.Name, column => column.Value(row)));
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes columns of the same length as one row group.</summary>
    public static void Write(
        Stream stream,
        IReadOnlyList<(string Name, IReadOnlyList<string?> Values)> texts,
        string numberName,
        ReadOnlyMemory<float> numbers
    )
    {
        var textFields = texts.Select(column => new DataField<string>(column.Name)).ToList();
        var numberField = new DataField<float>(numberName);
        Task.Run(async () =>
            {
                await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. textFields, numberField]), stream);
                using var group = writer.CreateRowGroup();
                for (var i = 0; i < texts.Count; i++)
                    await group.WriteAsync(textFields[i], [.. texts[i].Values.Select(value => value!)]);
                await group.WriteAsync<float>(numberField, numbers);
                group.CompleteValidate();
            })
            .GetAwaiter()
            .GetResult();
    }

    private static Task<ParquetReader> Opened(ParquetFile file)
    {
        file.CheckFooter();
        return ParquetReader.CreateAsync(file);
    }

    /// <summary>The columns of a row group, each with the value of a row.</summary>
    private static async Task<(int Count, List<(string Name, Func<int, object?> Value)> Columns)> Group(
        ParquetReader reader,
        int group,
        ParquetFile file
    )
    {
        using var rows = reader.OpenRowGroupReader(group);
        var count = checked((int)rows.RowCount);
        var columns = new List<(string Name, Func<int, object?> Value)>();
        foreach (var field in reader.Schema.Fields)
        {
            if (columns.Exists(column => column.Name == field.Name))
                throw new InvalidDataException($"it has two columns of the name '{field.Name}'");
            columns.Add((field.Name, await Column(rows, field, count, file)));
        }
        if (columns.TrueForAll(column => count > 0 && column.Value(0) is UnreadValue))
            throw new InvalidDataException($"none of its columns can be read: {string.Join(", ", columns.Select(Described))}");
        return (count, columns);

        static string Described((string Name, Func<int, object?> Value) column) =>
            $"'{column.Name}' has {(column.Value(0) as UnreadValue)?.Kind}";
    }

    private static async Task<Func<int, object?>> Column(ParquetRowGroupReader rows, Field field, int count, ParquetFile file)
    {
        if ((field as DataField ?? (field as ListField)?.Item as DataField) is not { MaxRepetitionLevel: <= 1 } leaf)
            return Unread("nested values");
        try
        {
            var metadata = rows.GetMetadata(leaf)?.MetaData ?? throw new InvalidDataException("its place in the file is missing");
            if (leaf.MaxRepetitionLevel == 0 ? metadata.NumValues != count : metadata.NumValues < count)
                throw new InvalidDataException($"it has {metadata.NumValues} values for {count} rows");
            if (file.CheckPages(metadata) && leaf.MaxRepetitionLevel == 1)
                return Unread("lists in data pages of version 2; write them in version 1.0");
            using var data = await rows.ReadRawColumnDataBaseAsync(leaf);
            if (Values(data) is not { } values)
                return Unread($"values of the type {leaf.ClrType.Name}");
            var read = Rows(leaf, data, values, count);
            return row => read[row];
        }
        catch (Exception error)
        {
            throw new InvalidDataException(
                $"the column '{field.Name}' cannot be read ({error.Message.Split('\n')[0].TrimEnd('.')})",
                error
            );
        }
    }

    private static Func<int, object?> Unread(string kind)
    {
        var value = new UnreadValue(kind);
        return _ => value;
    }

    /// <summary>The values that are there, by their number; null for a type that no format here uses.</summary>
    private static Func<int, object?>? Values(RawColumnData data) =>
        data switch
        {
            RawColumnData<ReadOnlyMemory<char>> texts => i => texts.Values[i].ToString(),
            // Texts without the mark of a text.
            RawColumnData<ReadOnlyMemory<byte>> bytes => i => System.Text.Encoding.UTF8.GetString(bytes.Values[i].Span),
            RawColumnData<Guid> ids => i => ids.Values[i].ToString(),
            RawColumnData<bool> flags => i => flags.Values[i] ? 1.0 : 0.0,
            RawColumnData<float> numbers => i => (double)numbers.Values[i],
            RawColumnData<double> numbers => i => numbers.Values[i],
            RawColumnData<sbyte> numbers => i => (double)numbers.Values[i],
            RawColumnData<byte> numbers => i => (double)numbers.Values[i],
            RawColumnData<short> numbers => i => (double)numbers.Values[i],
            RawColumnData<ushort> numbers => i => (double)numbers.Values[i],
            RawColumnData<int> numbers => i => (double)numbers.Values[i],
            RawColumnData<uint> numbers => i => (double)numbers.Values[i],
            RawColumnData<long> numbers => i => (double)numbers.Values[i],
            RawColumnData<ulong> numbers => i => (double)numbers.Values[i],
            RawColumnData<decimal> numbers => i => (double)numbers.Values[i],
            RawColumnData<BigDecimal> numbers => i => double.Parse(numbers.Values[i].ToString(), CultureInfo.InvariantCulture),
            _ => null,
        };

    /// <summary>
    /// Puts values into rows and lists, by their levels (the format's, after Dremel): a definition level below the highest has no value.
    /// </summary>
    private static List<object?> Rows(DataField leaf, RawColumnData data, Func<int, object?> values, int count)
    {
        var highest = leaf.MaxDefinitionLevel;
        var element = Math.Max(1, leaf.IsNullable ? highest - 1 : highest);
        var rows = new List<object?>(count);
        var list = new List<object?>();
        for (int i = 0, present = 0; i < (highest == 0 ? count : data.DefinitionLevels.Length); i++)
        {
            var level = highest == 0 ? 0 : data.DefinitionLevels[i];
            var value = level == highest ? values(present++) : null;
            if (leaf.MaxRepetitionLevel == 0)
            {
                rows.Add(value);
                continue;
            }

            if (data.RepetitionLevels[i] == 0)
                rows.Add(level == 0 ? null : list = []);
            if (level >= element)
                list.Add(value);
        }

        return rows.Count == count ? rows : throw new InvalidDataException($"it has {rows.Count} rows and not {count}");
    }

    private static T Wait<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not CrossEncoderException)
        {
            throw new CrossEncoderException(
                $"'{path}' cannot be read as Parquet: {error.Message.Split('\n')[0].TrimEnd('.')}. Write it again, or as .jsonl or .csv.",
                error
            );
        }
    }
}
