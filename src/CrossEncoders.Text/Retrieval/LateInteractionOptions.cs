namespace CrossEncoders.Retrieval;

/// <summary>How the similarities of tokens become the score of a pair.</summary>
public enum MaxSim
{
    /// <summary>
    /// The mean, over the query's own tokens, of the largest inner product with the passage's own tokens. Special tokens and the prefixes
    /// of the encoder are left out on both sides. Best for encoders that were not trained for late interaction.
    /// </summary>
    MeanOfOwnTokens,

    /// <summary>
    /// The sum over all tokens of the query of the largest inner product with all tokens of the passage, as in ColBERT (Khattab and
    /// Zaharia, SIGIR 2020), for encoders trained that way.
    /// </summary>
    SumOfAllTokens,

    /// <summary>The same, divided by the number of the query's tokens: "meanmaxsim" of sentence-transformers.</summary>
    MeanOfAllTokens,
}

/// <summary>The form in which token states of passages are kept.</summary>
public enum StateStorage
{
    /// <summary>16-bit floating point: two bytes a number.</summary>
    Bits16,

    /// <summary>One byte a number, and a 32-bit scale for each token.</summary>
    Bits8,
}

/// <summary>How late interaction scores and what it keeps.</summary>
public sealed record LateInteractionOptions
{
    /// <summary>
    /// How the similarities of tokens become a score; null takes <see cref="MaxSim.MeanOfOwnTokens"/> for a bi-encoder, and what a
    /// late-interaction model was trained for.
    /// </summary>
    public MaxSim? Score { get; init; }

    /// <summary>The form of the kept states.</summary>
    public StateStorage Storage { get; init; } = StateStorage.Bits16;

    /// <summary>
    /// Where queries are cut, in tokens, special ones and prefix counted; null for 128, or what a late-interaction model says.
    /// </summary>
    public int? MaxQueryTokens { get; init; }

    /// <summary>
    /// Where passages are cut, in tokens, special ones and prefix counted; null for 512, or what a late-interaction model says.
    /// </summary>
    public int? MaxPassageTokens { get; init; }

    /// <summary>The name in tables and charts; "MaxSim" where null.</summary>
    public string? Name { get; init; }

    /// <summary>The same with the encoder's own where nothing is asked for.</summary>
    internal LateInteractionOptions For(ITokenEmbedder encoder) =>
        this with
        {
            Score = Score
                ?? (
                    !encoder.IsLateInteraction ? MaxSim.MeanOfOwnTokens
                    : encoder.ScoresByMean ? MaxSim.MeanOfAllTokens
                    : MaxSim.SumOfAllTokens
                ),
            MaxQueryTokens = MaxQueryTokens ?? encoder.UsualTokens(queries: true),
            MaxPassageTokens = MaxPassageTokens ?? encoder.UsualTokens(queries: false),
        };
}
