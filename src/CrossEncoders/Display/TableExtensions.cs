using System.Reflection;
using Microsoft.Data.Analysis;

namespace CrossEncoders.Display;

/// <summary>Lists and data frames as tables, and lists as data frames.</summary>
public static class TableExtensions
{
    /// <summary>Rows shown unless told otherwise.</summary>
    public const int DefaultRows = 20;

    /// <summary>The first rows as a table of the given columns, or of the public scalar properties where none are given.</summary>
    public static Table ToTable<T>(this IEnumerable<T> items, params (string Name, Func<T, object?> Value)[] columns) =>
        ToTable(items, DefaultRows, columns);

    /// <summary>The first <paramref name="maxRows"/> rows as a table of the given columns, or of the public scalar properties.</summary>
    public static Table ToTable<T>(this IEnumerable<T> items, int maxRows, params (string Name, Func<T, object?> Value)[] columns)
    {
        if (columns.Length == 0)
            columns = ScalarColumns<T>();
        var all = items as IReadOnlyCollection<T> ?? items.ToArray();
        var rows = all.Take(maxRows).Select(item => (IReadOnlyList<object?>)[.. columns.Select(column => column.Value(item))]).ToArray();
        return new Table([.. columns.Select(column => column.Name)], rows, totalRows: all.Count);
    }

    /// <summary>The first rows of a data frame as a table.</summary>
    /// <remarks>
    /// The number is not optional: <c>ToTable()</c> without one is the data frame's own, which makes a <c>DataTable</c>. A notebook
    /// shows that the same way, as it does a data frame itself.
    /// </remarks>
    public static Table ToTable(this DataFrame frame, int maxRows) =>
        new(
            [.. frame.Columns.Select(column => column.Name)],
            [
                .. Enumerable
                    .Range(0, (int)Math.Min(frame.Rows.Count, maxRows))
                    .Select(row => (IReadOnlyList<object?>)[.. frame.Columns.Select(column => column[row])]),
            ],
            totalRows: frame.Rows.Count
        );

    /// <summary>
    /// A data frame with a column for every public scalar property: numbers, texts, truth values and times; enums become text.
    /// </summary>
    public static DataFrame ToDataFrame<T>(this IEnumerable<T> items)
    {
        var properties = ScalarProperties<T>();
        if (properties.Length == 0)
            throw new CrossEncoderException(
                $"A data frame needs a type with public scalar properties; {typeof(T).Name} has none. "
                    + "Select into a record or anonymous type first."
            );
        var rows = items.Select(item => (IList<object>)[.. properties.Select(property => FrameValue(property.GetValue(item))!)]);
        return DataFrame.LoadFrom(rows, [.. properties.Select(property => (property.Name, FrameType(property.PropertyType)))]);
    }

    private static (string, Func<T, object?>)[] ScalarColumns<T>()
    {
        var properties = IsScalar(typeof(T)) ? [] : ScalarProperties<T>();
        return properties.Length == 0
            ? [("value", item => item)]
            : [.. properties.Select(property => (property.Name, (Func<T, object?>)(item => property.GetValue(item))))];
    }

    private static PropertyInfo[] ScalarProperties<T>() =>
        [
            .. typeof(T)
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanRead && property.GetIndexParameters().Length == 0 && IsScalar(property.PropertyType)),
        ];

    private static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive
            || type.IsEnum
            || type == typeof(string)
            || type == typeof(decimal)
            || type == typeof(DateTime)
            || type == typeof(DateTimeOffset)
            || type == typeof(TimeSpan)
            || type == typeof(Guid);
    }

    private static Type FrameType(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return (type.IsPrimitive && !type.IsEnum) || type == typeof(decimal) || type == typeof(DateTime) ? type : typeof(string);
    }

    private static object? FrameValue(object? value) =>
        value is null || FrameType(value.GetType()) != typeof(string) ? value : new CellFormat(false, "").Text(value);
}
