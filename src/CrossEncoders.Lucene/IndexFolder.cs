using System.Globalization;
using CrossEncoders.Files;

namespace CrossEncoders.Lucene;

/// <summary>
/// The folder of an index: one folder for each time it was built, and a file that names the whole one. That file is replaced in one step,
/// so a reader sees the old index or the new one.
/// </summary>
internal sealed class IndexFolder(string path)
{
    private const string Prefix = "build-",
        GraphPrefix = "graph-";

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Held by whoever builds.</summary>
    public string Lock => System.IO.Path.Combine(Path, "building.lock");

    private string Current => System.IO.Path.Combine(Path, "current.txt");

    /// <summary>The whole index; null where there is none.</summary>
    public string? Whole =>
        File.Exists(Current) && System.IO.Path.Combine(Path, File.ReadAllText(Current).Trim()) is var whole && Directory.Exists(whole)
            ? whole
            : null;

    /// <summary>The one that is being built, which may not be there yet.</summary>
    public string Building
    {
        get
        {
            var whole = Whole is { } folder
                ? int.Parse(System.IO.Path.GetFileName(folder)[Prefix.Length..], CultureInfo.InvariantCulture)
                : 0;
            return System.IO.Path.Combine(Path, $"{Prefix}{whole + 1}");
        }
    }

    /// <summary>The vectors of an index.</summary>
    public static string Vectors(string folder) => System.IO.Path.Combine(folder, "vectors.f32");

    /// <summary>The folder of a graph over them, which its name describes: another one takes no part of the rest with it.</summary>
    public static string Graph(string folder, GraphOptions options) =>
        System.IO.Path.Combine(
            folder,
            FormattableString.Invariant($"{GraphPrefix}{options.Connectivity}-{options.ExpansionAdd}-{options.PartSize}")
        );

    /// <summary>The graph that is there: the one that is asked for, or another; null where none is.</summary>
    public static string? GraphOf(string folder, GraphOptions? wanted)
    {
        var graphs = Directory.GetDirectories(folder, GraphPrefix + "*").Where(graph => !graph.EndsWith(".new", StringComparison.Ordinal));
        return graphs.OrderByDescending(graph => wanted is not null && graph == Graph(folder, wanted)).FirstOrDefault();
    }

    /// <summary>Removes all graphs but one, whole or not; what a reader still has open on Windows stays until later.</summary>
    public static void CleanGraphs(string folder, GraphOptions kept)
    {
        foreach (var graph in Directory.GetDirectories(folder, GraphPrefix + "*").Where(graph => graph != Graph(folder, kept)))
            TryDelete(() => Directory.Delete(graph, recursive: true));
    }

    /// <summary>The index that was being built becomes the whole one.</summary>
    public void Publish()
    {
        AtomicFile.Write(Current, System.IO.Path.GetFileName(Building) + "\n");
        Clean();
    }

    /// <summary>Removes what is neither the whole index nor the next; what a reader still has open on Windows stays until later.</summary>
    public void Clean()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path, Prefix + "*"))
            if (folder != Whole && folder != Building)
                TryDelete(() => Directory.Delete(folder, recursive: true));
    }

    private static void TryDelete(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            return;
        }
    }
}
