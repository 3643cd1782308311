using System.Globalization;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Engines;

/// <summary>Passages and embedders that all engines are tried with.</summary>
internal static class EngineCases
{
    public static readonly Passage[] Mixed =
    [
        new("bridge", "The bridge was opened in 1932. The bridge spans the harbour."),
        new("pump", "Pumps stop above 9 bar; see the pump's manual, \"page 4\".\tTab, back\\slash\nand line."),
        new("rain", "It rains in the harbour."),
        new("泵", "水泵压力超过九巴时立刻停机。"),
        new("雨", "港口今天下雨。"),
        new("none", "…"),
    ];

    /// <summary>As many as wanted, each found by its own number, 1000 and more.</summary>
    public static IEnumerable<Passage> Many(int count) =>
        Enumerable
            .Range(0, count)
            .Select(i => new Passage(
                i.ToString(CultureInfo.InvariantCulture),
                $"Pump {1000 + i} of group {i % 17} stops above {i % 29} bar. 编号{i}的水泵停机。"
            ));
}

/// <summary>Vectors of unit length that depend on the text alone, and a note of what was embedded.</summary>
internal sealed class HashEmbedder(int dimensions = 8, int seed = 0, string name = "hash") : ITextEmbedder
{
    private int _passages;

    public string Name => name;

    /// <summary>How many passages were embedded.</summary>
    public int Passages => _passages;

    /// <summary>Called before passages are embedded, with how many were before.</summary>
    public Action<int> Before { get; set; } = _ => { };

    public float[][] EmbedQueries(
        IReadOnlyList<string> queries,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => [.. queries.Select(Embed)];

    public float[][] EmbedPassages(
        IReadOnlyList<string> passages,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Before(_passages);
        _passages += passages.Count;
        return [.. passages.Select(Embed)];
    }

    private float[] Embed(string text)
    {
        var random = new SplitMix64(text.Aggregate((ulong)seed, (sum, letter) => sum * 31 + letter));
        var vector = Enumerable.Range(0, dimensions).Select(_ => random.Below(2001) / 1000f - 1).ToArray();
        var length = MathF.Sqrt(vector.Sum(number => number * number));
        return Array.ConvertAll(vector, number => number / length);
    }
}

/// <summary>Calls what it is given at once; <see cref="Progress{T}"/> would do it later.</summary>
internal sealed class Reports(Action<WorkProgress> report) : IProgress<WorkProgress>
{
    public void Report(WorkProgress value) => report(value);
}
