using System.Globalization;

namespace CrossEncoders;

/// <summary>A difference with its sign.</summary>
internal static class SignedNumber
{
    /// <summary>
    /// The number with + or -, 0 with +. (A format of a positive and a negative section writes "-+0.00" for a small negative number.)
    /// </summary>
    /// <param name="value">The number.</param>
    /// <param name="format">How its size is written, for example "0.000".</param>
    public static string Of(double value, string format) =>
        (value < 0 ? "-" : "+") + Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);
}
