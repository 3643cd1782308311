using Parquet;
using Parquet.Schema;

namespace CrossEncoders.Datasets.Formats;

/// <summary>Parquet files of flat columns: texts and numbers, as Python's data sets exchange them.</summary>
internal static class ParquetTable
{
    /// <summary>The rows of a file, a row group at a time.</summary>
    /// <exception cref="CrossEncoderException">The file is broken, or a column is nested.</exception>
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
                var columns = reader.Schema.GetDataFields().ToDictionary(field => field.Path.ToString(), field => Column(path, rows, field));
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
    public static void Write(Stream stream, IReadOnlyList<(string Name, IReadOnlyList<string?> Values)> texts, string numberName, ReadOnlyMemory<float> numbers)
    {
        var textFields = texts.Select(column => new DataField<string>(column.Name)).ToList();
        var numberField = new DataField<float>(numberName);
        Task.Run(async () =>
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. textFields, numberField]), stream);
            using var group = writer.CreateRowGroup();
            for (var i = 0; i < texts.Count; i++) await group.WriteAsync(textFields[i], [.. texts[i].Values.Select(value => value!)]);
            await group.WriteAsync<float>(numberField, numbers);
            group.CompleteValidate();
        }).GetAwaiter().GetResult();
    }

    private static object?[] Column(string path, ParquetRowGroupReader rows, DataField field)
    {
        if (field.MaxRepetitionLevel > 0)
            throw new CrossEncoderException($"The column '{field.Path}' of '{path}' holds lists, which are not read from Parquet. Write the table as JSON Lines (.jsonl), or without that column.");
        var count = checked((int)rows.RowCount);
        if (field.ClrType == typeof(ReadOnlyMemory<char>) || field.ClrType == typeof(string))
        {
            var texts = new string?[count];
            Wait(path, () => Done(rows.ReadAsync(field, texts.AsMemory())));
            return texts;
        }

        if (field.ClrType == typeof(float)) return Numbers<float>(path, rows, field, count, value => value);
        if (field.ClrType == typeof(double)) return Numbers<double>(path, rows, field, count, value => value);
        if (field.ClrType == typeof(int)) return Numbers<int>(path, rows, field, count, value => value);
        if (field.ClrType == typeof(long)) return Numbers<long>(path, rows, field, count, value => value);
        if (field.ClrType == typeof(bool)) return Numbers<bool>(path, rows, field, count, value => value ? 1 : 0);
        return new object?[count]; // a type that no format here uses
    }

    private static object?[] Numbers<T>(string path, ParquetRowGroupReader rows, DataField field, int count, Func<T, double> convert)
        where T : unmanaged
    {
        var values = new T?[count];
        Wait(path, () => Done(rows.ReadAsync(field, values.AsMemory())));
        return [.. values.Select(value => value is { } present ? (object?)convert(present) : null)];
    }

    private static async Task<bool> Done(ValueTask task)
    {
        await task;
        return true;
    }

    private static T Wait<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not (OutOfMemoryException or CrossEncoderException))
        {
            throw new CrossEncoderException($"'{path}' cannot be read as Parquet: {error.Message.Split('\n')[0].TrimEnd('.')}. Write it again, or as .jsonl or .csv.", error);
        }
    }
}
