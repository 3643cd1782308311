using System.Globalization;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>
/// What each measure of an engine was at each number of passages, and by how much it grew from one to the next: linear is as much as the
/// passages did.
/// </summary>
internal sealed class EngineGrowth
{
    private readonly List<(string What, string Unit, int Passages, double Value)> _seen = [];

    /// <summary>Notes a measure.</summary>
    public void Add(string what, string unit, int passages, double value) => _seen.Add((what, unit, passages, value));

    /// <summary>Prints a row for each measure with its values, and the factor from each to the next.</summary>
    public void Print()
    {
        int[] counts = [.. _seen.Select(seen => seen.Passages).Distinct()];
        if (counts.Length < 2)
            return;
        var factors = counts.Skip(1).Zip(counts, (next, count) => Text($"x{(double)next / count:0.#}"));
        Console.WriteLine(
            $"growth from {string.Join(" to ", counts.Select(count => Text($"{count}")))} passages ({string.Join(", ", factors)})"
        );
        foreach (var rows in _seen.GroupBy(seen => (seen.What, seen.Unit)).Where(rows => rows.Count() > 1))
        {
            double[] values = [.. rows.Select(row => row.Value)];
            var grown = values.Skip(1).Zip(values, (next, value) => Text($"x{next / value:0.0}"));
            var shown = string.Join(", ", values.Select(value => Text($"{value:0.###}")));
            Console.WriteLine($"  {rows.Key.What}: {shown} {rows.Key.Unit} ({string.Join(", ", grown)})");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
