namespace CrossEncoders;

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

/// <summary>An embedder that knows the width of its vectors.</summary>
internal interface IVectorWidth
{
    /// <summary>Numbers in a vector.</summary>
    int Dimensions { get; }
}
