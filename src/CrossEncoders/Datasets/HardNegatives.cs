using CrossEncoders.Retrieval;

namespace CrossEncoders.Datasets;

/// <summary>
/// How the passages that do not answer a question are chosen: the best that a retriever finds (hard), some of the same document, some at random.
/// </summary>
/// <param name="Retriever">Searches the data set's <see cref="QaDataset.Passages"/>; its passage ids are chunk ids.</param>
/// <param name="PerQuestion">How many of its results (default 3).</param>
public sealed record HardNegatives(IRetriever Retriever, int PerQuestion = 3)
{
    /// <summary>How many more are taken from the document of the answer (default 0).</summary>
    public int FromSameDocument { get; init; }

    /// <summary>How many more are taken at random (default 1). They also fill up where the retriever found too few.</summary>
    public int Random { get; init; } = 1;

    /// <summary>How deep the retriever's results are read (default 50).</summary>
    public int Depth { get; init; } = 50;

    /// <summary>A candidate with at least this share of words in common with the answer is no negative (default 0.8, Jaccard index).</summary>
    public double TooSimilar { get; init; } = 0.8;

    /// <summary>
    /// Guards against negatives that do answer: a candidate whose score comes near the answer's is dropped (the rule of NV-Retriever,
    /// arXiv:2407.15831). Null for no guard.
    /// </summary>
    public IPassageScorer? Guard { get; init; }

    /// <summary>The share of the answer's score (sigmoid of the logit) that a candidate must not exceed (default 0.95).</summary>
    public double GuardShare { get; init; } = 0.95;

    /// <summary>Seed of what is random (default 2024).</summary>
    public int Seed { get; init; } = 2024;
}
