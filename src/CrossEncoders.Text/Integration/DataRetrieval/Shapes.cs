namespace CrossEncoders.Integration.DataRetrieval;

// The shapes that github.com/dotnet/extensions/issues/7507 proposes for a package Microsoft.Extensions.DataRetrieval.Abstractions. Once it
// is published, this file goes, and those that name its namespace name the package's.

/// <summary>A text that was retrieved, with its score.</summary>
/// <param name="content">The text.</param>
/// <param name="score">Higher is better; comparable within one result only.</param>
public sealed class RetrievalChunk(string content, double score)
{
    /// <summary>The text.</summary>
    public string Content { get; } = content;

    /// <summary>Higher is better; comparable within one result only.</summary>
    public double Score { get; set; } = score;

    /// <summary>What else the store holds of it, by name.</summary>
    public IDictionary<string, object?> Record { get; } = new Dictionary<string, object?>();
}

/// <summary>What was retrieved for a query.</summary>
public sealed class RetrievalResults
{
    /// <summary>The chunks, best first.</summary>
    public IList<RetrievalChunk> Chunks { get; set; } = [];

    /// <summary>What the steps of a pipeline have to say of their work.</summary>
    public IDictionary<string, object?> Metadata { get; } = new Dictionary<string, object?>();
}

/// <summary>Puts retrieved chunks in a better order.</summary>
public interface IReranker
{
    /// <summary>The chunks with their new scores, best first.</summary>
    /// <param name="query">The query.</param>
    /// <param name="chunks">The chunks that a search found.</param>
    /// <param name="cancellationToken">Gives the work up.</param>
    Task<IReadOnlyList<RetrievalChunk>> RerankAsync(
        string query,
        IReadOnlyList<RetrievalChunk> chunks,
        CancellationToken cancellationToken = default
    );
}

/// <summary>Finds chunks for a query, wherever they are.</summary>
public interface IRetriever
{
    /// <summary>At most <paramref name="topK"/> chunks, best first.</summary>
    /// <param name="query">The query.</param>
    /// <param name="topK">How many at most.</param>
    /// <param name="cancellationToken">Gives the work up.</param>
    Task<RetrievalResults> RetrieveAsync(string query, int topK = 5, CancellationToken cancellationToken = default);
}
