using System.Globalization;

namespace CrossEncoders;

/// <summary>A difference with its sign.</summary>
internal static class SignedNumber
{
    /// <summary>
    /// The number with + or -, or without where it is 0. (A format of a positive and a negative section writes "-+0.00" for a small
    /// negative number.)
    /// </summary>
    /// <param name="value">The number.</param>
    /// <param name="format">How its size is written, for example "0.000".</param>
    public static string Of(double value, string format)
    {
        var size = Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);
        return value switch
        {
            > 0 => "+" + size,
            < 0 => "-" + size,
            _ => size,
        };
    }
}
