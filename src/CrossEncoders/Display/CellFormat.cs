using System.Globalization;

namespace CrossEncoders.Display;

/// <summary>How a column's values are written: numbers of a column with the same number of decimals, the same in every culture.</summary>
internal sealed record CellFormat(bool IsNumber, string NumberFormat)
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The format that suits these values.</summary>
    public static CellFormat For(IEnumerable<object?> column)
    {
        var values = column.Where(value => value is not null).ToArray();
        if (values.Length == 0 || !values.All(IsNumeric))
            return new(false, "");
        if (values.All(IsInteger))
            return new(true, "#,0");
        var numbers = values
            .Select(value => value is Half half ? (double)half : Convert.ToDouble(value, Culture))
            .Where(x => double.IsFinite(x) && x != 0)
            .Select(Math.Abs)
            .ToArray();
        if (numbers.Length == 0)
            return new(true, "0.0");
        var largest = numbers.Max();
        return new(
            true,
            largest < 0.001 ? "0.00e+0;-0.00e+0;0"
                : largest >= 1000 ? "#,0.0"
                : largest >= 100 ? "0.00"
                : Decimals(numbers)
        );
    }

    /// <summary>An integer with thousands separated.</summary>
    public static string Integer(long value) => value.ToString("#,0", Culture);

    /// <summary>The value as text; a dash for null.</summary>
    public string Text(object? value) =>
        value switch
        {
            null => "–",
            double x when double.IsNaN(x) => "–",
            float x when float.IsNaN(x) => "–",
            Half x when Half.IsNaN(x) => "–",
            IFormattable number when IsNumber => number.ToString(NumberFormat, Culture),
            bool yes => yes ? "yes" : "no",
            DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", Culture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss zzz", Culture),
            IFormattable other => other.ToString(null, Culture),
            string text => text,
            System.Collections.IEnumerable list => string.Join(", ", list.Cast<object?>().Select(item => Convert.ToString(item, Culture))),
            _ => Convert.ToString(value, Culture) ?? "",
        };

    // As many decimals as the column needs, from one to four: 0.5 and 0.25 line up as 0.50 and 0.25.
    private static string Decimals(double[] numbers)
    {
        var decimals = Enumerable.Range(1, 3).FirstOrDefault(d => numbers.All(x => Math.Abs(x - Math.Round(x, d)) < 1e-9), 4);
        return "0." + new string('0', decimals);
    }

    private static bool IsInteger(object? value) => value is sbyte or byte or short or ushort or int or uint or long or ulong;

    private static bool IsNumeric(object? value) => IsInteger(value) || value is float or double or decimal or Half;
}
