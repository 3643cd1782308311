using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace CrossEncoders.Training.Alarms;

/// <summary>The same in both languages.</summary>
/// <param name="English">In English.</param>
/// <param name="Chinese">In Chinese.</param>
public sealed record Words(InvariantText English, InvariantText Chinese)
{
    /// <summary>The text in a language; figures look the same in every culture.</summary>
    public string In(AlarmLanguage language) => (language == AlarmLanguage.Chinese ? Chinese : English).ToString();
}

/// <summary>An interpolated string whose figures look the same in every culture; long ones may be put together with +.</summary>
[InterpolatedStringHandler]
public sealed class InvariantText
{
    private readonly StringBuilder _text;

    /// <summary>Called by the compiler where an interpolated string is given.</summary>
    public InvariantText(int literalLength, int formattedCount) => _text = new(literalLength + 8 * formattedCount);

    /// <summary>Called by the compiler for what is written out.</summary>
    public void AppendLiteral(string value) => _text.Append(value);

    /// <summary>Called by the compiler for what stands in braces.</summary>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        if (value is IFormattable formattable)
            _text.Append(formattable.ToString(format, CultureInfo.InvariantCulture));
        else
            _text.Append(value);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
