namespace CrossEncoders;

/// <summary>Which states of an encoder become the vector of a text, by the names of sentence-transformers' <c>Pooling</c>.</summary>
public enum Pooling
{
    /// <summary>The mean over all tokens.</summary>
    Mean,

    /// <summary>The first token.</summary>
    Cls,

    /// <summary>The largest value of each dimension over all tokens.</summary>
    Max,

    /// <summary>The sum over all tokens, divided by the square root of their number.</summary>
    MeanSqrtLenTokens,

    /// <summary>The mean over all tokens, in which a token weighs as much as its position, from 1.</summary>
    WeightedMean,

    /// <summary>The last token.</summary>
    LastToken,
}
