using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks.Engines;

/// <summary>How an engine is measured at a number of passages, and what is printed of it.</summary>
/// <param name="engine">Its name.</param>
/// <param name="passages">How many.</param>
/// <param name="growth">Is told of it, too.</param>
/// <param name="here">
/// Whether the engine works in this process: then time is the processor's, which others at work do not lengthen.
/// </param>
internal sealed class EngineMeasures(string engine, int passages, EngineGrowth growth, bool here)
{
    /// <summary>Passages asked for; recall is of the first ten.</summary>
    public const int TopK = 100;

    /// <summary>Does something, and says how long it took and how much memory the process had meanwhile.</summary>
    public void Timed(string what, Action action)
    {
        var (seconds, busy, peak) = Watched(what, action);
        growth.Add($"{engine}, {what}", "s", passages, here ? busy : seconds);
        growth.Add($"{engine}, {what}, memory here", "MB", passages, peak / 1e6);
    }

    /// <summary>The same without a note.</summary>
    public static (double Seconds, double Busy, long Peak) Watched(string what, Action action)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // what came before goes
        using var memory = new OwnMemory();
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        action();
        var (seconds, busy) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        Print($"  {what} in {seconds:0.0} s, {busy:0.0} s of processor here, with at most {memory.Peak / 1e6:0} MB of memory of its own");
        return (seconds, busy, memory.Peak);
    }

    /// <summary>Queries a second, one by one and together.</summary>
    public IReadOnlyList<IReadOnlyList<Hit>> Search(string what, IRetriever retriever, string[] queries)
    {
        retriever.SearchAll([.. queries.Take(20)], TopK);
        using var memory = new OwnMemory();
        var asked = queries[..Math.Min(queries.Length, 100)];
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        foreach (var query in asked)
            retriever.Search(query, TopK);
        var (single, busy) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        growth.Add($"{engine}, {what}", "ms a query", passages, (here ? busy : 1000 * single) / asked.Length);
        clock.Restart();
        var results = retriever.SearchAll(queries, TopK);
        var together = queries.Length / clock.Elapsed.TotalSeconds;
        var each = $"{busy / asked.Length:0.0} ms of processor and {memory.Peak / 1e6:0} MB here";
        Print($"  {what}: {asked.Length / single:0.#} queries a second one by one, {each}, {together:0.#} together");
        return results;
    }

    /// <summary>How much of the nearest ten an approximate search finds.</summary>
    public static void Recall(IReadOnlyList<IReadOnlyList<Hit>> exact, IReadOnlyList<IReadOnlyList<Hit>> found)
    {
        HashSet<string> Nearest(IReadOnlyList<Hit> hits) => [.. hits.Take(10).Select(hit => hit.Passage.Id)];
        var recall = exact.Zip(found, (one, other) => Nearest(one).Intersect(Nearest(other)).Count() / 10.0).Average();
        Print($"    of the nearest 10 it finds {recall:0.000}");
    }

    /// <summary>
    /// What a graph lives on: that the nearest passages are nearer than others, and near each other, for it leads from passage to passage.
    /// </summary>
    public static void Contrast(IRetriever exact, ITextEmbedder vectors, string[] queries)
    {
        double Among(IReadOnlyList<Hit> hits)
        {
            var ten = vectors.EmbedPassages([.. hits.Take(10).Select(hit => hit.Passage.Text)]);
            return ten.SelectMany((one, i) => ten.Skip(i + 1).Select(other => TensorPrimitives.CosineSimilarity<float>(one, other)))
                .Average();
        }

        var found = exact.SearchAll(queries, 1000);
        double Mean(int place) => found.Average(hits => hits[Math.Min(place, hits.Count) - 1].Score);
        Print(
            $"    cosine of the nearest {Mean(1):0.000}, of the 10th {Mean(10):0.000}, 100th {Mean(100):0.000}, 1000th {Mean(1000):0.000}"
        );
        Print($"    of the nearest ten among each other {found.Average(Among):0.000}");
    }

    /// <summary>The size of an index.</summary>
    public void Size(string what, long bytes)
    {
        growth.Add($"{engine}, {what}", "MB", passages, bytes / 1e6);
        Print($"  {bytes / 1e6:0} MB {what}");
    }

    /// <summary>The bytes of a folder.</summary>
    public static long Bytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>Prints a line, numbers as in English.</summary>
    public static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

/// <summary>
/// The most memory that this process had of its own, looked at ten times a second. Files mapped into memory do not count on Linux, where
/// the system tells them apart: they go when there is need.
/// </summary>
internal sealed class OwnMemory : IDisposable
{
    private readonly Timer _timer;
    private long _peak;

    public OwnMemory() => _timer = new(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));

    /// <summary>Bytes.</summary>
    public long Peak
    {
        get
        {
            Look();
            return Interlocked.Read(ref _peak);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = Now();
        while (Interlocked.Read(ref _peak) is var peak && now > peak)
            Interlocked.CompareExchange(ref _peak, now, peak);
    }

    private static long Now()
    {
        const string Own = "RssAnon:";
        if (!File.Exists("/proc/self/status"))
            return Environment.WorkingSet;
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Own, StringComparison.Ordinal));
        return 1024 * long.Parse(line[Own.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
