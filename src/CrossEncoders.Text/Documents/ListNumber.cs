using System.Globalization;

namespace CrossEncoders.Documents;

/// <summary>A number in the formats of lists.</summary>
internal static class ListNumber
{
    private const string Han = "〇一二三四五六七八九";

    private static readonly (int Value, string Digits)[] Roman =
    [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];

    /// <summary>A number as a list shows it.</summary>
    /// <param name="number">The number.</param>
    /// <param name="format">
    /// The name of the format in WordprocessingML (ST_NumberFormat); others than the usual ones count as decimal.
    /// </param>
    public static string Of(int number, string format) =>
        format switch
        {
            "lowerLetter" => Letters(number),
            "upperLetter" => Letters(number).ToUpperInvariant(),
            "lowerRoman" => InRoman(number),
            "upperRoman" => InRoman(number).ToUpperInvariant(),
            "decimalZero" => number.ToString("00", CultureInfo.InvariantCulture),
            "decimalEnclosedCircle" or "decimalEnclosedCircleChinese" when number is > 0 and <= 20 => ((char)('①' + number - 1)).ToString(),
            "chineseCounting" or "chineseCountingThousand" or "japaneseCounting" or "ideographDigital" or "taiwaneseCounting" => InHan(
                number
            ),
            "none" or "bullet" => "",
            _ => number.ToString(CultureInfo.InvariantCulture),
        };

    // After z come aa, bb, cc.
    private static string Letters(int number) =>
        number is < 1 or > 780
            ? number.ToString(CultureInfo.InvariantCulture)
            : new((char)('a' + (number - 1) % 26), (number - 1) / 26 + 1);

    private static string InRoman(int number)
    {
        if (number is < 1 or > 3999)
            return number.ToString(CultureInfo.InvariantCulture);
        var digits = "";
        foreach (var (value, letters) in Roman)
            for (; number >= value; number -= value)
                digits += letters;
        return digits;
    }

    private static string InHan(int number) =>
        number switch
        {
            < 0 or > 99 => number.ToString(CultureInfo.InvariantCulture),
            < 10 => Han[number].ToString(),
            _ => (number < 20 ? "" : Han[number / 10].ToString()) + "十" + (number % 10 == 0 ? "" : Han[number % 10].ToString()),
        };
}
