namespace CrossEncoders;

/// <summary>How a document is read that is longer than the model: in windows, whose scores become one.</summary>
/// <remarks>
/// Dai and Callan 2019, "Deeper Text Understanding for IR with Contextual Neural Language Modeling", name the best window's score MaxP and
/// the first one's FirstP; Yilmaz et al. 2019, "Cross-Domain Modeling of Sentence-Level Evidence for Document Retrieval", average the best
/// few. A document that fits into one window scores as it does without windows.
/// </remarks>
public sealed record LongDocuments
{
    /// <summary>Tokens of the document in a window; null for all that fit beside the query, which is also the most.</summary>
    public int? WindowTokens { get; init; }

    /// <summary>
    /// Tokens that a window shares with the one before it, at most half of it; the last shares as many as it needs to be a full one. Null
    /// for 64, or half of a window that is shorter than 128.
    /// </summary>
    public int? OverlapTokens { get; init; }

    /// <summary>What becomes of the windows' scores.</summary>
    public WindowAggregation Aggregation { get; init; }

    /// <summary>How many of the best windows <see cref="WindowAggregation.MeanOfBest"/> averages; all where there are fewer.</summary>
    public int Best { get; init; } = 3;

    /// <summary>
    /// The most tokens of a query, prompt included; longer ones lose their end. Null for half of what the model reads, which is the most.
    /// </summary>
    public int? MaxQueryTokens { get; init; }

    /// <summary>The most tokens of a document; longer ones lose their end. Null for no limit.</summary>
    public int? MaxDocumentTokens { get; init; }

    /// <summary>Whether the numbers are usable.</summary>
    /// <exception cref="CrossEncoderException">One is not; the message names it.</exception>
    internal void Check()
    {
        void Require(bool holds, string name, int? found, string expected)
        {
            if (!holds)
                throw new CrossEncoderException($"{name} of long documents is {found}; expected {expected}.");
        }

        Require(WindowTokens is null or >= 8, nameof(WindowTokens), WindowTokens, "at least 8, or null for all that fit");
        Require(
            OverlapTokens is null || OverlapTokens >= 0 && (WindowTokens is null || OverlapTokens <= WindowTokens / 2),
            nameof(OverlapTokens),
            OverlapTokens,
            WindowTokens is null ? "at least 0" : $"0 to half of WindowTokens, {WindowTokens / 2}"
        );
        Require(Best >= 1, nameof(Best), Best, "at least 1");
        Require(MaxQueryTokens is null or >= 1, nameof(MaxQueryTokens), MaxQueryTokens, "at least 1");
        Require(MaxDocumentTokens is null or >= 1, nameof(MaxDocumentTokens), MaxDocumentTokens, "at least 1");
    }
}

/// <summary>What becomes of the scores of a document's windows.</summary>
public enum WindowAggregation
{
    /// <summary>The best (MaxP).</summary>
    Max,

    /// <summary>The mean of the best few.</summary>
    MeanOfBest,

    /// <summary>The first window's (FirstP); the others are not computed.</summary>
    First,
}
