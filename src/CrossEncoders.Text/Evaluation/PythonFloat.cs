using System.Globalization;

namespace CrossEncoders.Evaluation;

/// <summary>Numbers as Python writes them, for files and logs that users compare with those of Python.</summary>
internal static class PythonFloat
{
    /// <summary>repr(x): the shortest digits that read back as the same number, an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan"
                : value > 0 ? "inf"
                : "-inf";
        var scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        var power = scientific.AsSpan(scientific.IndexOf('E') + 1);
        var exponent = int.Parse(power, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var shortest = value.ToString("R", CultureInfo.InvariantCulture); // digits, or d.dddE±xx
        var sign = shortest.StartsWith('-') ? "-" : "";
        var digits = shortest.Split('E')[0].Replace("-", "").Replace(".", "").TrimStart('0').TrimEnd('0');
        if (digits.Length == 0)
            return sign + "0.0";
        if (exponent is < -4 or >= 16)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 2, '0');
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>f"{x:.4f}", which rounds exact halves to even.</summary>
    public static string Fixed4(double value) =>
        Math.Abs(value) < 1e9 && value * 32 % 1 == 0
            ? Math.Round((decimal)value, 4, MidpointRounding.ToEven).ToString("F4", CultureInfo.InvariantCulture)
        : double.IsFinite(value) ? value.ToString("F4", CultureInfo.InvariantCulture)
        : Repr(value);
}
