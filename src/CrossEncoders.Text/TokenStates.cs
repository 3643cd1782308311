namespace CrossEncoders;

/// <summary>The states of a text's tokens, each of unit length unless a model says otherwise.</summary>
/// <param name="Values">Row by row, (tokens, width).</param>
/// <param name="Width">Numbers a token.</param>
/// <param name="OwnStart">How many special tokens and tokens of the encoder's prefix stand before the text's own.</param>
/// <param name="OwnCount">How many tokens are the text's own; special tokens may follow them.</param>
internal sealed record TokenStates(float[] Values, int Width, int OwnStart, int OwnCount)
{
    /// <summary>The number of all tokens.</summary>
    public int Count => Values.Length / Width;

    /// <summary>The state of a token, (width).</summary>
    public ReadOnlySpan<float> this[int token] => Values.AsSpan(token * Width, Width);
}

/// <summary>Turns texts into the states of their tokens, which late interaction compares.</summary>
internal interface ITokenEmbedder
{
    /// <summary>A short name for tables and charts.</summary>
    string Name { get; }

    /// <summary>What a passage's states depend on besides the weights: states of other settings must not be mixed with these.</summary>
    string Settings { get; }

    /// <summary>Where texts are cut unless another number of tokens is asked for.</summary>
    int UsualTokens(bool queries) => queries ? 128 : 512;

    /// <summary>Whether it was trained for late interaction, over all tokens that it gives.</summary>
    bool IsLateInteraction => false;

    /// <summary>Whether its scores are divided by the number of the query's tokens.</summary>
    bool ScoresByMean => false;

    /// <summary>
    /// The states of each text's tokens, padding left out, as soon as they are computed and not in the order of the texts.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="queries">Whether they are queries, else passages.</param>
    /// <param name="maxTokens">Where longer ones are cut, special tokens and prefix counted.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    IEnumerable<(int Text, TokenStates States)> EmbedTokens(
        IReadOnlyList<string> texts,
        bool queries,
        int maxTokens,
        CancellationToken cancellation = default
    );
}
