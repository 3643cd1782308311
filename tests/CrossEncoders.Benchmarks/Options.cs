using System.Globalization;

namespace CrossEncoders.Benchmarks;

/// <summary>The <c>--name value</c> pairs of a command line.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    public Options(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Count)
                throw new CrossEncoderException($"'{arguments[i]}' is not an option with a value. Expected --name value.");
            _values[arguments[i][2..]] = arguments[i + 1];
        }
    }

    public string Text(string name, string? fallback = null) =>
        _values.GetValueOrDefault(name) ?? fallback ?? throw new CrossEncoderException($"The option --{name} is missing.");

    public int Number(string name, int fallback) =>
        !_values.TryGetValue(name, out var text) ? fallback
        : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number
        : throw new CrossEncoderException($"--{name} takes a whole number, but was given '{text}'.");

    public double Real(string name, double fallback) =>
        !_values.TryGetValue(name, out var text) ? fallback
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : throw new CrossEncoderException($"--{name} takes a number, but was given '{text}'.");
}
