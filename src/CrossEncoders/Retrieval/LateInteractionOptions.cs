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
    /// <summary>How the similarities of tokens become a score.</summary>
    public MaxSim Score { get; init; } = MaxSim.MeanOfOwnTokens;

    /// <summary>The form of the kept states.</summary>
    public StateStorage Storage { get; init; } = StateStorage.Bits16;

    /// <summary>Where queries are cut, in tokens, special ones and prefix counted.</summary>
    public int MaxQueryTokens { get; init; } = 128;

    /// <summary>Where passages are cut, in tokens, special ones and prefix counted.</summary>
    public int MaxPassageTokens { get; init; } = 512;

    /// <summary>The name in tables and charts; "MaxSim" where null.</summary>
    public string? Name { get; init; }
}
