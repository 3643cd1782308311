using System.Globalization;
using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

/// <summary>How single values are written, by the column they stand in.</summary>
public sealed class CellFormatTests
{
    private static readonly DateTime Moment = new(2026, 1, 2, 3, 4, 5);

    public static TheoryData<object?[], string[]> Columns =>
        new()
        {
            { [], [] },
            { [null, null], ["–", "–"] },
            { [0, -1, 1_000_000, long.MinValue], ["0", "-1", "1,000,000", "-9,223,372,036,854,775,808"] },
            { [(byte)200, (ushort)3, ulong.MaxValue, (sbyte)-1], ["200", "3", "18,446,744,073,709,551,615", "-1"] },
            { [1, null, 2.5], ["1.0", "–", "2.5"] }, // one broken number makes a column of such
            { [3.0, -2f], ["3.0", "-2.0"] },
            { [0.125, 0.5m], ["0.125", "0.500"] },
            { [(Half)0.5, 2.0], ["0.5", "2.0"] },
            { [0.0, 0f], ["0.0", "0.0"] },
            { [0.1f, 1.0], ["0.1000", "1.0000"] }, // a float's tenth is none
            { [0.00001, 0.5], ["0.0000", "0.5000"] },
            { [99.99, 0.001], ["99.990", "0.001"] },
            { [100.0, 0.001], ["100.00", "0.00"] },
            { [999.999], ["1000.00"] },
            { [1000.0, -0.04], ["1,000.0", "-0.0"] },
            { [1e300, 1.0], ["1" + string.Concat(Enumerable.Repeat(",000", 100)) + ".0", "1.0"] },
            { [0.0009, 0.0, -0.00001], ["9.00e-4", "0", "-1.00e-5"] },
            { [double.Epsilon], ["4.94e-324"] },
            { [double.NaN, 0.25, float.NaN], ["–", "0.25", "–"] },
            { [double.NaN, Half.NaN], ["–", "–"] },
            { [double.PositiveInfinity, 0.5], ["Infinity", "0.5"] },
            { ["text", 0.5, 1234], ["text", "0.5", "1234"] },
            { [true, false, null], ["yes", "no", "–"] },
            { [Moment, new DateTimeOffset(Moment, TimeSpan.FromHours(8))], ["2026-01-02 03:04:05", "2026-01-02 03:04:05 +08:00"] },
            { [TimeSpan.FromSeconds(90), 'c', DayOfWeek.Friday], ["00:01:30", "c", "Friday"] },
            { [new[] { 1, 2 }, new object?[] { "a", null, 1.5 }, Array.Empty<int>()], ["1, 2", "a, , 1.5", ""] },
            { ["", "圆顶 <b>"], ["", "圆顶 <b>"] }, // escaping is the table's
        };

    [Theory]
    [MemberData(nameof(Columns))]
    public void EachValueIsWrittenAsItsColumnAsks(object?[] column, string[] expected)
    {
        var format = CellFormat.For(column);
        Assert.Equal(expected, column.Select(format.Text));
    }

    [Theory]
    [InlineData(true, 1, 2.5, null)]
    [InlineData(false, 1, "2.5")]
    [InlineData(false, true, 1)]
    [InlineData(false, 'c')]
    [InlineData(false, null, null)]
    public void OnlyAColumnOfNumbersIsOne(bool isNumber, params object?[] column) =>
        Assert.Equal(isNumber, CellFormat.For(column).IsNumber);

    /// <summary>Times, lists and single numbers as well as columns of them.</summary>
    [Fact]
    public void NoCultureChangesAnything()
    {
        var before = CultureInfo.CurrentCulture;
        object?[][] columns = [.. Columns.Select(row => row.Data.Item1)];
        string[] expected = [.. Columns.SelectMany(row => row.Data.Item2), "1,234,567"];
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NumberGroupSeparator) = (",", ".");
            (other.NumberFormat.NegativeSign, other.DateTimeFormat.DateSeparator, other.DateTimeFormat.TimeSeparator) = ("minus", "/", ".");
            CultureInfo.CurrentCulture = other;
            string[] written = [.. columns.SelectMany(column => column.Select(CellFormat.For(column).Text)), CellFormat.Integer(1234567)];
            Assert.Equal(expected, written);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
