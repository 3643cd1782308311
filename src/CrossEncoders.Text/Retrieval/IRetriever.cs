namespace CrossEncoders.Retrieval;

/// <summary>A text that can be retrieved.</summary>
/// <param name="Id">Unique within its collection.</param>
/// <param name="Text">The text that is searched and shown to the re-ranker and the generator.</param>
public sealed record Passage(string Id, string Text);

/// <summary>A passage that was found.</summary>
/// <param name="Passage">The passage.</param>
/// <param name="Score">Higher is better; comparable within one result list only.</param>
public sealed record Hit(Passage Passage, double Score);

/// <summary>Finds passages for a query, best first. Implementations are safe for concurrent searches.</summary>
public interface IRetriever
{
    /// <summary>A short name for tables and charts, for example "BM25".</summary>
    string Name { get; }

    /// <summary>At most <paramref name="topK"/> passages, best first; ties in the order of the collection.</summary>
    IReadOnlyList<Hit> Search(string query, int topK);

    /// <summary>The same for many queries, in their order. Retrievers that run a model do it faster this way than one by one.</summary>
    IReadOnlyList<IReadOnlyList<Hit>> SearchAll(
        IReadOnlyList<string> queries,
        int topK,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var results = new IReadOnlyList<Hit>[queries.Count];
        for (var i = 0; i < results.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            results[i] = Search(queries[i], topK);
            progress?.Report(new WorkProgress("searching", i + 1, results.Length, Name));
        }
        return results;
    }
}
