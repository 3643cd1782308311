namespace CrossEncoders;

/// <summary>Scores how well a passage answers a query. The one thing a re-ranker needs to know about a model.</summary>
public interface IPassageScorer
{
    /// <summary>A short name for tables and charts.</summary>
    string Name { get; }

    /// <summary>Raw scores (logits, higher is better), one for each pair and in their order.</summary>
    float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default);
}
