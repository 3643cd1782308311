using System.Globalization;
using System.Text;
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
        using var stream = File.OpenRead(path);
        var reader = Wait(path, () => ParquetReader.CreateAsync(stream));
        try
        {
            var number = 1;
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                using var rows = reader.OpenRowGroupReader(group);
                var columns = reader.Schema.Fields.ToDictionary(field => field.Name, field => Column(path, rows, field));
                for (var row = 0; row < rows.RowCount; row++)
                    yield return new(number++, columns.ToDictionary(column => column.Key, column => column.Value[row]));
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

    private static IReadOnlyList<object?> Column(string path, ParquetRowGroupReader rows, Field field)
    {
        var count = checked((int)rows.RowCount);
        if ((field as DataField ?? (field as ListField)?.Item as DataField) is not { MaxRepetitionLevel: <= 1 } leaf)
            return [.. Enumerable.Repeat(new UnreadValue("nested values"), count)];
        return Wait(path, async () =>
        {
            using var data = await rows.ReadRawColumnDataBaseAsync(leaf);
            return Values(data) is { } values
                ? Rows(leaf, data, values, count)
                : [.. Enumerable.Repeat(new UnreadValue($"values of the type {leaf.ClrType.Name}"), count)];
        });
    }

    /// <summary>The values that are there, by their number; null for a type that no format here uses.</summary>
    private static Func<int, object?>? Values(RawColumnData data) =>
        data switch
        {
            RawColumnData<ReadOnlyMemory<char>> texts => i => texts.Values[i].ToString(),
            RawColumnData<ReadOnlyMemory<byte>> bytes => i => Encoding.UTF8.GetString(bytes.Values[i].Span), // texts without the mark of a text
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

    /// <summary>Puts values into rows and lists, by their levels (the format's, after Dremel): a definition level below the highest has no value.</summary>
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

        return rows.Count == count
            ? rows
            : throw new InvalidDataException($"the column '{leaf.Path}' has {rows.Count} rows and not {count}");
    }

    private static T Wait<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not (OutOfMemoryException or CrossEncoderException))
        {
            throw new CrossEncoderException(
                $"'{path}' cannot be read as Parquet: {error.Message.Split('\n')[0].TrimEnd('.')}. Write it again, or as .jsonl or .csv.",
                error
            );
        }
    }
}
