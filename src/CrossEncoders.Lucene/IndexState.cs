using System.Globalization;
using Lucene.Net.Index;
using Lucene.Net.Store;

namespace CrossEncoders.Lucene;

/// <summary>How far an index on disk has come: what its last commit says of itself.</summary>
/// <param name="Passages">Passages in it.</param>
/// <param name="Chain">The hash over them, see <see cref="Retrieval.PassageChain"/>.</param>
/// <param name="Embedder">Whose vectors they have; null without.</param>
/// <param name="Dimensions">Length of the vectors; 0 without.</param>
internal sealed record IndexState(long Passages, byte[] Chain, string? Embedder, int Dimensions)
{
    /// <summary>Reads the state of an index; null where there is none, or something else.</summary>
    public static IndexState? Read(string? folder)
    {
        if (folder is null || !System.IO.Directory.Exists(folder))
            return null;
        try
        {
            using var directory = FSDirectory.Open(folder);
            if (!DirectoryReader.IndexExists(directory))
                return null;
            using var reader = DirectoryReader.Open(directory);
            return Of(reader.IndexCommit.UserData);
        }
        catch (Exception error) when (error is EndOfStreamException or FileNotFoundException or CorruptIndexException)
        {
            return null; // killed in its first commit
        }
    }

    /// <summary>The state that a commit carries.</summary>
    public static IndexState? Of(IDictionary<string, string> data) =>
        data.TryGetValue("chain", out var chain)
            ? new(
                long.Parse(data["passages"], CultureInfo.InvariantCulture),
                Convert.FromHexString(chain),
                data.TryGetValue("embedder", out var embedder) ? embedder : null,
                int.Parse(data["dimensions"], CultureInfo.InvariantCulture)
            )
            : null;

    /// <summary>The same for a commit to carry.</summary>
    public Dictionary<string, string> Data()
    {
        var data = new Dictionary<string, string>
        {
            ["passages"] = Passages.ToString(CultureInfo.InvariantCulture),
            ["chain"] = Convert.ToHexString(Chain),
            ["dimensions"] = Dimensions.ToString(CultureInfo.InvariantCulture),
        };
        if (Embedder is not null)
            data["embedder"] = Embedder;
        return data;
    }
}
