using Cloud.Unum.USearch;

namespace CrossEncoders.Lucene;

/// <summary>USearch's graph over the vectors of an index, in a file that is mapped into memory.</summary>
internal sealed class VectorGraph : IDisposable
{
    private readonly USearchIndex _index;
    private readonly int _candidates;

    /// <summary>Opens a graph.</summary>
    public VectorGraph(string file, GraphOptions options) => (_index, _candidates) = (new(file, view: true), options.ExpansionSearch);

    /// <summary>Builds the graph of an index, anew where it was interrupted; its file appears whole or not at all.</summary>
    public static void Build(
        string folder,
        int dimensions,
        GraphOptions options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var count = new FileInfo(IndexFolder.Vectors(folder)).Length / sizeof(float) / dimensions;
        using var vectors = new VectorFile(IndexFolder.Vectors(folder), dimensions, count);
        using var index = new USearchIndex(
            MetricKind.Cos,
            ScalarKind.Float32,
            (ulong)dimensions,
            (ulong)options.Connectivity,
            (ulong)options.ExpansionAdd,
            (ulong)options.ExpansionSearch
        );
        for (var row = 0L; row < count; row++)
        {
            index.Add((ulong)row, vectors.Row(row));
            if (row % 1000 != 999)
                continue;
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new WorkProgress("building the graph", row + 1, count, "USearch"));
        }

        var unfinished = IndexFolder.Graph(folder, options) + ".new";
        index.Save(unfinished);
        File.Move(unfinished, IndexFolder.Graph(folder, options), overwrite: true);
    }

    /// <summary>Rows near a query and their cosines, best first.</summary>
    public (long Row, float Score)[] Nearest(float[] query, int topK)
    {
        // The file does not keep how many candidates a search looks at, but it looks at as many as are asked for.
        _index.Search(query, Math.Max(topK, _candidates), out var keys, out var distances);
        return [.. keys.Zip(distances, (key, distance) => ((long)key, 1 - distance)).Take(topK)];
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();
}
