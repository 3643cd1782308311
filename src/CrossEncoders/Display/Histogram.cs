using System.Globalization;

namespace CrossEncoders.Display;

/// <summary>Equal bins over the range of some values, at round numbers, for drawing and for the table below.</summary>
internal sealed class Histogram
{
    private readonly double _start;
    private readonly int _count;

    /// <summary>Bins for all of the values together; values that are not finite are left out.</summary>
    public Histogram(IEnumerable<double> values, int about = 24, double smallest = 0)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        var (low, high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        Width = Math.Max(smallest, RoundStep((high - low) / about));
        _start = Math.Floor(low / Width) * Width;
        _count = (int)Math.Floor((high - _start) / Width) + 1;
    }

    /// <summary>The width of a bin: 1, 2 or 5 times a power of ten.</summary>
    public double Width { get; }

    /// <summary>The middle of each bin.</summary>
    public double[] Centers => [.. Enumerable.Range(0, _count).Select(i => _start + (i + 0.5) * Width)];

    /// <summary>The bins' bounds as text.</summary>
    public string[] Labels =>
        [
            .. Enumerable
                .Range(0, _count)
                .Select(i =>
                    string.Create(CultureInfo.InvariantCulture, $"{_start + i * Width:0.######} to {_start + (i + 1) * Width:0.######}")
                ),
        ];

    /// <summary>How many of the values lie in each bin.</summary>
    public int[] Count(IEnumerable<double> values)
    {
        var counts = new int[_count];
        foreach (var value in values.Where(double.IsFinite))
            counts[Math.Clamp((int)Math.Floor((value - _start) / Width), 0, _count - 1)]++;
        return counts;
    }

    /// <summary>The next step up that is 1, 2 or 5 times a power of ten; 1 for none.</summary>
    public static double RoundStep(double step)
    {
        if (step <= 0)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        var factor = step / power;
        return power
            * (
                factor <= 1 ? 1
                : factor <= 2 ? 2
                : factor <= 5 ? 5
                : 10
            );
    }
}
