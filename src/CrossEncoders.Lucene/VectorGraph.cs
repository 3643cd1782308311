using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Cloud.Unum.USearch;

namespace CrossEncoders.Lucene;

/// <summary>
/// Graphs of USearch over the vectors of an index, each over a stretch of them and in a file that is mapped into memory. Stretches of one
/// size cost the same each, so time grows with the vectors and no faster, several are built at once, and a stopped build keeps those that
/// are done. Their vectors are in 8 bits: half the time, and what they find is compared again in full.
/// </summary>
internal sealed class VectorGraph : IDisposable
{
    // More searches at once than USearch has contexts, one for each core, fail: they wait instead.
    private readonly SemaphoreSlim _contexts = new(Environment.ProcessorCount);
    private readonly USearchIndex[] _parts;
    private readonly VectorFile _vectors;
    private readonly int _candidates;

    /// <summary>Opens a graph.</summary>
    public VectorGraph(string folder, VectorFile vectors, GraphOptions options)
    {
        _parts = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(file => new USearchIndex(file, view: true))];
        (_vectors, _candidates) = (vectors, options.ExpansionSearch);
    }

    /// <summary>Whether a folder has the graph of so many vectors.</summary>
    public static bool IsWhole(string folder, long count, GraphOptions options) =>
        Directory.Exists(folder) && Parts(count, options).All(part => File.Exists(part.In(folder)));

    /// <summary>Builds the parts that are not there; each file appears whole or not at all, and so does the folder.</summary>
    public static void Build(
        string place,
        int dimensions,
        long count,
        GraphOptions options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var vectors = new VectorFile(IndexFolder.Vectors(place), dimensions, count);
        var (folder, unfinished) = (IndexFolder.Graph(place, options), IndexFolder.Graph(place, options) + ".new");
        if (Directory.Exists(folder) && !Directory.Exists(unfinished))
            Directory.Move(folder, unfinished); // of fewer vectors
        Directory.CreateDirectory(unfinished);
        var missing = Parts(count, options).Where(part => !File.Exists(part.In(unfinished))).ToList();
        var (done, gate) = (count - missing.Sum(part => (long)part.Rows), new Lock());
        void Added(int rows)
        {
            cancellation.ThrowIfCancellationRequested();
            lock (gate)
                progress?.Report(new WorkProgress("building the graph", done += rows, count, "USearch"));
        }

        try
        {
            var atOnce = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.ForEach(Partitioner.Create(missing, loadBalance: true), atOnce, part =>
            {
                Build(part, vectors, dimensions, options, part.In(unfinished) + ".part", Added);
                File.Move(part.In(unfinished) + ".part", part.In(unfinished), overwrite: true);
            });
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }

        var parts = Parts(count, options).Select(part => part.In(unfinished)).ToHashSet();
        foreach (var other in Directory.GetFiles(unfinished).Where(file => !parts.Contains(file)))
            File.Delete(other); // of fewer vectors, or cut short
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(unfinished, folder);
    }

    /// <summary>Rows near each query and their inner products, best first, ties in their order.</summary>
    public (long Row, float Score)[][] Nearest(float[][] queries, int topK, CancellationToken cancellation)
    {
        var best = new (long Row, float Score)[queries.Length][];
        Parallel.For(0, queries.Length, new ParallelOptions { CancellationToken = cancellation }, i => best[i] = Nearest(queries[i], topK));
        return best;
    }

    private (long Row, float Score)[] Nearest(float[] query, int topK)
    {
        _contexts.Wait();
        try
        {
            // The file does not keep how many candidates a search looks at, but it looks at as many as are asked for.
            var found = _parts.SelectMany(part =>
            {
                part.Search(query, Math.Max(topK, _candidates), out var rows, out _);
                return rows;
            });
            return
            [
                .. found
                    .Select(row => (Row: (long)row, Score: _vectors.Score(query, (long)row)))
                    .OrderByDescending(hit => hit.Score)
                    .ThenBy(hit => hit.Row)
                    .Take(topK),
            ];
        }
        finally
        {
            _contexts.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_parts, part => part.Dispose());
        _contexts.Dispose();
    }

    private static void Build(Part part, VectorFile vectors, int dimensions, GraphOptions options, string file, Action<int> added)
    {
        const int Portion = 1000;
        using var index = new USearchIndex(
            MetricKind.Cos,
            ScalarKind.Int8,
            (ulong)dimensions,
            (ulong)options.Connectivity,
            (ulong)options.ExpansionAdd,
            (ulong)options.ExpansionSearch
        );
        for (var first = 0; first < part.Rows; first += Portion)
        {
            var rows = Math.Min(Portion, part.Rows - first);
            for (var row = part.First + first; row < part.First + first + rows; row++)
                index.Add((ulong)row, vectors.Row(row));
            added(rows);
        }

        try
        {
            index.Save(file);
        }
        catch (USearchException error)
        {
            throw new IOException($"'{file}': {error.Message}", error);
        }
    }

    private static IEnumerable<Part> Parts(long count, GraphOptions options)
    {
        for (var first = 0L; first < count; first += options.PartSize)
            yield return new(first, (int)Math.Min(options.PartSize, count - first));
    }

    /// <summary>A stretch of rows.</summary>
    private readonly record struct Part(long First, int Rows)
    {
        /// <summary>The file of its graph; names are in the order of the rows.</summary>
        public string In(string folder) => Path.Combine(folder, FormattableString.Invariant($"{First:D12}-{Rows}.usearch"));
    }
}
