namespace CrossEncoders;

/// <summary>Scores how well a passage answers a query. The one thing a re-ranker needs to know of a model.</summary>
public interface IPassageScorer
{
    /// <summary>A short name for tables and charts.</summary>
    string Name { get; }

    /// <summary>Raw scores (logits, higher is better), one for each pair and in their order.</summary>
    float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default);
}

/// <summary>Turns texts into vectors of unit length, so that a dot product is a cosine.</summary>
public interface ITextEmbedder
{
    /// <summary>A short name for tables and charts.</summary>
    string Name { get; }

    /// <summary>One vector of unit length for each query.</summary>
    float[][] EmbedQueries(
        IReadOnlyList<string> queries,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    );

    /// <summary>One vector of unit length for each passage.</summary>
    float[][] EmbedPassages(
        IReadOnlyList<string> passages,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    );
}

/// <summary>A query and a passage, read together by a cross-encoder.</summary>
/// <param name="Query">The query or question: the first segment.</param>
/// <param name="Passage">The passage: the second segment.</param>
public readonly record struct TextPair(string Query, string Passage);

/// <summary>How far some long work has come.</summary>
/// <param name="Activity">What is being done, for example "scoring".</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 where unknown.</param>
/// <param name="Detail">A few words on the present state, for example "loss 0.21".</param>
public sealed record WorkProgress(string Activity, long Done, long Total, string? Detail = null);
