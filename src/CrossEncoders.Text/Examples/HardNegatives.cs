using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Examples;

/// <summary>
/// How the passages that do not answer a question are chosen: the best that a retriever finds (hard), some of the same document, some at
/// random.
/// </summary>
/// <param name="Retriever">Searches the data set's <see cref="QaDataset.Passages"/>; its passage ids are chunk ids.</param>
/// <param name="PerQuestion">How many of its results (default 3).</param>
public sealed record HardNegatives(IRetriever Retriever, int PerQuestion = 3)
{
    /// <summary>
    /// Further retrievers, for example a bi-encoder beside BM25 (default none): their results are taken in turn with the first one's, the
    /// best of each, then the second of each, and so on.
    /// </summary>
    public IReadOnlyList<IRetriever> AlsoFrom { get; init; } = [];

    /// <summary>Which of the results are taken (default: the best).</summary>
    public NegativeSampling Sampling { get; init; } = NegativeSampling.Top;

    /// <summary>How many more are taken from the document of the answer (default 0).</summary>
    public int FromSameDocument { get; init; }

    /// <summary>How many more are taken at random (default 1). They also fill up where the retriever found too few.</summary>
    public int Random { get; init; } = 1;

    /// <summary>How deep the retriever's results are read (default 50).</summary>
    public int Depth { get; init; } = 50;

    /// <summary>
    /// Leaves out the questions whose answer is not among the <see cref="Depth"/> results of any retriever (default false). The lists are
    /// then those that a re-ranker behind this retriever meets. An answer that is put beside passages that a search preferred to it teaches
    /// the model to distrust what the search goes by, such as words in common, the more the more questions are asked in other words.
    /// </summary>
    public bool OnlyFound { get; init; }

    /// <summary>
    /// A candidate with at least this share of words in common with the answer is not a negative (default 0.8, Jaccard index).
    /// </summary>
    public double TooSimilar { get; init; } = 0.8;

    /// <summary>
    /// Guards against negatives that do answer: a candidate whose score comes near the answer's is dropped (the rule of NV-Retriever,
    /// arXiv:2407.15831). A cross-encoder as a teacher, or a bi-encoder through <see cref="CosineScorer"/>. Null for no guard.
    /// </summary>
    public IPassageScorer? Guard { get; init; }

    /// <summary>The share of the answer's score (sigmoid of the logit) that a candidate must not exceed (default 0.95).</summary>
    public double GuardShare { get; init; } = 0.95;

    /// <summary>
    /// How far below the answer's score (sigmoid of the logit) a candidate must stay in addition (default 0: no further than the share
    /// says).
    /// </summary>
    public double GuardMargin { get; init; }

    /// <summary>Seed of what is random (default 2024).</summary>
    public int Seed { get; init; } = 2024;

    /// <summary>Checks what can be checked before the first search.</summary>
    /// <exception cref="CrossEncoderException">A setting is out of range.</exception>
    internal void Check()
    {
        CallRules.Demand(PerQuestion >= 0, nameof(PerQuestion), "at least 0", PerQuestion);
        CallRules.Demand(FromSameDocument >= 0, nameof(FromSameDocument), "at least 0", FromSameDocument);
        CallRules.Demand(Random >= 0, nameof(Random), "at least 0", Random);
        CallRules.Demand(Depth >= 1, nameof(Depth), "at least 1", Depth);
        CallRules.Demand(TooSimilar > 0, nameof(TooSimilar), "a number above 0 (above 1 leaves no passage out)", TooSimilar);
        CallRules.Demand(GuardShare >= 0, nameof(GuardShare), "a number of at least 0", GuardShare);
        CallRules.Demand(double.IsFinite(GuardMargin), nameof(GuardMargin), "a finite number", GuardMargin);
    }
}
